"""What reading a file of each type costs, in the bot's own way: a child process that gives back pages or a picture.

`python -m benchmarks.files_types PATH` reads one file; a process of its own for each, so that the kernel's figure of
the children's processor time is that of this file alone.
"""

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.process import Process
from benchmarks.program import ROOT, ProgramFailed
from benchmarks.samples import of_each_type
from database import Page
from message_processor.ingestion.child import Found, Reader

_LONGEST = 120.0  # seconds
_LOOK = 0.003  # seconds between two looks at the child's memory
_READER = b"message_processor.ingestion.reading"


@dataclass(frozen=True, slots=True)
class Reading:
    """One type. `seconds` of each try, fastest first; memory is that of the child at its highest."""

    title: str
    size: int  # bytes
    parts: int
    seconds: tuple[float, ...]
    cpu: float  # seconds of the fastest try
    megabytes: float


async def read_each_type(folder: Path, tries: int, told: Callable[[Reading], None]) -> list[Reading]:
    """One file after the other, nothing else at work."""
    readings = []
    for title, (name, data) in of_each_type().items():
        path = folder / name
        await asyncio.to_thread(path.write_bytes, data)
        figures = sorted([await _in_a_process(path) for _ in range(tries)])
        _, cpu, megabytes, parts = figures[0]
        reading = Reading(title, len(data), int(parts), tuple(each[0] for each in figures), cpu, megabytes)
        told(reading)
        readings.append(reading)
    return readings


async def _in_a_process(path: Path) -> tuple[float, float, float, float]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.files_types",
        str(path),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_LONGEST):
            out, error = await child.communicate()
    except TimeoutError:
        child.kill()
        await child.wait()
        raise
    if child.returncode != 0:
        raise ProgramFailed(f"{path.name}: {error.decode(errors='replace')[-2000:]}")
    seconds, cpu, megabytes, parts = json.loads(out)
    return seconds, cpu, megabytes, parts


async def _read(path: Path) -> list[float]:
    """Seconds, seconds of CPU, megabytes, parts."""
    parts = 0

    async def found(what: Found) -> None:
        """The pages follow."""

    async def take(pages: Sequence[Page]) -> None:
        nonlocal parts
        parts += len(pages)

    reader = Reader()
    began = time.perf_counter()
    reading = asyncio.create_task(reader.read(path, path.name, 1, on_found=found, on_pages=take))
    megabytes = await _peak(reading)
    await reading
    seconds = time.perf_counter() - began
    await reader.close()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return [seconds, used.ru_utime + used.ru_stime, megabytes, parts]


async def _peak(reading: asyncio.Task[Found]) -> float:
    """The most that the child held, looked up until it ends: the kernel's own record of ended children begins with the
    memory of the process that forked them."""
    highest = 0.0
    while not reading.done():
        highest = max(highest, _of_children())
        await asyncio.wait([reading], timeout=_LOOK)
    return highest


def _of_children() -> float:
    highest = 0.0
    for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split():
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            if _READER in Path(f"/proc/{pid}/cmdline").read_bytes():
                highest = max(highest, Process(int(pid)).peak_megabytes)
    return highest


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_read(Path(sys.argv[1])))))
