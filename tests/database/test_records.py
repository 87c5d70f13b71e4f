"""Turns looked up by a message of theirs, and by their id."""

import pytest

from base_client import MessageKey, ThreadKey
from database import Store, TurnRecord, TurnState
from tests.database.makers import THREAD, Clock, answer, begin, key, message, part, past


async def test_every_question_and_every_message_of_the_answer_name_their_turn(store: Store) -> None:
    await begin(store, "t", 1, 3)
    await store.record_part("t", part(1, 4))
    await store.record_part("t", part(2, 5))
    await answer(store, "u", 6, posted=7)
    for number in (1, 3, 4, 5):
        assert await store.turn_of(key(number)) == "t"
    for number in (6, 7):
        assert await store.turn_of(key(number)) == "u"


async def test_a_message_without_a_turn_names_none(store: Store) -> None:
    await answer(store, "t", 1, posted=2)
    await store.accept(message(3))
    await store.accept(message(4, wants_answer=False))
    await store.import_past(THREAD, [past(5, own=True)])
    for number in (3, 4, 5, 6):
        assert await store.turn_of(key(number)) is None


@pytest.mark.parametrize("number", [1, 2])
async def test_the_same_ts_elsewhere_is_no_message_of_the_turn(store: Store, number: int) -> None:
    await answer(store, "t", 1, posted=2)
    for team, channel in (("T1", "C2"), ("T2", "C1")):
        assert await store.turn_of(MessageKey(team, channel, key(number).ts)) is None


async def test_a_question_names_its_newest_turn_and_each_answer_its_own(store: Store, clock: Clock) -> None:
    await answer(store, "z", 1, posted=2)
    clock.now += 60
    await store.repeat("z")
    assert await store.turn_of(key(1)) == "z"
    await store.claim("a", THREAD, [key(1)])
    await store.record_part("a", part(1, 3))
    assert [await store.turn_of(key(number)) for number in (1, 2, 3)] == ["a", "z", "a"]


async def test_a_turn_is_read_with_what_is_left_of_its_questions(store: Store, clock: Clock) -> None:
    await begin(store, "t", 3, 1)
    record = TurnRecord("t", THREAD, "U1", TurnState.WORKING, "", (key(1), key(3)), clock.now)
    assert await store.turn("t") == record
    await store.record_part("t", part(1, 4))
    await store.finish("t", TurnState.FAILED, "half", "timeout", ())
    await store.delete(key(1))
    assert await store.turn("t") == TurnRecord("t", THREAD, "U1", TurnState.FAILED, "timeout", (key(3),), clock.now)
    await store.delete(key(3))
    assert await store.turn("t") == TurnRecord("t", THREAD, "U1", TurnState.FAILED, "timeout", (), clock.now)


async def test_a_turn_has_no_questions_of_another_thread(store: Store) -> None:
    other = ThreadKey("T1", "C2", THREAD.thread_ts)
    await begin(store, "t", 1)
    await begin(store, "u", 1, thread=other)
    found = await store.turn("u")
    assert found is not None
    assert (found.thread, found.keys) == (other, (key(1, other),))


async def test_an_unknown_turn_is_none(store: Store) -> None:
    assert await store.turn("nobody") is None
