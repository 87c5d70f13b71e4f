"""Short ways to make files and documents."""

from dataclasses import replace
from pathlib import Path

from base_client import FileRef, Message, ThreadKey
from database import FileKind, FileOrigin, Page, Store, StoredFile
from tests.database.makers import THREAD, message


def ref(file_id: str, name: str = "", size: int = 10, trouble: str = "") -> FileRef:
    return FileRef(file_id, name or f"{file_id}.pdf", size, f"https://files.example/{file_id}", trouble)


def with_files(number: int, *refs: FileRef, thread: ThreadKey = THREAD, wants_answer: bool = True) -> Message:
    return replace(message(number, thread=thread, wants_answer=wants_answer), files=refs)


def link(uid: str, file_id: str, number: int = 1, thread: ThreadKey = THREAD) -> StoredFile:
    return StoredFile(uid, file_id, thread, f"{number}.000000", origin=FileOrigin.LINK, url="https://example.org/x")


def made(uid: str, file_id: str, note: str) -> StoredFile:
    file = StoredFile(uid, file_id, THREAD, "9.000000", turn_id="t", origin=FileOrigin.MADE)
    return replace(file, kind=FileKind.PICTURE, note=note, dimensions="1024x1024", media_type="image/png", kept=True)


def page(number: int, text: str) -> Page:
    return Page(number, f"page {number}", text)


async def document(store: Store, *texts: str, file_id: str = "F1", number: int = 1) -> str:
    """A message with a document of these pages; its uid."""
    await store.accept(with_files(number, ref(file_id)))
    (uid,) = [file.uid for file in await store.files.of_thread(THREAD) if file.id == file_id]
    await store.files.recognised(uid, FileKind.DOCUMENT, "application/pdf", parts=len(texts), kept=True)
    assert await store.files.add_pages(uid, [page(i, text) for i, text in enumerate(texts, start=1)])
    await store.files.finished(uid)
    return uid


def bytes_of(file: Path) -> bytes:
    """Everything the database has on the disk."""
    return b"".join(path.read_bytes() for path in file.parent.iterdir() if path.name.startswith(file.name))
