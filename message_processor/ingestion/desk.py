"""Files of a thread on their way in: fetched, kept on the disk, read by a child process, stored page by page."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from uuid import uuid4

from base_client import ChatClient, FileRef, FileTrouble, FileUnavailable, Reply, TaskCard, TaskState, ThreadKey
from database import FileKind, FileOrigin, FileState, Page, Store, StoredFile
from message_processor.exhibits import percent
from message_processor.ingestion.cabinet import Cabinet
from message_processor.ingestion.child import FileUnreadable, Found, Reader
from message_processor.ingestion.links import links_in
from message_processor.ingestion.meaning import Meaning
from message_processor.ingestion.web import Web
from message_processor.shelf import PARTLY, SCANNED, Shelf
from message_processor.side_by_side import side_by_side
from message_processor.turn import Turn, hashed
from message_processor.wording import Wording
from openai_client.events import Document, Picture

log = logging.getLogger("threadwell.ingestion")

FILES_PER_MESSAGE = 10
_EARLIER_FILES = 10
"""Files of earlier messages that one turn reads, the newest first: the bot may have joined a long thread."""
_FETCHES = 6
LARGE_LINK = "large_link"
_LINK_LIMIT = 10_000_000
"""Bytes of what a link leads to."""
_MEGABYTE = 1_000_000
_TITLE = 120
_CARD_FROM = 3
"""A document of fewer parts is read before anybody could see its card."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The thread's files after a turn has taken in its own; `problems` are names and codes of those it could not."""

    shelf: Shelf
    problems: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FileDesk:
    """Takes files in. `limit` is the largest file in bytes."""

    chat: ChatClient
    web: Web
    store: Store
    cabinet: Cabinet
    reader: Reader
    meaning: Meaning
    limit: int

    async def shelf(self, thread: ThreadKey) -> Shelf:
        """The thread's files as they are stored."""
        return Shelf(await self.store.files.of_thread(thread))

    async def take_in(self, turn: Turn, reply: Reply) -> TakenIn:
        """Read what hangs on the turn's messages, and what earlier ones left unread. One bad file spoils no other."""
        stamps = [message.key.ts for message in turn.messages]
        for message in turn.messages:
            for url in links_in(message.text):
                await self.store.files.add(_link(turn.thread, message.key.ts, url))
        shelf = await self.shelf(turn.thread)
        own = shelf.of_messages(stamps)
        waiting = _unread(own)[: FILES_PER_MESSAGE * len(stamps)]
        for file in _unread(own)[len(waiting) :]:
            await self.store.files.found_unreadable(file.uid, FileTrouble.TOO_MANY.value)
        earlier = [file for file in _unread(shelf.files) if file not in own][-_EARLIER_FILES:]
        if files := [*earlier, *waiting]:
            fetches = asyncio.Semaphore(_FETCHES)
            await side_by_side("file", [_Taking(self, file, reply, turn).run(fetches) for file in files])
            shelf = await self.shelf(turn.thread)
        own = shelf.of_messages(stamps)
        bad = [file for file in own if file.state is FileState.UNREADABLE or file.detail == PARTLY]
        return TakenIn(shelf, tuple((file.name, file.detail) for file in bad))

    async def picture(self, file: StoredFile) -> Picture:
        """A picture as the model takes it. OSError where its bytes are gone."""
        return Picture(await self.cabinet.get(file.uid), file.media_type)

    async def original(self, file: StoredFile) -> Document:
        """A document as people sent it. OSError where its bytes are gone."""
        return Document(await self.cabinet.get(file.uid), file.media_type, file.name)

    async def fetch(self, file: StoredFile) -> bytes:
        """The bytes from where they are. FileUnavailable."""
        if file.origin is FileOrigin.LINK:
            return (await self.web.get(file.url, min(self.limit, _LINK_LIMIT))).data
        return await self.chat.fetch_file(FileRef(file.id, file.name, file.size, file.url, file.trouble), self.limit)


