"""What one process leaves behind and the next one asks for."""

import pytest

from database import OwedAside, Store, TurnState
from tests.database.makers import THREAD, Clock, begin, key, message


async def test_messages_that_came_before_a_time_are_told_apart(store: Store, clock: Clock) -> None:
    await store.accept(message(1))
    await begin(store, "t", 2)
    clock.now += 100
    await store.accept(message(3))
    assert await store.unclaimed_before(clock.now) == {key(1)}
    assert await store.unclaimed_before(clock.now + 1) == {key(1), key(3)}
    assert await store.unclaimed_before(clock.now - 100) == frozenset()


async def test_what_is_accepted_again_is_as_young_as_that(store: Store, clock: Clock) -> None:
    await begin(store, "t", 1)
    await store.finish("t", TurnState.FAILED, "", "too_old", ())
    clock.now += 100
    assert await store.repeat("t") == (message(1),)
    assert await store.unclaimed_before(clock.now) == frozenset()


async def test_a_turn_that_has_ended_is_not_attempted_again(store: Store) -> None:
    await begin(store, "t", 1)
    assert await store.attempt("t") == 2
    await store.finish("t", TurnState.UNDELIVERED, "complete", "", ())
    assert await store.attempt("t") == 3
    await store.finish("t", TurnState.DONE, "complete", "", ())
    with pytest.raises(LookupError):
        await store.attempt("t")
    assert await store.unfinished() == ()


async def test_why_an_undelivered_turn_had_failed_is_known(store: Store) -> None:
    await begin(store, "t", 1)
    await store.finish("t", TurnState.UNDELIVERED, "half", "dropped", ())
    assert [(turn.state, turn.text, turn.error) for turn in await store.unfinished()] == [
        (TurnState.UNDELIVERED, "half", "dropped")
    ]


async def test_a_thread_is_owed_a_line_until_it_was_told(store: Store) -> None:
    await store.accept(message(1))
    await store.accept(message(2))
    await store.stop(THREAD, key(3).ts, "U9")
    owed = OwedAside(THREAD, key(3).ts, "U9", 2)
    assert await store.owed_asides() == (owed,)
    await store.told_aside(THREAD, key(4).ts)
    assert await store.owed_asides() == (owed,), "that was another stop"
    await store.told_aside(THREAD, key(3).ts)
    assert await store.owed_asides() == ()


async def test_what_was_taken_back_meanwhile_is_not_counted(store: Store) -> None:
    await store.accept(message(1))
    await store.stop(THREAD, key(3).ts, "U9")
    await store.take_back(THREAD)
    assert [owed.messages for owed in await store.owed_asides()] == [0]


async def test_a_stop_that_sets_nothing_aside_owes_nothing(store: Store) -> None:
    await begin(store, "t", 1)
    assert (await store.stop(THREAD, key(3).ts, "U9")).turns == ("t",)
    assert await store.owed_asides() == ()
