"""Files of threads: how they come, their numbers and states, and their end."""

from dataclasses import replace

import pytest

from base_client import PastMessage, ThreadKey
from database import Deed, DeedState, FileKind, FileOrigin, FileState, Store, StoredFile
from store import files
from tests.database.file_makers import document, link, made, ref, with_files
from tests.database.makers import THREAD, Clock, Figures, key, message, past

OTHER = ThreadKey("T1", "C1", "2000.000000")


def living(files_of_thread: tuple[StoredFile, ...]) -> list[str]:
    """Ids of the files that are not gone."""
    return ids(tuple(file for file in files_of_thread if file.state is not FileState.GONE))


def ids(found: tuple[StoredFile, ...]) -> list[str]:
    return [file.id for file in found]


async def uid_of(store: Store, file_id: str, thread: ThreadKey = THREAD) -> str:
    return next(file.uid for file in await store.files.of_thread(thread) if file.id == file_id)


async def test_a_message_brings_its_files_as_the_platform_said(store: Store) -> None:
    await store.accept(with_files(1, ref("F1", "a\0.pdf", 7), ref("F2", trouble="external")))
    first, second = await store.files.of_thread(THREAD)
    assert (first.name, first.size, first.url, first.message_ts) == ("a.pdf", 7, ref("F1").url, key(1).ts)
    assert (first.origin, first.kind, first.state) == (FileOrigin.ATTACHED, FileKind.UNKNOWN, FileState.NEW)
    assert (first.number, first.kept, second.trouble) == (None, False, "external")
    assert first.uid != second.uid
    assert int(first.uid, 16)


async def test_an_overheard_message_brings_its_files_too(store: Store) -> None:
    await store.accept(with_files(1, ref("F1"), wants_answer=False))
    assert ids(await store.files.of_thread(THREAD)) == ["F1"]


async def test_a_message_that_comes_twice_brings_its_files_once(store: Store) -> None:
    for wants_answer in (False, True, True):
        await store.accept(with_files(1, ref("F1"), ref("F1"), wants_answer=wants_answer))
    assert ids(await store.files.of_thread(THREAD)) == ["F1"]


async def test_one_message_brings_a_hundred_files_at_most(store: Store) -> None:
    await store.accept(with_files(1, *(ref(f"F{number}") for number in range(files.PER_MESSAGE + 5))))
    assert ids(await store.files.of_thread(THREAD)) == [f"F{number}" for number in range(files.PER_MESSAGE)]


async def test_the_past_brings_its_files_and_deleted_messages_none(store: Store) -> None:
    def old(number: int) -> PastMessage:
        return replace(past(number), files=(ref(f"F{number}"),))

    await store.delete(key(2))
    for _ in range(2):
        await store.import_past(THREAD, [old(3), old(2), old(1)])
    assert ids(await store.files.of_thread(THREAD)) == ["F1", "F3"]


async def test_a_late_delivery_of_a_deleted_message_brings_no_files(store: Store) -> None:
    await store.delete(key(1))
    for wants_answer in (False, True):
        assert not await store.accept(with_files(1, ref("F1"), wants_answer=wants_answer))
    assert await store.files.of_thread(THREAD) == ()


async def test_files_stand_in_the_order_of_their_messages(store: Store) -> None:
    await store.accept(with_files(5, ref("F5"), ref("F6")))
    await store.files.add(link("ab", "L1", number=2))
    await store.accept(with_files(2, ref("F2")))
    await store.accept(with_files(1, ref("F1"), thread=OTHER))
    assert ids(await store.files.of_thread(THREAD)) == ["L1", "F2", "F5", "F6"]


async def test_a_link_that_is_said_again_is_the_same_file(store: Store) -> None:
    first = await store.files.add(link("ab", "L1"))
    assert await store.files.add(link("cd", "L1", number=2)) == first
    assert (await store.files.add(link("ef", "L1", thread=OTHER))).uid == "ef"


async def test_a_made_picture_is_kept_with_its_prompt_its_turn_and_its_deed(store: Store) -> None:
    picture, deed = made("ab", "F1", "a lighthouse"), Deed("t", 0, "F1", DeedState.RESERVED, "ab")
    shown = await store.files.keep_made(picture, deed)
    assert shown == replace(picture, number=1, state=FileState.READ)
    assert await store.files.get("ab") == shown
    assert await store.files.deeds("t") == (deed,)


