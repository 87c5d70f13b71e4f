"""Turns: attempts, deliveries, endings."""

import sqlite3
from contextlib import closing

import pytest

from base_client import Part
from database import CallUsage, Store, TurnState
from tests.database.makers import THREAD, begin, claimed, key, message, part, past, texts


async def test_attempts_are_counted(store: Store) -> None:
    await begin(store, "t", 1)
    assert [turn.attempts for turn in await store.unfinished()] == [1]
    assert await store.attempt("t") == 2
    assert await store.attempt("t") == 3
    assert [turn.attempts for turn in await store.unfinished()] == [3]


async def test_an_attempt_sets_an_interrupted_turn_to_work_again(store: Store) -> None:
    await begin(store, "t", 1)
    await store.finish("t", TurnState.INTERRUPTED, "", "", ())
    assert [turn.state for turn in await store.unfinished()] == [TurnState.INTERRUPTED]
    await store.attempt("t")
    assert [turn.state for turn in await store.unfinished()] == [TurnState.WORKING]


async def test_an_unknown_turn_is_named(store: Store) -> None:
    with pytest.raises(LookupError, match="nobody"):
        await store.attempt("nobody")
    with pytest.raises(LookupError, match="nobody"):
        await store.finish("nobody", TurnState.DONE, "", "", ())


async def test_a_turn_is_begun_under_one_id_only(store: Store) -> None:
    await begin(store, "t", 1)
    await store.accept(message(2))
    with pytest.raises(Exception, match="UNIQUE"):
        await store.claim("t", THREAD, [key(2)])
    assert texts(await claimed(store, "u", THREAD, [key(2)])) == ["m2"]


async def test_the_newest_record_of_a_part_counts(store: Store) -> None:
    await begin(store, "t", 1)
    await store.record_part("t", Part(2, "6.0", "post", 0, False))
    await store.record_part("t", Part(1, "5.0", "stream", 0, True))
    await store.record_part("t", Part(1, "5.0", "stream", 40, False))
    assert await store.parts("t") == (Part(1, "5.0", "stream", 40, False), Part(2, "6.0", "post", 0, False))
    assert await store.parts("u") == ()


async def test_an_unfinished_turn_is_found_again_with_its_complete_text(store: Store) -> None:
    await begin(store, "t", 2, 1)
    await store.save_text("t", "the whole answer")
    (turn,) = await store.unfinished()
    assert (turn.turn_id, turn.thread, turn.author, turn.text) == ("t", THREAD, "U1", "the whole answer")
    assert turn.keys == (key(1), key(2))


@pytest.mark.parametrize("state", [TurnState.DONE, TurnState.FAILED, TurnState.STOPPED])
async def test_an_ended_turn_is_not_found_again(store: Store, state: TurnState) -> None:
    await begin(store, "t", 1)
    await store.finish("t", state, "words", "trouble", ())
    assert await store.unfinished() == ()
    assert await store.unclaimed() == ()
    assert not await store.accept(message(1))


async def test_an_undelivered_turn_keeps_its_text_until_it_is_delivered(store: Store) -> None:
    await begin(store, "t", 1)
    await store.finish("t", TurnState.UNDELIVERED, "complete", "ratelimited", ())
    assert [(turn.state, turn.text) for turn in await store.unfinished()] == [(TurnState.UNDELIVERED, "complete")]
    await store.record_part("t", part(1, 7))
    await store.finish("t", TurnState.DONE, "complete", "", ())
    assert await store.unfinished() == ()
    assert [(one.text, one.key) for one in await store.history(THREAD)] == [("m1", key(1)), ("complete", key(7))]


async def test_what_was_cut_short_is_never_taken_for_the_complete_text(store: Store) -> None:
    await begin(store, "t", 1)
    await store.finish("t", TurnState.INTERRUPTED, "half of", "", ())
    assert [turn.text for turn in await store.unfinished()] == [""]


async def test_a_resumed_turn_replaces_its_earlier_answer(store: Store) -> None:
    await begin(store, "t", 1)
    await store.finish("t", TurnState.INTERRUPTED, "half of", "", ())
    await store.attempt("t")
    await store.record_part("t", part(1, 7))
    await store.finish("t", TurnState.DONE, "half of it and the rest", "", ())
    assert texts(await store.history(THREAD)) == ["m1", "half of it and the rest"]


