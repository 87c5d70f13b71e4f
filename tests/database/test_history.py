"""What was said in a thread."""

import pytest

from base_client import Edit, ThreadKey
from database import Store, ThreadState, TurnState
from store import history
from tests.database.makers import THREAD, answer, begin, key, message, part, past, texts


async def test_an_answer_stands_behind_what_it_answers(store: Store) -> None:
    await begin(store, "t", 1, 2)
    await store.accept(message(3))
    await store.record_part("t", part(1, 4))
    await store.finish("t", TurnState.DONE, "a", "", ())
    await store.claim("u", THREAD, [key(3)])
    await store.record_part("u", part(1, 5))
    await store.finish("u", TurnState.DONE, "b", "", ())
    assert texts(await store.history(THREAD)) == ["m1", "m2", "a", "m3", "b"]


async def test_a_message_overheard_between_the_lines_of_a_turn_follows_its_answer(store: Store) -> None:
    await store.accept(message(2, wants_answer=False))
    await begin(store, "t", 1, 3)
    await store.finish("t", TurnState.DONE, "a", "", ())
    assert texts(await store.history(THREAD)) == ["m1", "m3", "a", "m2"]


async def test_the_turn_in_hand_and_what_waits_are_left_out(store: Store) -> None:
    await answer(store, "t", 1, posted=2)
    await begin(store, "u", 3)
    await store.accept(message(4))
    await store.accept(message(5, wants_answer=False))
    assert texts(await store.history(THREAD, before_turn="u")) == ["m1", "a1", "m5"]
    assert texts(await store.history(THREAD)) == ["m1", "a1", "m3", "m5"]


async def test_an_older_question_that_comes_late_is_answered_without_those_that_are_under_way_or_failed(
    store: Store,
) -> None:
    await begin(store, "working", 5)
    await begin(store, "failed", 4)
    await store.finish("failed", TurnState.FAILED, "the half of it", "dropped", ())
    await begin(store, "late", 3)
    await begin(store, "next", 6)
    assert texts(await store.history(THREAD, before_turn="late")) == []
    assert texts(await store.history(THREAD, before_turn="next")) == ["m4", "the half of it"], "it may be answered now"


async def test_each_thread_has_its_own_history(store: Store) -> None:
    await answer(store, "t", 1, posted=2)
    for other in (ThreadKey("T1", "C1", "9.0"), ThreadKey("T1", "C2", "1000.000000"), ThreadKey("T2", "C1", "1000.0")):
        assert await store.history(other) == ()


async def test_edits_and_deletions_are_followed(store: Store) -> None:
    await answer(store, "t", 1, posted=2)
    await answer(store, "u", 3, posted=4)
    assert await store.edit(Edit(key(1), "edited", key(90).ts))
    assert await store.delete(key(3))
    assert texts(await store.history(THREAD)) == ["edited", "a1", "a3"]


async def test_an_edit_of_what_is_unknown_or_deleted_is_none(store: Store) -> None:
    await store.accept(message(1))
    await store.delete(key(1))
    assert not await store.edit(Edit(key(1), "again", key(90).ts))
    assert not await store.edit(Edit(key(2), "words", key(90).ts))
    assert await store.history(THREAD) == ()


async def test_the_past_is_stored_where_it_is_unknown(store: Store) -> None:
    await store.accept(message(3, "as it came"))
    await store.delete(key(2))
    await store.import_past(THREAD, [past(1), past(2), past(3), past(4, own=True)])
    await store.claim("t", THREAD, [key(3)])
    stored = await store.history(THREAD)
    assert [(one.text, one.own, one.author) for one in stored] == [
        ("p1", False, "U1"),
        ("as it came", False, "U1"),
        ("p4", True, "B1"),
    ]


async def test_the_past_holds_no_second_copy_of_a_delivered_answer(store: Store) -> None:
    await begin(store, "t", 1)
    await store.record_part("t", part(1, 2))
    await store.record_part("t", part(2, 3))
    await store.finish("t", TurnState.DONE, "both parts", "", ())
    await begin(store, "u", 4)
    await store.record_part("u", part(1, 5))
    await store.finish("u", TurnState.FAILED, "", "timeout", ())
    await store.import_past(THREAD, [past(number, own=True) for number in (2, 3, 5, 6)])
    assert texts(await store.history(THREAD)) == ["m1", "both parts", "m4", "p6"]


async def test_reading_the_past_twice_changes_nothing(store: Store) -> None:
    for _ in range(2):
        await store.import_past(THREAD, [past(1), past(2)])
    await store.import_past(THREAD, [])
    assert texts(await store.history(THREAD)) == ["p1", "p2"]


async def test_a_thread_is_unknown_then_known_then_read(store: Store) -> None:
    assert await store.thread_state(THREAD) == ThreadState(known=False, read=False, newest_ts=None)
    await store.accept(message(1))
    assert await store.thread_state(THREAD) == ThreadState(known=True, read=False, newest_ts=None)
    await store.import_past(THREAD, [])
    assert await store.thread_state(THREAD) == ThreadState(known=True, read=True, newest_ts=None)
    await store.accept(message(2))
    assert (await store.thread_state(THREAD)).read


async def test_a_thread_that_begins_with_the_message_has_no_past_to_read(store: Store) -> None:
    thread = ThreadKey("T1", "C1", "7.000000")
    await store.accept(message(7, thread=thread))
    assert (await store.thread_state(thread)).read


async def test_the_newest_ts_is_that_of_the_newest_settled_message(store: Store) -> None:
    await answer(store, "t", 1, posted=2)
    await begin(store, "u", 4)
    await store.accept(message(5))
    assert (await store.thread_state(THREAD)).newest_ts == key(2).ts
    await store.import_past(THREAD, [past(3)])
    assert (await store.thread_state(THREAD)).newest_ts == key(3).ts


async def test_the_newest_ts_is_always_one_of_the_platform(store: Store) -> None:
    await begin(store, "t", 1)
    await store.finish("t", TurnState.FAILED, "never posted", "ratelimited", ())
    assert (await store.thread_state(THREAD)).newest_ts == key(1).ts


@pytest.mark.parametrize("surplus", [0, 1, 2, 50])
async def test_a_long_thread_gives_its_first_message_and_its_newest(store: Store, surplus: int) -> None:
    count = history.NEWEST + surplus
    await store.import_past(THREAD, [past(1_000 + number) for number in range(count)])
    said = texts(await store.history(THREAD))
    newest = [f"p{1_000 + number}" for number in range(count)][-history.NEWEST :]
    assert said == (newest if surplus == 0 else ["p1000", *newest])
