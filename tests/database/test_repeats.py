"""A question answered again: by a turn and with an answer of its own."""

import asyncio

import pytest

from base_client import Edit
from database import Store, TurnState
from tests.database.makers import THREAD, Clock, answer, begin, claimed, key, message, part, texts


async def ask_again(store: Store, turn_id: str, again: str, posted: int) -> None:
    """The questions of a turn answered again; the answer is the new turn's id."""
    keys = [each.key for each in await store.repeat(turn_id)]
    assert await claimed(store, again, THREAD, keys)
    await store.record_part(again, part(1, posted))
    await store.finish(again, TurnState.DONE, again, "", ())


@pytest.mark.parametrize("state", [TurnState.DONE, TurnState.FAILED, TurnState.STOPPED])
async def test_the_questions_of_an_ended_turn_wait_again_with_their_present_text(
    store: Store, state: TurnState
) -> None:
    await begin(store, "t", 2, 1)
    await store.finish("t", state, "words", "", ())
    await store.edit(Edit(key(2), "better", key(90).ts))
    repeated = (message(1), message(2, "better"))
    assert await store.repeat("t") == repeated
    assert await store.unclaimed() == repeated
    assert texts(await claimed(store, "u", THREAD, [key(1), key(2)])) == ["m1", "better"]
    assert [turn.keys for turn in await store.unfinished()] == [(key(1), key(2))]


async def test_a_repeat_is_one_until_it_is_answered(store: Store) -> None:
    await answer(store, "t", 1, posted=2)
    assert await store.repeat("t")
    assert await store.repeat("t") == ()
    await store.claim("u", THREAD, [key(1)])
    assert await store.repeat("t") == ()
    await store.finish("u", TurnState.INTERRUPTED, "", "", ())
    assert await store.repeat("t") == ()
    await store.finish("u", TurnState.DONE, "again", "", ())
    assert await store.repeat("t") == (message(1),)


async def test_of_two_repeats_at_once_one_begins(store: Store) -> None:
    await answer(store, "t", 1, posted=2)
    first, second = await asyncio.gather(store.repeat("t"), store.repeat("t"))
    assert sorted([first, second], key=len) == [(), (message(1),)]


async def test_what_has_not_ended_or_is_unknown_is_not_repeated(store: Store) -> None:
    assert await store.repeat("nobody") == ()
    await begin(store, "t", 1)
    assert await store.repeat("t") == ()
    await store.finish("t", TurnState.UNDELIVERED, "complete", "ratelimited", ())
    assert await store.repeat("t") == ()
    assert [turn.keys for turn in await store.unfinished()] == [(key(1),)]


async def test_a_repeat_that_could_not_be_delivered_keeps_its_questions(store: Store) -> None:
    await answer(store, "t", 1, posted=2)
    await store.repeat("t")
    await store.claim("u", THREAD, [key(1)])
    await store.finish("u", TurnState.UNDELIVERED, "complete", "ratelimited", ())
    assert await store.repeat("t") == ()
    assert [(turn.turn_id, turn.keys) for turn in await store.unfinished()] == [("u", (key(1),))]


async def test_a_stopped_repeat_can_be_taken_back(store: Store) -> None:
    number = 1_600_000_001
    await answer(store, "t", number, posted=number + 1)
    await store.repeat("t")
    assert (await store.stop(THREAD, "1700000001.000000")).aside == (key(number),)
    assert texts(await store.history(THREAD)) == [f"m{number}", f"a{number}"]
    assert await store.take_back(THREAD) == (message(number),)


async def test_a_deleted_question_is_not_repeated(store: Store) -> None:
    await begin(store, "t", 1, 3)
    await store.finish("t", TurnState.DONE, "words", "", ())
    await store.delete(key(1))
    assert await store.repeat("t") == (message(3),)
    await store.delete(key(3))
    assert await store.repeat("t") == ()
    assert await claimed(store, "u", THREAD, [key(1), key(3)]) == ()


async def test_every_answer_stays_in_the_history_behind_its_question(store: Store) -> None:
    await answer(store, "t", 1, posted=2)
    await answer(store, "u", 3, posted=4)
    await ask_again(store, "t", "v", posted=5)
    assert texts(await store.history(THREAD)) == ["m1", "a1", "v", "m3", "a3"]


async def test_a_repeat_does_not_see_the_answers_it_repeats(store: Store) -> None:
    await answer(store, "t", 1, posted=2)
    await answer(store, "u", 3, posted=4)
    await ask_again(store, "u", "v", posted=5)
    await store.repeat("u")
    assert texts(await store.history(THREAD)) == ["m1", "a1", "a3", "v"]
    await store.claim("w", THREAD, [key(3)])
    assert texts(await store.history(THREAD, before_turn="w")) == ["m1", "a1"]
    assert texts(await store.history(THREAD)) == ["m1", "a1", "m3", "a3", "v"]


async def test_a_repeat_without_its_deleted_first_question_still_does_not_see_the_old_answer(store: Store) -> None:
    await begin(store, "t", 1, 3)
    await store.finish("t", TurnState.DONE, "old", "", ())
    await store.delete(key(1))
    await store.repeat("t")
    await store.claim("u", THREAD, [key(3)])
    assert await store.history(THREAD, before_turn="u") == ()
    await store.finish("u", TurnState.DONE, "anew", "", ())
    assert texts(await store.history(THREAD)) == ["m3", "old", "anew"]
    assert await store.repeat("u") == (message(3),)


async def test_two_repeats_answered_together_see_neither_of_the_old_answers(store: Store) -> None:
    await answer(store, "t", 1, posted=2)
    await answer(store, "u", 3, posted=4)
    await store.repeat("t")
    await store.repeat("u")
    await store.claim("v", THREAD, [key(1), key(3)])
    assert await store.history(THREAD, before_turn="v") == ()


async def test_a_repeat_is_as_old_as_its_beginning(store: Store, clock: Clock) -> None:
    await answer(store, "t", 1, posted=2)
    clock.now += 3_600
    await store.repeat("t")
    await store.claim("u", THREAD, [key(1)])
    assert [turn.created_at for turn in await store.unfinished()] == [clock.now]
