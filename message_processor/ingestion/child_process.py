"""One child process that reads one file: started within limits, heard line by line, ended and reaped."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from message_processor.ingestion.reading.unreadable import FileUnreadable, Unreadable

_HOME = Path(__file__).resolve().parents[2]
_LINE_BYTES = 4_000_000
_PICTURE_BYTES = 4_000_000
_SUFFIX = re.compile(r"\.[a-z0-9]{1,10}")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """For one file: seconds spent waiting for its child, seconds of CPU, bytes of memory."""

    seconds: float = 60.0
    cpu_seconds: int = 20
    memory: int = 1 << 30


class PictureLine(BaseModel):
    """A picture, of which so many bytes follow the line."""

    bytes: int
    media_type: str
    width: int
    height: int
    original_media_type: str
    original_width: int
    original_height: int


class DocumentLine(BaseModel):
    """A document, whose parts follow in further lines."""

    media_type: str
    parts: int
    scanned: bool


class Line(BaseModel):
    """One line of a child; it says one of these."""

    picture: PictureLine | None = None
    document: DocumentLine | None = None
    parts: list[tuple[int, str, str, bool]] = []
    unreadable: Unreadable | None = None
    detail: str = ""
    missing: bool = False
    end: bool = False


class Interrupted(Exception):
    """The child ended by a signal before it had said anything."""


class Child:
    """One process, and the time that is left to wait for it."""

    def __init__(self, process: asyncio.subprocess.Process, stdout: asyncio.StreamReader, seconds: float) -> None:
        self._process = process
        self._stdout = stdout
        self._left = seconds
        self._heard = False

    @classmethod
    async def start(cls, path: Path, name: str, start: int, limits: ReadingLimits) -> "Child":
        """Of the name only its ending goes to the child: a command line is for everybody to see."""
        suffix = Path(name).suffix.lower()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-s", "-P", "-B", "-m", "message_processor.ingestion.reading"),
            *(str(path), suffix if _SUFFIX.fullmatch(suffix) else "", str(start)),
            *(str(os.getpid()), str(limits.memory), str(limits.cpu_seconds)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # parsers quote the file in their complaints
            limit=_LINE_BYTES,
            env={"PATH": os.defpath, "PYTHONPATH": str(_HOME), "LANG": "C.UTF-8"},
        )
        if process.stdout is None:
            raise FileUnreadable(Unreadable.CRASHED)
        return cls(process, process.stdout, limits.seconds)

    async def line(self) -> Line:
        """The next one. FileUnreadable where the child ends, falls silent or says something else."""
        try:
            line = await self._within(self._stdout.readline())
            if not line:
                raise await self._ending()
            self._heard = True
            return Line.model_validate_json(line)
        except ValidationError:
            raise FileUnreadable(Unreadable.CRASHED, "not a line of the protocol") from None
        except ValueError:
            raise FileUnreadable(Unreadable.CRASHED, "line too long") from None

    async def bytes(self, count: int) -> bytes:
        """What follows a line that announces it."""
        if not 0 < count <= _PICTURE_BYTES:
            raise FileUnreadable(Unreadable.CRASHED, "picture too large")
        try:
            return await self._within(self._stdout.readexactly(count))
        except asyncio.IncompleteReadError:
            raise await self._ending() from None

    async def end(self) -> None:
        """Kill and reap it; what it still has to say is read away, so that its pipe closes."""
        await self.kill()
        await self._process.communicate()

    async def kill(self) -> None:
        """End it at once; whoever waits for its next line learns of it."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()

    async def _ending(self) -> FileUnreadable | Interrupted:
        code = await self._within(self._process.wait())
        if not self._heard and code in {1, -signal.SIGINT, -signal.SIGTERM}:
            return Interrupted(f"ended with {code}")
        kind = Unreadable.TOO_SLOW if code == -signal.SIGXCPU else Unreadable.CRASHED
        return FileUnreadable(kind, f"ended with {code}")

    async def _within(self, waiting: Awaitable[_T]) -> _T:
        """The pages of a file may take long to store: only the time that the child takes counts."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self._left):
                return await waiting
        except TimeoutError:
            raise FileUnreadable(Unreadable.TOO_SLOW, "deadline") from None
        finally:
            self._left -= loop.time() - began
