"""The parent's side of reading a foreign file: a child process for each, bounded in every way, and none left behind."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from database import Page
from message_processor.ingestion.child_process import Child, Interrupted, Line, PictureLine, ReadingLimits
from message_processor.ingestion.reading.contents import TOTAL_CHARACTERS
from message_processor.ingestion.reading.unreadable import FileUnreadable, Unreadable

log = logging.getLogger("threadwell.reading")

__all__ = ["FileUnreadable", "Found", "Reader", "ReaderClosed", "ReadingLimits", "Unreadable"]

_STARTS = 2
"""A stop signal that meets the child before it ignores such signals is no fault of the file."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a file is.

    A picture has `picture` (bytes scaled to what a model takes) of `media_type`, `width` and `height`, and what it was
    before. A document has `parts`, the number of all its pages, slides or pieces; a `scanned` one has no text in them.
    """

    media_type: str
    parts: int = 0
    scanned: bool = False
    picture: bytes | None = None
    width: int = 0
    height: int = 0
    original_media_type: str = ""
    original_width: int = 0
    original_height: int = 0


OnFound = Callable[[Found], Awaitable[None]]
OnPages = Callable[[Sequence[Page]], Awaitable[None]]


class ReaderClosed(Exception):
    """The reader was closed meanwhile: nothing is known about the file."""


class Reader:
    """Reads files, at most `at_once` at the same time."""

    def __init__(self, limits: ReadingLimits | None = None, at_once: int = 2) -> None:
        self._limits = limits or ReadingLimits()
        self._places = asyncio.Semaphore(at_once)
        self._children: set[Child] = set()
        self._closed = False

    async def read(self, path: Path, name: str, start: int = 1, *, on_found: OnFound, on_pages: OnPages) -> Found:
        """What the file is. `on_found` hears of a document before `on_pages` gets its pages, at most 50 at a time.

        `start` is the number of the first page that is wanted. FileUnreadable; FileNotFoundError; ReaderClosed.
        """
        async with self._places:
            for _ in range(_STARTS):
                try:
                    return await self._read(path, name, start, on_found, on_pages)
                except Interrupted:
                    continue
        raise FileUnreadable(Unreadable.CRASHED, "interrupted")

    async def _read(self, path: Path, name: str, start: int, on_found: OnFound, on_pages: OnPages) -> Found:
        if self._closed:
            raise ReaderClosed
        child = await Child.start(path, name, start, self._limits)
        self._children.add(child)
        try:
            return await _conversation(child, on_found, on_pages)
        except (Interrupted, FileUnreadable) as failure:
            if self._closed:
                raise ReaderClosed from None
            log.debug("file_not_read", extra={"reason": str(failure), "error": getattr(failure, "detail", "")})
            raise
        finally:
            self._children.discard(child)
            await child.end()

    async def close(self) -> None:
        """End all children, and take no more files."""
        self._closed = True
        await asyncio.gather(*(child.kill() for child in self._children))


def _raise_unreadable(line: Line) -> None:
    if line.missing:
        raise FileNotFoundError
    if line.unreadable is not None:
        raise FileUnreadable(line.unreadable, line.detail)


def _picture(line: PictureLine, data: bytes) -> Found:
    return Found(
        line.media_type,
        picture=data,
        width=line.width,
        height=line.height,
        original_media_type=line.original_media_type,
        original_width=line.original_width,
        original_height=line.original_height,
    )


async def _conversation(child: Child, on_found: OnFound, on_pages: OnPages) -> Found:
    """From the first line, which says what the file is, to the last."""
    line = await child.line()
    _raise_unreadable(line)
    if line.picture is not None:
        return _picture(line.picture, await child.bytes(line.picture.bytes))
    if line.document is None:
        raise FileUnreadable(Unreadable.CRASHED, "no kind")
    found = Found(line.document.media_type, line.document.parts, line.document.scanned)
    if not found.scanned:
        await on_found(found)
    characters = 0
    while not (line := await child.line()).end:
        _raise_unreadable(line)
        characters += sum(len(text) for _, _, text, _ in line.parts)
        if characters > TOTAL_CHARACTERS:
            raise FileUnreadable(Unreadable.TOO_COMPLEX, "too much text")
        await on_pages([Page(*part) for part in line.parts])
    return found
