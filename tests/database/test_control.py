"""Stop, and what comes after it: messages set aside, and messages that wait once more."""

import asyncio

import pytest

from base_client import Edit, ThreadKey
from database import Stopping, Store, TurnState
from tests.database.makers import THREAD, Clock, answer, begin, claimed, key, message, part, texts

OTHER = ThreadKey("T1", "C1", "2000.000000")
NOTHING = Stopping((), ())
SOON = f"{1_700_000_010}.000000"
"""The platform's time, ten seconds after the clock of a store that no test has moved."""


async def test_a_stop_marks_the_turn_at_work_and_sets_aside_what_waits(store: Store) -> None:
    await begin(store, "t", 1)
    for number in (3, 2):
        await store.accept(message(number))
    assert await store.stop(THREAD, "5.0") == Stopping(("t",), (key(2), key(3)))
    assert [turn.stopped for turn in await store.unfinished()] == [True]
    assert await store.unclaimed() == ()
    assert await claimed(store, "u", THREAD, [key(2), key(3)]) == ()
    assert (await store.check())["waiting"] == "0"


async def test_nothing_is_stopped_before_there_is_a_stop(store: Store) -> None:
    await begin(store, "t", 1)
    assert [turn.stopped for turn in await store.unfinished()] == [False]
    assert await store.stop(OTHER, "5.0") == NOTHING
    assert await store.stop(ThreadKey("T2", "C1", THREAD.thread_ts), "5.0") == NOTHING
    assert await store.stop(ThreadKey("T1", "C2", THREAD.thread_ts), "5.0") == NOTHING
    assert [turn.stopped for turn in await store.unfinished()] == [False]


async def test_a_stop_leaves_alone_what_is_as_young_as_itself(store: Store) -> None:
    await begin(store, "t", 2, 4)
    for number in (1, 5):
        await store.accept(message(number))
    assert await store.stop(THREAD, "4.000000") == Stopping((), (key(1),))
    assert [turn.stopped for turn in await store.unfinished()] == [False]
    assert await store.unclaimed() == (message(5),)


@pytest.mark.parametrize("state", [TurnState.DONE, TurnState.FAILED, TurnState.STOPPED])
async def test_a_stop_after_the_end_has_no_effect(store: Store, state: TurnState) -> None:
    await begin(store, "t", 1)
    await store.finish("t", state, "words", "", ())
    assert await store.stop(THREAD, "5.0") == NOTHING


async def test_a_second_stop_finds_nothing_more_to_set_aside(store: Store) -> None:
    await begin(store, "t", 1)
    await store.accept(message(2))
    await store.stop(THREAD, "5.0")
    assert await store.stop(THREAD, "5.1") == Stopping(("t",), ())


async def test_a_turn_stays_stopped_over_attempts_and_a_restart_of_its_work(store: Store) -> None:
    await begin(store, "t", 1)
    await store.stop(THREAD, "5.0")
    await store.finish("t", TurnState.INTERRUPTED, "half", "", ())
    await store.attempt("t")
    assert [turn.stopped for turn in await store.unfinished()] == [True]
    await store.finish("t", TurnState.STOPPED, "half", "", ())
    assert await store.unfinished() == ()
    assert texts(await store.history(THREAD)) == ["m1", "half"]


async def test_a_stop_and_a_claim_at_once_leave_nothing_running_unmarked(store: Store) -> None:
    for round_number in range(8):
        number = 1_000 + round_number
        await store.accept(message(number))
        orders = [store.claim(f"t{number}", THREAD, [key(number)]), store.stop(THREAD, f"{number}.5")]
        await asyncio.gather(*(orders if round_number % 2 else reversed(orders)))
        assert await store.unclaimed() == ()
        assert all(turn.stopped for turn in await store.unfinished())


async def test_what_was_set_aside_stays_in_the_history(store: Store) -> None:
    await store.accept(message(1))
    await store.stop(THREAD, "5.0")
    assert texts(await store.history(THREAD)) == ["m1"]
    assert not await store.accept(message(1))


async def test_what_was_set_aside_is_taken_back_once_with_its_present_text(store: Store) -> None:
    for number in (2, 1, 3):
        await store.accept(message(number))
    await store.accept(message(4, thread=OTHER))
    await store.stop(THREAD, "5.0")
    await store.stop(OTHER, "5.0")
    await store.edit(Edit(key(1), "better", key(90).ts))
    await store.delete(key(3))
    assert await store.take_back(THREAD) == (message(1, "better"), message(2))
    assert await store.take_back(THREAD) == ()
    assert texts(await claimed(store, "t", THREAD, [key(1), key(2)])) == ["better", "m2"]


async def test_of_two_who_take_back_at_once_one_gets_the_messages(store: Store) -> None:
    await store.accept(message(1))
    await store.stop(THREAD, "5.0")
    first, second = await asyncio.gather(store.take_back(THREAD), store.take_back(THREAD))
    assert sorted([first, second], key=len) == [(), (message(1),)]


async def test_a_message_that_no_turn_had_can_wait_again(store: Store) -> None:
    for number in (1, 2, 3):
        await store.accept(message(number))
    await store.refuse([key(1)])
    await store.stop(THREAD, "3.0")
    assert await store.accept_again(key(1)) == message(1)
    assert await store.accept_again(key(2)) == message(2)
    assert await store.accept_again(key(2)) is None
    assert await store.accept_again(key(3)) is None
    assert await store.accept_again(key(9)) is None
    assert texts(await claimed(store, "t", THREAD, [key(1), key(2)])) == ["m1", "m2"]
    assert await store.accept_again(key(1)) is None


async def test_a_deleted_message_never_waits_again(store: Store) -> None:
    await store.accept(message(1))
    await store.refuse([key(1)])
    await store.delete(key(1))
    assert await store.accept_again(key(1)) is None


async def test_a_stop_from_before_a_message_waited_again_does_not_concern_it(store: Store, clock: Clock) -> None:
    old, older = 1_600_000_002, 1_600_000_001
    for number in (old, older):
        await store.accept(message(number))
    await store.stop(THREAD, SOON)
    clock.now += 20
    await store.take_back(THREAD)
    assert await store.stop(THREAD, SOON) == NOTHING
    assert await claimed(store, "t", THREAD, [key(older)])
    assert await store.stop(THREAD, SOON) == NOTHING
    assert await store.stop(THREAD, f"{1_700_000_020}.000000") == Stopping(("t",), (key(old),))


async def test_a_begun_again_message_is_as_old_as_its_new_beginning(store: Store, clock: Clock) -> None:
    await store.accept(message(1))
    await store.refuse([key(1)])
    clock.now += 3_600
    await store.accept_again(key(1))
    await store.claim("t", THREAD, [key(1)])
    assert [turn.created_at for turn in await store.unfinished()] == [clock.now]


async def test_a_part_of_an_answer_is_nothing_to_answer_again(store: Store) -> None:
    await answer(store, "t", 1, posted=2)
    assert await store.accept_again(key(2)) is None
    await begin(store, "u", 3)
    await store.record_part("u", part(1, 4))
    assert await store.accept_again(key(4)) is None