async def test_a_made_picture_that_cannot_be_kept_leaves_no_deed(store: Store) -> None:
    first = Deed("t", 0, "F1", DeedState.RESERVED, "ab")
    await store.files.keep_made(made("ab", "F1", "a lighthouse"), first)
    with pytest.raises(LookupError):
        await store.files.keep_made(made("cd", "F1", "another"), Deed("t", 1, "F1", DeedState.RESERVED, "cd"))
    assert await store.files.deeds("t") == (first,)


async def test_pictures_and_documents_are_counted_apart_and_per_thread(store: Store) -> None:
    await store.accept(with_files(1, *(ref(f"F{number}") for number in range(4))))
    await store.accept(with_files(2, ref("F9"), thread=OTHER))
    kinds = [FileKind.PICTURE, FileKind.DOCUMENT, FileKind.PICTURE, FileKind.DOCUMENT]
    for _ in range(2):
        for file, kind in zip(await store.files.of_thread(THREAD), kinds, strict=True):
            await store.files.recognised(file.uid, kind, "x/y")
    await store.files.recognised(await uid_of(store, "F9", OTHER), FileKind.PICTURE, "x/y")
    assert [file.number for file in await store.files.of_thread(THREAD)] == [1, 1, 2, 2]
    assert [file.number for file in await store.files.of_thread(OTHER)] == [1]


async def test_the_number_of_a_file_that_is_gone_is_not_given_again(store: Store) -> None:
    await store.accept(with_files(1, ref("F1")))
    await store.accept(with_files(2, ref("F2")))
    await store.files.recognised(await uid_of(store, "F1"), FileKind.PICTURE, "image/png")
    await store.delete(key(1))
    assert (await store.files.recognised(await uid_of(store, "F2"), FileKind.PICTURE, "image/png")).number == 2


async def test_a_document_is_indexed_then_read(store: Store) -> None:
    await store.accept(with_files(1, ref("F1")))
    uid = await uid_of(store, "F1")
    seen = await store.files.recognised(uid, FileKind.DOCUMENT, "application/pdf", parts=3, kept=True)
    assert (seen.state, seen.parts, seen.done, seen.kept) == (FileState.INDEXING, 3, 0, True)
    await store.files.finished(uid)
    assert (await store.files.of_thread(THREAD))[0].state is FileState.READ
    await store.files.finished(uid, "scanned")
    (file,) = await store.files.of_thread(THREAD)
    assert (file.state, file.detail) == (FileState.READ, "scanned")


async def test_an_unreadable_file_says_why(store: Store) -> None:
    await store.accept(with_files(1, ref("F1")))
    await store.files.found_unreadable(await uid_of(store, "F1"), "password")
    (file,) = await store.files.of_thread(THREAD)
    assert (file.state, file.detail) == (FileState.UNREADABLE, "password")
    again = await store.files.recognised(file.uid, FileKind.DOCUMENT, "application/pdf", parts=2)
    assert (again.state, again.detail) == (FileState.INDEXING, "")


async def test_nobody_can_recognise_a_file_that_never_was(store: Store) -> None:
    with pytest.raises(LookupError):
        await store.files.recognised("ab", FileKind.PICTURE, "image/png")
    assert await store.files.get("ab") is None


async def test_files_at_work_are_found_after_a_restart_those_begun_first(url: str) -> None:
    store = await Store.open(url, Figures())
    await store.accept(with_files(1, *(ref(f"F{number}") for number in range(4))))
    uids = [file.uid for file in await store.files.of_thread(THREAD)]
    await store.files.recognised(uids[1], FileKind.DOCUMENT, "application/pdf", parts=3)
    await store.files.recognised(uids[2], FileKind.PICTURE, "image/png")
    await store.files.found_unreadable(uids[3], "empty")
    await store.close()
    store = await Store.open(url, Figures())
    assert ids(await store.files.indexing()) == ["F1", "F0"]
    figures = await store.check()
    assert await store.files.counts() == dict(zip(FileState, (1, 1, 1, 1, 0), strict=True))
    assert [figures[f"files_{state.value}"] for state in FileState] == ["1", "1", "1", "1", "0"]
    await store.close()


async def test_a_deleted_message_takes_its_files_along(store: Store) -> None:
    uid = await document(store, "secret words")
    await store.accept(with_files(2, ref("F2")))
    assert await store.files.of_message(key(1)) == (uid,)
    assert await store.delete(key(1))
    assert living(await store.files.of_thread(THREAD)) == ["F2"]
    gone = await store.files.get(uid)
    assert gone is not None
    assert (gone.state, gone.name, gone.url, gone.kept) == (FileState.GONE, "", "", False)
    assert await store.files.pages(uid, 1, 9) == ()
    assert await store.files.search([uid], "secret", 5) == ()
    assert await store.files.of_message(key(1)) == (uid,)


