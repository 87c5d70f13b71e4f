"""The text of documents: batches, repeats, restarts, and that nothing is left once it is deleted."""

import sqlite3
from array import array
from contextlib import closing
from pathlib import Path

import pytest

from database import FileKind, Page, Store
from store import search
from tests.database.file_makers import bytes_of, document, page, ref, with_files
from tests.database.makers import THREAD, Figures, child, key

STOPS_IN_THE_MIDDLE = """
import asyncio, os, sys
from database import FileKind, Store
from tests.database.file_makers import page, ref, with_files
from tests.database.makers import THREAD, Figures

async def main():
    store = await Store.open(sys.argv[1], Figures())
    await store.accept(with_files(1, ref("F1")))
    (file,) = await store.files.of_thread(THREAD)
    await store.files.recognised(file.uid, FileKind.DOCUMENT, "application/pdf", parts=500, kept=True)
    for first in range(1, 201, 50):
        await store.files.add_pages(file.uid, [page(n, f"word{n}") for n in range(first, first + 50)])
    os._exit(9)

asyncio.run(main())
"""


async def new_document(store: Store, parts: int) -> str:
    await store.accept(with_files(1, ref("F1")))
    (file,) = await store.files.of_thread(THREAD)
    await store.files.recognised(file.uid, FileKind.DOCUMENT, "application/pdf", parts=parts)
    return file.uid


async def done(store: Store) -> int:
    (file,) = await store.files.of_thread(THREAD)
    return file.done


async def test_pages_come_in_batches_and_are_read_by_number(store: Store) -> None:
    uid = await new_document(store, 500)
    for first in range(1, 501, 50):
        batch = [page(number, f"word{number} " * 10) for number in range(first, first + 50)]
        assert await store.files.add_pages(uid, batch)
        assert await done(store) == first + 49
    assert [one.number for one in await store.files.pages(uid, 56, 58)] == [56, 57, 58]
    assert await store.files.pages(uid, 501, 600) == ()
    assert await store.files.text_size(uid) == sum(len(f"word{number} " * 10) for number in range(1, 501))
    (hit,) = await store.files.search([uid], "word457", 5)
    assert (hit.uid, hit.page) == (uid, page(457, "word457 " * 10))


async def test_a_process_that_stops_in_the_middle_goes_on_there(url: str) -> None:
    process = await child(STOPS_IN_THE_MIDDLE, url)
    assert await process.wait() == 9
    store = await Store.open(url, Figures())
    (file,) = await store.files.indexing()
    assert (file.done, file.parts, file.kept) == (200, 500, True)
    for first in range(file.done - 49, 501, 50):
        await store.files.add_pages(file.uid, [page(number, f"word{number}") for number in range(first, first + 50)])
    await store.files.finished(file.uid)
    assert [one.number for one in await store.files.pages(file.uid, 1, 999)] == list(range(1, 501))
    assert [hit.page.number for hit in await store.files.search([file.uid], "word199", 5)] == [199]
    assert await store.files.indexing() == ()
    await store.close()


async def test_a_repeated_batch_changes_nothing_and_another_text_replaces(store: Store, url: str) -> None:
    uid = await new_document(store, 2)
    for _ in range(3):
        await store.files.add_pages(uid, [page(1, "apples"), page(2, "pears 梨")])
    await store.files.add_pages(uid, [page(1, "plums 李")])
    assert [one.text for one in await store.files.pages(uid, 1, 2)] == ["plums 李", "pears 梨"]
    assert await store.files.search([uid], "apples", 5) == ()
    assert [hit.page.text for hit in await store.files.search([uid], "plums pears", 5)] == ["plums 李", "pears 梨"]
    assert await done(store) == 2
    with closing(sqlite3.connect((await store.check())["file"])) as file:
        entries = "SELECT (SELECT count(*) FROM page_words_docsize), (SELECT count(*) FROM page_trigrams_docsize)"
        assert file.execute(entries).fetchone() == (2, 2)


async def test_a_bad_page_is_kept_as_bad_and_is_not_found(store: Store) -> None:
    uid = await new_document(store, 2)
    await store.files.add_pages(uid, [Page(1, "page 1", "", bad=True), page(2, "pears")])
    assert [one.bad for one in await store.files.pages(uid, 1, 2)] == [True, False]
    assert [hit.page.number for hit in await store.files.search([uid], "page", 5)] == [2]


@pytest.mark.parametrize("number", [0, -1, 1 << 20])
async def test_no_page_lies_outside_its_file(store: Store, number: int) -> None:
    uid = await new_document(store, 1)
    with pytest.raises(ValueError, match="number"):
        await store.files.add_pages(uid, [page(number, "words")])
    assert await store.files.pages(uid, -5, 1 << 21) == ()


async def test_half_characters_and_nul_are_stored_readably(store: Store) -> None:
    uid = await new_document(store, 1)
    await store.files.add_pages(uid, [page(1, "a\0b \ud83d c")])
    assert [one.text for one in await store.files.pages(uid, 1, 1)] == ["ab \ufffd c"]
    await store.files.drop_content([uid])


def secrets(number: int) -> str:
    return " ".join(f"zebra{number:03}quagga{part}東京縞馬{part}" for part in range(40))


def others(number: int) -> str:
    """So many different words that the index of them takes more than one step to rewrite."""
    return " ".join(f"okapi{hash((number, part)) & 0xFFFFFFFF:x}" for part in range(200))


@pytest.mark.parametrize("way", ["message", "file", "age"])
@pytest.mark.parametrize("step", [search.MERGE_PAGES, 4])
async def test_deleted_text_leaves_no_trace_on_the_disk(
    url: str, way: str, step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MERGE_PAGES", step)
    path = tmp_path / "data" / "threadwell.db"
    store = await Store.open(url, Figures())
    uid = await document(store, *(secrets(number) for number in range(300)))
    await document(store, *(others(number) for number in range(300)), file_id="F2", number=2)
    await store.files.set_embeddings(uid, "m", {1: [1.0, *[0.0] * 9, 1.0]})
    await store.close()
    vector = b"\0" * 36 + array("f", [0.5**0.5]).tobytes()
    traces = (b"quagga", b"uagga", b"zebra0", "京縞".encode(), b"F1.pdf", b"files.example/F1", vector)
    kept = bytes_of(path)
    assert not [trace for trace in traces if trace not in kept]
    store = await Store.open(url, Figures())
    if way == "message":
        await store.delete(key(1))
    elif way == "file":
        assert await store.files.forget("T1", "F1") == (uid,)
    else:
        assert await store.files.drop_content([uid]) == (uid,)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    left = bytes_of(path)
    assert not [trace for trace in traces if trace in left]
    assert b"okapi" in left
    await store.close()
