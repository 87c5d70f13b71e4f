"""What people set, what they think of answers, and what they used."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from base_client import Message, ThreadKey
from database import CallUsage, Rating, Store, TurnLine, TurnState, UsageSum
from tests.database.makers import THREAD, Clock, begin, claimed, key

ME, HERE = ("user", "U1"), ("channel", "C1")
CALLS = (CallUsage("m", 10, 5, 3, 1), CallUsage("n", 20, 0, 4, 0, number=1))


async def turn_of_person(store: Store, turn_id: str, number: int, person: str, thread: ThreadKey = THREAD) -> None:
    await store.accept(Message(key(number, thread), thread, person, "words"))
    assert await claimed(store, turn_id, thread, [key(number, thread)])


async def test_settings_are_read_by_their_places(store: Store) -> None:
    await store.people.set_preferences("T1", *ME, {"model": "m", "streaming": "off"}, "U1")
    await store.people.set_preferences("T1", *HERE, {"model": "n"}, "U2")
    await store.people.set_preferences("T2", *ME, {"model": "o"}, "U1")
    await store.people.set_preferences("T1", "channel", "U1", {"model": "p"}, "U1")
    thread = ("thread", "C1/1.0")
    assert await store.people.preferences("T1", [ME, HERE, thread]) == {
        ME: {"model": "m", "streaming": "off"},
        HERE: {"model": "n"},
        thread: {},
    }
    assert await store.people.preferences("T1", []) == {}


async def test_a_setting_is_replaced_and_removed(store: Store) -> None:
    await store.people.set_preferences("T1", *ME, {"model": "m", "language": "de", "effort": "low"}, "U1")
    await store.people.set_preferences("T1", *ME, {"model": "n", "language": None, "size": None}, "U1")
    await store.people.set_preferences("T1", *ME, {}, "U1")
    assert (await store.people.preferences("T1", [ME]))[ME] == {"model": "n", "effort": "low"}


async def test_who_changed_a_setting_and_when_is_kept(store: Store, clock: Clock) -> None:
    await store.people.set_preferences("T1", *HERE, {"model": "m"}, "U1")
    clock.now += 5
    await store.people.set_preferences("T1", *HERE, {"model": "n"}, "U2")
    with closing(sqlite3.connect((await store.check())["file"])) as file:
        kept = file.execute("SELECT value, changed_by, changed_at FROM preferences").fetchall()
    assert kept == [("n", "U2", clock.now)]


async def test_settings_are_changed_all_or_not_at_all(store: Store) -> None:
    await store.people.set_preferences("T1", *ME, {"model": "m"}, "U1")
    with closing(sqlite3.connect((await store.check())["file"])) as file:
        file.execute("CREATE TRIGGER no BEFORE DELETE ON preferences BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(Exception, match="no"):
        await store.people.set_preferences("T1", *ME, {"model": None, "effort": "low"}, "U1")
    assert (await store.people.preferences("T1", [ME]))[ME] == {"model": "m"}


async def test_two_people_who_change_one_place_at_once_lose_nothing_of_each_other(store: Store) -> None:
    await asyncio.gather(*(store.people.set_preferences("T1", *HERE, {f"name{i}": str(i)}, f"U{i}") for i in range(20)))
    assert len((await store.people.preferences("T1", [HERE]))[HERE]) == 20


@pytest.mark.parametrize("value", ["", "a" * 3_000, "'; DROP TABLE preferences; --", "zw\u00f6lf \U0001f600"])
async def test_any_text_is_a_value(store: Store, value: str) -> None:
    await store.people.set_preferences("T1", *ME, {"instructions": value}, "U1")
    assert (await store.people.preferences("T1", [ME]))[ME] == {"instructions": value}


async def test_the_latest_verdict_of_each_person_counts(store: Store, clock: Clock) -> None:
    await begin(store, "t", 1)
    assert await store.people.rate("t", "U2", "up")
    assert await store.people.rate("t", "U1", "up")
    clock.now += 5
    assert await store.people.rate("t", "U1", "down", "too long")
    before = clock.now - 5
    assert await store.people.feedback_of("t") == (
        Rating("U1", "down", "too long", clock.now),
        Rating("U2", "up", "", before),
    )


async def test_a_reason_stays_as_long_as_its_verdict(store: Store) -> None:
    await begin(store, "t", 1)
    reasons = []
    for verdict, reason in (("down", ""), ("down", "wrong"), ("down", ""), ("down", "slow"), ("up", ""), ("down", "")):
        await store.people.rate("t", "U1", verdict, reason)
        (rating,) = await store.people.feedback_of("t")
        assert rating.verdict == verdict
        reasons.append(rating.reason)
    assert reasons == ["", "wrong", "wrong", "slow", "", ""]


async def test_there_is_no_verdict_on_an_unknown_turn(store: Store) -> None:
    assert not await store.people.rate("nobody", "U1", "up")
    assert await store.people.feedback_of("nobody") == ()


async def test_a_verdict_outlives_the_question(store: Store) -> None:
    await begin(store, "t", 1)
    await store.people.rate("t", "U1", "up")
    await store.delete(key(1))
    await store.forget(THREAD)
    assert [rating.verdict for rating in await store.people.feedback_of("t")] == ["up"]


async def test_usage_is_summed_up_by_person_and_time(store: Store, clock: Clock) -> None:
    began = clock.now
    await turn_of_person(store, "old", 1, "U1")
    clock.now += 10
    await turn_of_person(store, "t", 2, "U1")
    await turn_of_person(store, "u", 3, "U1")
    await turn_of_person(store, "v", 4, "U2")
    await turn_of_person(store, "w", 5, "U1", ThreadKey("T2", "C1", "1.0"))
    for turn in ("old", "t", "v", "w"):
        await store.finish(turn, TurnState.DONE, "a", "", CALLS)
    assert await store.people.usage_since("T1", "U1", clock.now) == UsageSum(2, 30, 5, 7)
    assert await store.people.usage_since("T1", "U1", began) == UsageSum(3, 60, 10, 14)
    assert await store.people.usage_since("T1", "U1", clock.now + 1) == UsageSum(0, 0, 0, 0)


async def test_the_latest_turns_of_a_person_come_newest_first(store: Store, clock: Clock) -> None:
    began = clock.now
    for number, turn in enumerate(("a", "b", "c"), start=1):
        await turn_of_person(store, turn, number, "U1")
        clock.now += 10
    await turn_of_person(store, "other", 4, "U2")
    await store.finish("b", TurnState.STOPPED, "half", "", CALLS)
    await store.finish("a", TurnState.INTERRUPTED, "half", "", CALLS[:1])
    lines = (
        TurnLine("c", THREAD, began + 20, None, TurnState.WORKING, 0, 0),
        TurnLine("b", THREAD, began + 10, began + 30, TurnState.STOPPED, 30, 7),
        TurnLine("a", THREAD, began, None, TurnState.INTERRUPTED, 10, 3),
    )
    assert await store.people.latest_turns("T1", "U1") == lines
    assert await store.people.latest_turns("T1", "U1", limit=2) == lines[:2]
    assert await store.people.latest_turns("T2", "U1") == ()
