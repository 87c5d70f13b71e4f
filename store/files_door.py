"""The store's side door for files: what was attached, linked or made, the text of documents, and the search in it."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from base_client import MessageKey, ThreadKey
from store import deeds, embeddings, file_lists, files, pages, ranking, search
from store.file_values import Deed, FileKind, FileState, Hit, Page, StoredFile
from store.readers import Readers
from store.writer import Writer

_STEPS_LIMIT = 10_000


class Files:
    """Files by their uid. What is written is on the disk on return; StoreUnavailable as everywhere in the store."""

    def __init__(self, writer: Writer, readers: Readers, clock: Callable[[], float]) -> None:
        self._writer = writer
        self._readers = readers
        self._clock = clock

    # Which files there are

    async def of_thread(self, thread: ThreadKey) -> tuple[StoredFile, ...]:
        """The files of a thread, those that are gone included, in order of their messages, then as they came."""
        return await self._readers.run(lambda connection: file_lists.of_thread(connection, thread))

    async def of_message(self, key: MessageKey) -> tuple[str, ...]:
        """The uids of a message's files, also of those that are gone: whose bytes go when the message is deleted."""
        return await self._readers.run(lambda connection: file_lists.of_message(connection, key))

    async def get(self, uid: str) -> StoredFile | None:
        """A file, also one that is gone."""
        return await self._readers.run(lambda connection: files.get(connection, uid))

    async def indexing(self) -> tuple[StoredFile, ...]:
        """Files in state INDEXING, then those in state NEW; at most 1,000."""
        return await self._readers.run(file_lists.unfinished)

    async def counts(self) -> Mapping[FileState, int]:
        """How many files are in each state."""
        return await self._readers.run(file_lists.counts)

    # What becomes of a file

    async def add(self, file: StoredFile) -> StoredFile:
        """Keep a link or a made picture, unless its thread has a file of that id; what is stored under it then."""
        now = self._clock()
        return await self._writer.run(lambda connection: files.add(connection, file, now))

    async def keep_made(self, file: StoredFile, deed: Deed) -> StoredFile:
        """Keep a picture that was made, numbered, and the deed it belongs to: both or neither."""
        now, found = self._clock(), files.Found(file.kind, file.media_type, file.dimensions, file.parts, file.kept)

        def keep(connection: Connection) -> StoredFile:
            files.add(connection, file, now)
            deeds.record(connection, deed)
            return files.recognise(connection, file.uid, found)

        return await self._writer.run(keep)

    async def recognised(
        self, uid: str, kind: FileKind, media_type: str, dimensions: str = "", parts: int = 0, kept: bool = False
    ) -> StoredFile:
        """Keep what the bytes were found to be, and number the file; LookupError where there is no such file.

        A picture is READ with that, a document INDEXING. A file that is gone meanwhile stays GONE.
        """
        found = files.Found(kind, media_type, dimensions, parts, kept)
        return await self._writer.run(lambda connection: files.recognise(connection, uid, found))

    async def found_unreadable(self, uid: str, detail: str) -> None:
        """Say by a short code why a file cannot be read."""
        await self._writer.run(lambda connection: files.set_state(connection, uid, FileState.UNREADABLE, detail))

    async def finished(self, uid: str, detail: str = "") -> None:
        """All of a document is stored. `detail` is a short code of what is to be known of it, such as "scanned"."""
        await self._writer.run(lambda connection: files.set_state(connection, uid, FileState.READ, detail))

    # The text of documents

    async def add_pages(self, uid: str, batch: Sequence[Page]) -> bool:
        """Keep and index pages in one transaction; a repeated batch changes nothing.

        False where the file is gone or unknown: nothing is kept then.
        """
        return await self._writer.run(lambda connection: files.add_pages(connection, uid, batch))

    async def pages(self, uid: str, first: int, last: int) -> tuple[Page, ...]:
        """The stored pages with these numbers, both inclusive."""
        return await self._readers.run(lambda connection: pages.between(connection, uid, first, last))

    async def text_size(self, uid: str) -> int:
        """Characters of all stored pages."""
        return await self._readers.run(lambda connection: pages.size(connection, uid))

    async def search(
        self, uids: Sequence[str], query: str, limit: int, vector: Sequence[float] | None = None, model: str = ""
    ) -> tuple[Hit, ...]:
        """The pages of these files that answer best, the best first. Any text is a query, also an empty one.

        With `vector`, the query's embedding by `model`, pages that only mean the same are found too.
        """
        wanted = ranking.Wanted(query, limit, vector, model)
        return await self._readers.run(lambda connection: ranking.find(connection, uids, wanted))

    async def set_embeddings(self, uid: str, model: str, vectors: Mapping[int, Sequence[float]]) -> None:
        """Keep vectors by page number; a page has one, the newest."""
        await self._writer.run(lambda connection: embeddings.put(connection, uid, model, vectors))

    async def lacking_embeddings(self, uid: str, model: str) -> tuple[int, ...]:
        """Numbers of the readable pages that have no vector of `model`."""
        return await self._readers.run(lambda connection: embeddings.lacking(connection, uid, model))

    # The end of a file

    async def forget(self, team: str, file_id: str) -> tuple[str, ...]:
        """Remove what is kept of a file that was deleted on the platform; the uids whose bytes are to be removed."""
        gone = await self._writer.run(
            lambda connection: files.bury(connection, file_lists.of_platform(connection, team, file_id))
        )
        await self.clear_traces(gone)
        return gone

    async def expired(self, before: float, limit: int) -> tuple[str, ...]:
        """The uids of files that came before that Unix time in seconds, the oldest first."""
        return await self._readers.run(lambda connection: file_lists.expired(connection, before, limit))

    async def drop_content(self, uids: Sequence[str]) -> tuple[str, ...]:
        """Remove what is kept of files and leave their rows, in state GONE; the uids that were not gone before."""
        gone = await self._writer.run(lambda connection: files.bury(connection, uids))
        await self.clear_traces(gone)
        return gone

    async def clear_traces(self, gone: Sequence[str]) -> None:
        """Rewrite the index without the words of what is gone, in small steps between other writes."""
        first = True
        for _ in range(_STEPS_LIMIT if gone else 0):
            begins = first
            if not await self._writer.run(lambda connection: search.merge_step(connection, first=begins)):  # noqa: B023
                return
            first = False

    async def unknown_of(self, uids: Sequence[str]) -> tuple[str, ...]:
        """Those of `uids` that no file has which is not gone: bytes under such a name are nobody's."""
        known = await self._readers.run(lambda connection: file_lists.living(connection, uids))
        return tuple(uid for uid in uids if uid not in known)

    # What turns did with files

    async def deeds(self, turn_id: str) -> tuple[Deed, ...]:
        """The recorded side effects of a turn, by their ordinal."""
        return await self._readers.run(lambda connection: deeds.of_turn(connection, turn_id))

    async def record_deed(self, deed: Deed) -> None:
        """Remember a side effect before it happens; the newest record of it counts."""
        await self._writer.run(lambda connection: deeds.record(connection, deed))

    async def drop_deeds(self, turn_id: str) -> None:
        """Forget what a turn has done: its question is another one."""
        await self._writer.run(lambda connection: deeds.drop(connection, turn_id))
