"""Reads files with the real reader, and says what came of it."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from database import Page
from message_processor.ingestion.child import FileUnreadable, Found, Reader, ReadingLimits


@dataclass
class Notes:
    """What the reader told while it read."""

    found: list[Found] = field(default_factory=list)
    batches: list[list[Page]] = field(default_factory=list)

    async def on_found(self, found: Found) -> None:
        self.found.append(found)

    async def on_pages(self, pages: Sequence[Page]) -> None:
        self.batches.append(list(pages))

    @property
    def pages(self) -> list[Page]:
        return [page for batch in self.batches for page in batch]

    @property
    def labels(self) -> list[str]:
        return [page.label for page in self.pages]

    @property
    def text(self) -> str:
        return "\n".join(page.text for page in self.pages)


@asynccontextmanager
async def reader(limits: ReadingLimits | None = None, at_once: int = 2) -> AsyncIterator[Reader]:
    """Closed at the end."""
    made = Reader(limits, at_once)
    try:
        yield made
    finally:
        await made.close()


async def read(
    folder: Path, data: bytes, name: str = "file", start: int = 1, limits: ReadingLimits | None = None
) -> tuple[Found, Notes]:
    """What is found in bytes, in a child process."""
    path = folder / "bytes"
    path.write_bytes(data)
    notes = Notes()
    async with reader(limits) as made:
        return await made.read(path, name, start, on_found=notes.on_found, on_pages=notes.on_pages), notes


async def refusal(folder: Path, data: bytes, name: str = "file", limits: ReadingLimits | None = None) -> str:
    """The code by which the bytes are refused."""
    try:
        await read(folder, data, name, limits=limits)
    except FileUnreadable as failure:
        return failure.code.value
    raise AssertionError("it was read")


def children_of(pid: int) -> list[int]:
    """Processes of this parent that read a file, and those that are dead but not reaped."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            state, parent = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[:2]
            reads = b"message_processor.ingestion.reading" in (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if int(parent) == pid and (reads or state == "Z"):
            found.append(int(entry.name))
    return found


def own_children() -> list[int]:
    """Those of this process."""
    return children_of(os.getpid())
