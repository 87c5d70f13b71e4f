"""Halting a turn from beside its lane."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from database import TurnState
from message_processor.outcome import Outcome
from message_processor.running import Halt, Halted, Running, RunningTurn
from message_processor.turn import Turn
from tests.core.makers import THREAD, stored, ts

ANSWER = Outcome(TurnState.DONE, "an answer")
BEGAN = 1_000_000_005.0
"""When the question was written, by both clocks."""
LATER = ts(6)


def turn() -> Turn:
    return Turn("t1", THREAD, (stored(5, "question"),))


async def in_the_middle(
    running: RunningTurn, act: Callable[[], object], work: Callable[[], Awaitable[None]]
) -> Outcome:
    """The outcome of a run during which `act` happens."""

    async def answer() -> Outcome:
        await work()
        return ANSWER

    asyncio.get_running_loop().call_later(0.01, act)
    return await running.run(answer())


async def test_a_turn_that_nobody_halts_comes_out_as_it_does() -> None:
    with Running().at_work(turn(), BEGAN) as running:
        assert await in_the_middle(running, lambda: None, partial(asyncio.sleep, 0.02)) == ANSWER


async def test_a_stop_ends_what_was_begun_before_it() -> None:
    turns = Running()
    with turns.at_work(turn(), BEGAN) as running, pytest.raises(Halted) as halted:
        await in_the_middle(running, lambda: turns.stop_older(THREAD, LATER), partial(asyncio.sleep, 30))
    assert halted.value.halt is Halt.STOPPED


@pytest.mark.parametrize(
    ("stopped_at", "began"),
    [(ts(-1), BEGAN), (ts(0), BEGAN), (LATER, BEGAN + 60)],
    ids=["earlier", "same", "begun again"],
)
async def test_an_older_stop_has_no_effect(stopped_at: str, began: float) -> None:
    turns = Running()
    with turns.at_work(turn(), began) as running:
        stop = partial(turns.stop_older, THREAD, stopped_at)
        assert await in_the_middle(running, stop, partial(asyncio.sleep, 0.03)) == ANSWER
        assert not stop()


async def test_a_turn_that_is_answered_cannot_be_halted() -> None:
    turns = Running()
    with turns.at_work(turn(), BEGAN) as running:
        running.answered = True
        assert not turns.stop_older(THREAD, LATER)
        assert turns.change(running.turn.messages[0].key)
        assert running.changed, "it is known, so that people can be offered another answer"


async def test_a_swallowed_cancellation_is_repeated() -> None:
    async def swallows_one() -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            await asyncio.sleep(30)

    turns = Running()
    with turns.at_work(turn(), BEGAN) as running, pytest.raises(Halted):
        async with asyncio.timeout(5):
            await in_the_middle(running, lambda: turns.stop_older(THREAD, LATER), swallows_one)


async def test_work_that_ends_by_itself_after_the_flag_is_halted_all_the_same() -> None:
    async def stubborn() -> None:
        try:
            await asyncio.sleep(0.05)
        except asyncio.CancelledError:
            return

    turns = Running()
    with turns.at_work(turn(), BEGAN) as running, pytest.raises(Halted):
        await in_the_middle(running, lambda: turns.stop_older(THREAD, LATER), stubborn)


async def test_a_change_halts_the_turn_of_that_message_only() -> None:
    turns = Running()
    with turns.at_work(turn(), BEGAN) as running:
        assert not turns.change(stored(7, "another").key)
        with pytest.raises(Halted) as halted:
            await in_the_middle(running, lambda: turns.change(running.turn.messages[0].key), partial(asyncio.sleep, 30))
        assert halted.value.halt is Halt.CHANGED
        assert await in_the_middle(running, lambda: None, partial(asyncio.sleep, 0)) == ANSWER, "it can begin anew"


async def test_a_change_does_not_undo_a_stop() -> None:
    turns = Running()

    def both() -> None:
        turns.stop_older(THREAD, LATER)
        turns.change(turn().messages[0].key)

    with turns.at_work(turn(), BEGAN) as running, pytest.raises(Halted) as halted:
        await in_the_middle(running, both, partial(asyncio.sleep, 30))
    assert halted.value.halt is Halt.STOPPED


async def test_a_stop_may_come_before_the_turn_is_known() -> None:
    turns = Running()
    assert not turns.stop(["t1"])
    with turns.at_work(turn(), BEGAN) as running, pytest.raises(Halted):
        await in_the_middle(running, lambda: None, partial(asyncio.sleep, 30))
    with turns.at_work(turn(), BEGAN) as running:
        assert await in_the_middle(running, lambda: None, partial(asyncio.sleep, 0)) == ANSWER, "once"


async def test_the_end_of_the_whole_turn_ends_its_answer() -> None:
    ended = asyncio.Event()

    async def closes_something() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            await asyncio.sleep(0.01)
            ended.set()

    with Running().at_work(turn(), BEGAN) as running:
        task = asyncio.create_task(in_the_middle(running, lambda: None, closes_something))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended.is_set()