class _Taking:
    """One file from its address to the store, and the card that people see meanwhile."""

    def __init__(self, desk: FileDesk, file: StoredFile, reply: Reply, turn: Turn) -> None:
        self._desk = desk
        self._file = file
        self._reply = reply
        self._turn = turn
        self._say = turn.lines.say
        self._shown = False

    async def run(self, fetches: asyncio.Semaphore) -> None:
        """Never raises for what a file does; the store being away ends the turn."""
        try:
            if not self._file.kept:
                async with fetches:
                    await self._fetch()
            await self._read()
        except FileUnavailable as failure:
            large_link = failure.trouble is FileTrouble.TOO_LARGE and self._file.origin is FileOrigin.LINK
            await self._unreadable(LARGE_LINK if large_link else failure.trouble.value)
        except FileUnreadable as failure:
            if self._file.done:
                await self._partly()
            else:
                await self._unreadable(failure.code.value)
        except OSError as error:
            log.error("file_not_kept", extra={"turn": self._turn.id, "reason": type(error).__name__})
            await self._unreadable("disk")

    async def _fetch(self) -> None:
        file = self._file
        self._reply.status(self._say("reading.fetching", name=file.name[:_TITLE]))
        if file.trouble:
            raise FileUnavailable(FileTrouble(file.trouble))
        data = await self._desk.fetch(file)
        await self._desk.cabinet.keep(file.uid, data)

    async def _read(self) -> None:
        path = self._desk.cabinet.path(self._file.uid)
        found = await self._desk.reader.read(
            path, self._file.name, self._file.done + 1, on_found=self._found, on_pages=self._pages
        )
        if found.picture is not None:
            await self._desk.cabinet.keep(self._file.uid, found.picture)
            size = f"{found.width}x{found.height}"
            await self._recognised(FileKind.PICTURE, found.media_type, size, 0)
            return
        if found.scanned:
            await self._recognised(FileKind.DOCUMENT, found.media_type, "", found.parts)
            await self._desk.store.files.finished(self._file.uid, SCANNED)
        else:
            await self._desk.store.files.finished(self._file.uid)
            await self._desk.meaning.learn(self._file.uid, self._turn.bill)
        self._file = replace(self._file, state=FileState.READ, detail=SCANNED if found.scanned else "")
        parts = self._file.parts
        self._card(TaskState.COMPLETE, self._say("reading.parts", count=parts) if parts else "")

    async def _found(self, found: Found) -> None:
        """The child knows what it is: from here on the document counts, although its pages are still to come."""
        await self._recognised(FileKind.DOCUMENT, found.media_type, "", found.parts)
        self._shown = found.parts >= _CARD_FROM
        self._card(TaskState.IN_PROGRESS)

    async def _recognised(self, kind: FileKind, media_type: str, dimensions: str, parts: int) -> None:
        self._file = await self._desk.store.files.recognised(
            self._file.uid, kind, media_type, dimensions, parts, kept=True
        )
        if self._file.state is FileState.GONE:
            raise FileUnavailable(FileTrouble.GONE)  # deleted while it was being read

    async def _pages(self, pages: Sequence[Page]) -> None:
        if not await self._desk.store.files.add_pages(self._file.uid, pages):
            raise FileUnavailable(FileTrouble.GONE)
        self._file = replace(self._file, done=max(self._file.done, pages[-1].number))
        name, done, parts = self._file.name[:_TITLE], self._file.done, self._file.parts
        self._reply.status(self._say("reading.progress", name=name, done=done, count=parts))
        self._card(TaskState.IN_PROGRESS)

    async def _partly(self) -> None:
        """What was read before the reading broke off stays: people and the model are told how much it is."""
        await self._desk.store.files.finished(self._file.uid, PARTLY)
        await self._desk.meaning.learn(self._file.uid, self._turn.bill)
        self._file = replace(self._file, state=FileState.READ, detail=PARTLY)
        self._shown = True
        self._card(TaskState.ERROR, self._say("reading.parts_of", done=self._file.done, count=self._file.parts))

    async def _unreadable(self, code: str) -> None:
        log.info("file_unreadable", extra={"turn": self._turn.id, "reason": code})
        await self._desk.store.files.found_unreadable(self._file.uid, code)
        await self._desk.cabinet.remove([self._file.uid])
        self._file = replace(self._file, state=FileState.UNREADABLE, detail=code)
        self._shown = True
        self._card(TaskState.ERROR, self._turn.lines.file_problem(code, self._desk.limit // _MEGABYTE))

    def _card(self, state: TaskState, details: str = "") -> None:
        if self._shown:
            title = self._say("reading.card", name=self._file.name[:_TITLE], state=_state(self._file, self._say))
            self._reply.task(TaskCard(f"file-{self._file.uid[:12]}", title, state, details))


def _state(file: StoredFile, say: Wording) -> str:
    """How far the reading is, for people."""
    match file:
        case StoredFile(state=FileState.UNREADABLE):
            return say("reading.unreadable")
        case StoredFile(state=FileState.INDEXING):
            return say("reading.indexing", percent=percent(file))
        case StoredFile(detail=detail):
            return say({PARTLY: "reading.partly", SCANNED: "reading.scanned"}.get(detail, "reading.read"))


def _unread(files: Sequence[StoredFile]) -> list[StoredFile]:
    return [file for file in files if file.state in {FileState.NEW, FileState.INDEXING} and file.turn_id is None]


def _link(thread: ThreadKey, ts: str, url: str) -> StoredFile:
    """A link as a file; the same address in the same thread is the same file."""
    name = f"{urlsplit(url).netloc}{urlsplit(url).path}".rstrip("/")[:200]
    return StoredFile(uuid4().hex, f"link-{hashed(url)}", thread, ts, origin=FileOrigin.LINK, name=name, url=url)
