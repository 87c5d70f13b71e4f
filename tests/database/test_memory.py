"""What is kept of a thread, and how it is forgotten."""

from pathlib import Path

from base_client import Edit, ThreadKey
from database import FileState, Forgotten, Remembered, Store, TurnState
from tests.database.file_makers import bytes_of, document, ref, with_files
from tests.database.makers import THREAD, answer, begin, claimed, key, message, part, past, texts

OTHER = ThreadKey("T1", "C1", "2000.000000")
PLACE = ("thread", f"C1/{THREAD.thread_ts}")


async def test_of_an_unknown_thread_nothing_is_kept(store: Store) -> None:
    assert await store.remembered(THREAD) == Remembered(0, None, None, 0)
    assert await store.forget(THREAD) == Forgotten(0, ())
    assert not await store.knows_thread(THREAD)


async def test_what_is_kept_is_counted_without_what_is_deleted(store: Store) -> None:
    await answer(store, "t", 1, posted=2)
    await begin(store, "u", 3)
    await store.finish("u", TurnState.FAILED, "never posted", "ratelimited", ())
    await store.accept(message(4, wants_answer=False))
    await store.accept(message(5, thread=OTHER))
    await store.delete(key(1))
    await store.delete(key(4))
    assert await store.remembered(THREAD) == Remembered(3, key(2).ts, key(3).ts, 2)


async def test_a_forgotten_thread_has_no_words_and_no_past_to_read(store: Store) -> None:
    await answer(store, "t", 1, posted=2)
    await store.accept(message(3, wants_answer=False))
    await answer(store, "u", 4, posted=5)
    await store.accept(message(6, thread=OTHER))
    assert await store.forget(THREAD) == Forgotten(5, ())
    assert await store.history(THREAD) == ()
    assert await store.remembered(THREAD) == Remembered(0, None, None, 0)
    state = await store.thread_state(THREAD)
    assert (state.known, state.read, state.newest_ts) == (True, True, key(5).ts)
    await store.import_past(THREAD, [past(number, own=number in {2, 5}) for number in (1, 2, 3, 4, 5)])
    assert await store.history(THREAD) == ()
    assert (await store.remembered(OTHER)).messages == 1
    assert await store.forget(THREAD) == Forgotten(0, ())


async def test_what_is_forgotten_does_not_come_back(store: Store) -> None:
    await answer(store, "t", 1, posted=2)
    for number in (3, 4):
        await store.accept(message(number))
    await store.refuse([key(3)])
    await store.stop(THREAD, "5.0")
    await store.accept(message(6, wants_answer=False))
    assert (await store.forget(THREAD)).messages == 5
    assert await store.repeat("t") == ()
    assert await store.take_back(THREAD) == ()
    assert await store.accept_again(key(3)) is None
    for number in (1, 3, 4, 6):
        assert not await store.edit(Edit(key(number), "words", key(90).ts))
        assert not await store.accept(message(number))
        assert not await store.accept(message(number, wants_answer=False))
    assert await store.history(THREAD) == ()


async def test_what_waits_or_is_being_answered_is_left(store: Store) -> None:
    await answer(store, "t", 1, posted=2)
    await begin(store, "u", 3)
    await store.accept(message(4))
    assert (await store.forget(THREAD)).messages == 2
    assert texts(await store.turn_messages("u")) == ["m3"]
    await store.record_part("u", part(1, 5))
    await store.finish("u", TurnState.DONE, "a3", "", ())
    assert texts(await claimed(store, "v", THREAD, [key(4)])) == ["m4"]
    assert texts(await store.history(THREAD)) == ["m3", "a3", "m4"]


async def test_the_half_answer_of_a_turn_that_goes_on_is_left(store: Store) -> None:
    await begin(store, "t", 1)
    await store.record_part("t", part(1, 2))
    await store.finish("t", TurnState.INTERRUPTED, "half", "", ())
    assert (await store.forget(THREAD)).messages == 0
    await store.attempt("t")
    await store.finish("t", TurnState.DONE, "whole", "", ())
    assert texts(await store.history(THREAD)) == ["m1", "whole"]


async def test_an_answer_that_could_not_be_delivered_is_forgotten_too(store: Store, tmp_path: Path) -> None:
    await begin(store, "t", 1)
    await store.record_part("t", part(1, 2))
    await store.save_text("t", "unheard words")
    await store.finish("t", TurnState.UNDELIVERED, "unheard words", "ratelimited", ())
    assert (await store.forget(THREAD)).messages == 2
    assert [turn.text for turn in await store.unfinished()] == [""]
    assert await store.turn_messages("t") == ()
    await store.close()
    assert b"unheard" not in bytes_of(tmp_path / "data" / "threadwell.db")


async def test_the_files_of_a_forgotten_thread_are_gone_with_their_words(store: Store, tmp_path: Path) -> None:
    uid = await document(store, "zanzibar in the spring", number=1)
    await store.claim("t", THREAD, [key(1)])
    await store.finish("t", TurnState.DONE, "a1", "", ())
    await store.accept(with_files(3, ref("F3")))
    assert await store.forget(THREAD) == Forgotten(2, (uid,))
    states = {file.id: file.state for file in await store.files.of_thread(THREAD)}
    assert states == {"F1": FileState.GONE, "F3": FileState.NEW}
    await store.close()
    assert b"zanzibar" not in bytes_of(tmp_path / "data" / "threadwell.db")


async def test_the_summary_and_the_settings_of_a_forgotten_thread_are_gone(store: Store) -> None:
    elsewhere = ("thread", f"C1/{OTHER.thread_ts}")
    person = ("user", "U1")
    for scope, place in (PLACE, elsewhere, person):
        await store.people.set_preferences("T1", scope, place, {"model": "m"}, "U1")
    for thread in (THREAD, OTHER):
        await store.people.set_summary(thread, "in short", "2.0")
    await store.forget(THREAD)
    assert await store.people.summary(THREAD) is None
    assert await store.people.summary(OTHER) is not None
    found = await store.people.preferences("T1", [PLACE, elsewhere, person])
    assert found == {PLACE: {}, elsewhere: {"model": "m"}, person: {"model": "m"}}