async def test_a_file_that_is_gone_stays_gone_whatever_comes_late(store: Store) -> None:
    uid = await document(store, "words")
    await store.delete(key(1))
    assert (await store.files.recognised(uid, FileKind.DOCUMENT, "x/y", kept=True)).state is FileState.GONE
    await store.files.found_unreadable(uid, "password")
    await store.files.finished(uid)
    assert not await store.files.add_pages(uid, ())
    gone = await store.files.get(uid)
    assert gone is not None
    assert (gone.state, gone.kept, gone.detail) == (FileState.GONE, False, "")


async def test_a_file_that_is_gone_comes_back_with_another_message_alone(store: Store) -> None:
    await store.files.add(link("ab", "L1"))
    await store.files.recognised("ab", FileKind.PICTURE, "image/png", kept=True)
    await store.delete(key(1))
    assert (await store.files.add(link("ab", "L1"))).state is FileState.GONE
    again = await store.files.add(link("cd", "L1", number=2))
    assert (again.uid, again.state, again.message_ts, again.kept) == ("cd", FileState.NEW, key(2).ts, False)
    assert again.url
    assert await store.files.unknown_of(["ab", "cd"]) == ("ab",)
    assert (await store.files.recognised("cd", FileKind.PICTURE, "image/png")).number == 1


async def test_a_deleted_file_is_forgotten_in_all_threads_of_its_team(store: Store) -> None:
    elsewhere = ThreadKey("T2", "C1", "1.000000")
    for number, thread in enumerate((THREAD, OTHER, elsewhere), start=1):
        await store.accept(with_files(number, ref("F1"), ref("F2"), thread=thread))
    uids = {await uid_of(store, "F1"), await uid_of(store, "F1", OTHER)}
    assert set(await store.files.forget("T1", "F1")) == uids
    assert living(await store.files.of_thread(THREAD)) == ["F2"]
    assert living(await store.files.of_thread(elsewhere)) == ["F1", "F2"]
    assert await store.files.forget("T1", "F1") == ()
    assert await store.files.forget("T1", "F77") == ()


async def test_old_files_lose_their_content_in_small_batches(store: Store, clock: Clock) -> None:
    for number in range(3):
        await store.accept(with_files(number, ref(f"F{number}")))
        clock.now += 10
    oldest = await store.files.expired(clock.now - 15, 1)
    assert oldest == (await uid_of(store, "F0"),)
    assert await store.files.drop_content([*oldest, "ab"]) == oldest
    assert await store.files.expired(clock.now - 15, 10) == (await uid_of(store, "F1"),)
    assert living(await store.files.of_thread(THREAD)) == ["F1", "F2"]
    assert await store.files.drop_content(oldest) == ()


async def test_bytes_that_no_file_wants_are_named(store: Store) -> None:
    uid = await document(store, "words")
    strangers = [f"{number:04x}" for number in range(1_200)]
    assert await store.files.unknown_of([uid, *strangers]) == tuple(strangers)
    await store.delete(key(1))
    assert await store.files.unknown_of([uid]) == (uid,)
    assert await store.files.unknown_of([]) == ()


async def test_a_message_without_files_changes_no_file(store: Store) -> None:
    await store.accept(message(1))
    assert await store.files.of_message(key(1)) == ()
    assert await store.delete(key(1))


async def test_deeds_are_remembered_in_order_the_newest_record_counts(url: str) -> None:
    store = await Store.open(url, Figures())
    await store.files.record_deed(Deed("t", 2, "F2", DeedState.RESERVED, "cd"))
    for state in DeedState:
        await store.files.record_deed(Deed("t", 1, "F1", state, "ab"))
    await store.files.record_deed(Deed("u", 1, "F3", DeedState.SHARED, "ef"))
    await store.close()
    store = await Store.open(url, Figures())
    assert await store.files.deeds("t") == (
        Deed("t", 1, "F1", DeedState.SHARED, "ab"),
        Deed("t", 2, "F2", DeedState.RESERVED, "cd"),
    )
    await store.close()


async def test_files_named_by_the_second_event_of_a_message_only_are_kept(store: Store) -> None:
    bare = with_files(1)
    assert await store.accept(bare)
    assert not await store.accept(replace(bare, files=(ref("F1"),)))
    assert ids(await store.files.of_thread(bare.thread)) == ["F1"]