async def test_the_answer_has_the_ts_of_its_first_part(store: Store) -> None:
    await begin(store, "t", 1)
    await store.record_part("t", part(2, 9))
    await store.record_part("t", part(1, 8))
    await store.finish("t", TurnState.DONE, "words", "", ())
    (_, answer) = await store.history(THREAD)
    assert (answer.key, answer.own, answer.turn_id, answer.author) == (key(8), True, "t", "")


async def test_answers_that_were_never_posted_clash_with_none(store: Store) -> None:
    await begin(store, "t", 1)
    await begin(store, "u", 2)
    for turn in ("t", "u"):
        await store.finish(turn, TurnState.FAILED, f"of {turn}", "ratelimited", ())
    assert texts(await store.history(THREAD)) == ["m1", "of t", "m2", "of u"]


async def test_an_ending_without_text_leaves_no_answer(store: Store) -> None:
    await begin(store, "t", 1)
    await store.finish("t", TurnState.FAILED, "", "timeout", ())
    assert texts(await store.history(THREAD)) == ["m1"]


async def test_what_was_written_before_a_stop_is_the_answer(store: Store) -> None:
    await begin(store, "t", 1)
    await store.record_part("t", part(1, 7))
    await store.save_text("t", "half of")
    await store.finish("t", TurnState.STOPPED, "half of", "", ())
    assert [(one.text, one.key) for one in await store.history(THREAD)] == [("m1", key(1)), ("half of", key(7))]
    with closing(sqlite3.connect((await store.check())["file"])) as file:
        assert file.execute("SELECT state, text FROM turns").fetchall() == [("stopped", "")]
        assert file.execute("SELECT state FROM inbox").fetchall() == [("done",)]


async def test_an_answer_deleted_while_it_was_written_is_not_kept(store: Store) -> None:
    await begin(store, "t", 1)
    await store.record_part("t", part(1, 7))
    await store.delete(key(7))
    await store.finish("t", TurnState.DONE, "words", "", ())
    assert texts(await store.history(THREAD)) == ["m1"]


async def test_an_answer_is_followed_when_it_is_deleted(store: Store) -> None:
    await begin(store, "t", 1)
    await store.record_part("t", part(1, 7))
    await store.finish("t", TurnState.DONE, "words", "", ())
    assert await store.delete(key(7))
    assert texts(await store.history(THREAD)) == ["m1"]


async def test_an_answer_that_was_read_from_the_platform_first_is_stored_once(store: Store) -> None:
    await begin(store, "t", 1)
    await store.import_past(THREAD, [past(7, own=True, text="half")])
    await store.record_part("t", part(1, 7))
    await store.finish("t", TurnState.DONE, "whole", "", ())
    assert texts(await store.history(THREAD)) == ["m1", "whole"]


async def test_usage_is_kept_per_call_and_attempt(store: Store) -> None:
    calls = (CallUsage("m", 10, 5, 3, 1), CallUsage("n", 20, 0, 4, 0, number=1))
    await begin(store, "t", 1)
    await store.finish("t", TurnState.INTERRUPTED, "", "", calls[:1])
    await store.finish("t", TurnState.INTERRUPTED, "", "", calls)
    await store.attempt("t")
    await store.finish("t", TurnState.DONE, "words", "", calls[1:])
    with closing(sqlite3.connect((await store.check())["file"])) as file:
        kept = file.execute("SELECT * FROM usage ORDER BY attempt, number").fetchall()
    assert [row[:8] for row in kept] == [
        ("t", 1, 0, "m", 10, 5, 3, 1),
        ("t", 1, 1, "n", 20, 0, 4, 0),
        ("t", 2, 1, "n", 20, 0, 4, 0),
    ]


async def test_an_ended_turn_keeps_no_second_copy_of_its_text(store: Store) -> None:
    await begin(store, "t", 1)
    await store.record_part("t", part(1, 2))
    await store.save_text("t", "secret words")
    await store.finish("t", TurnState.DONE, "secret words", "", ())
    await store.delete(key(2))
    with closing(sqlite3.connect((await store.check())["file"])) as file:
        assert "secret words" not in "".join(file.iterdump())
