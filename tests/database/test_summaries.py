"""Threads in short: kept until a message that they may quote is changed."""

import pytest

from base_client import Edit, ThreadKey
from database import Store, Summary, TurnState
from tests.database.makers import THREAD, answer, begin, key, message, part

OTHER = ThreadKey("T1", "C1", "2000.000000")
UNTIL = key(5).ts


async def talk(store: Store) -> None:
    """Six messages: three questions, each with its answer right after it."""
    for number in (1, 3, 5):
        await answer(store, f"t{number}", number, posted=number + 1)
    await store.people.set_summary(THREAD, "in short", UNTIL)


async def test_a_thread_has_one_summary_the_latest(store: Store) -> None:
    assert await store.people.summary(THREAD) is None
    await talk(store)
    assert await store.people.summary(THREAD) == Summary("in short", UNTIL)
    await store.people.set_summary(THREAD, "shorter", key(6).ts)
    assert await store.people.summary(THREAD) == Summary("shorter", key(6).ts)
    assert await store.people.summary(OTHER) is None


@pytest.mark.parametrize("number", [1, 2, 5, 6])
async def test_a_summary_goes_with_a_message_that_it_may_quote(store: Store, number: int) -> None:
    await talk(store)
    await store.delete(key(number))
    assert await store.people.summary(THREAD) is None


@pytest.mark.parametrize("number", [1, 2, 5])
async def test_a_summary_goes_when_a_message_that_it_may_quote_is_edited(store: Store, number: int) -> None:
    await talk(store)
    await store.edit(Edit(key(number), "other words", key(90).ts))
    assert await store.people.summary(THREAD) is None


async def test_a_summary_goes_with_an_answer_that_was_posted_late(store: Store) -> None:
    await begin(store, "t", 1)
    await store.accept(message(5, wants_answer=False))
    await store.record_part("t", part(1, 8))
    await store.finish("t", TurnState.DONE, "late", "", ())
    await store.people.set_summary(THREAD, "in short", UNTIL)
    await store.delete(key(8))
    assert await store.people.summary(THREAD) is None


async def test_what_is_changed_behind_a_summary_or_in_another_thread_leaves_it(store: Store) -> None:
    await talk(store)
    await store.accept(message(7))
    await store.accept(message(0, thread=OTHER))
    await store.edit(Edit(key(7), "other words", key(90).ts))
    await store.delete(key(7))
    await store.edit(Edit(key(0), "other words", key(90).ts))
    await store.delete(key(0))
    await store.delete(key(4_000))
    await store.edit(Edit(key(9), "unknown", key(90).ts))
    assert await store.people.summary(THREAD) == Summary("in short", UNTIL)


async def test_an_edit_of_a_deleted_message_leaves_a_later_summary(store: Store) -> None:
    await talk(store)
    await store.delete(key(1))
    await store.people.set_summary(THREAD, "without it", UNTIL)
    await store.delete(key(1))
    assert not await store.edit(Edit(key(1), "again", key(90).ts))
    assert await store.people.summary(THREAD) == Summary("without it", UNTIL)
