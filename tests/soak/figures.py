"""What a process of the bot holds: as the kernel sees it, and as its health page tells."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp

_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one moment; `megabytes` is the resident set."""

    descriptors: int
    children: int
    threads: int
    megabytes: float
    tasks: int
    turns: int
    model_calls: int
    writes_in_line: int

    def over(self, idle: "Figures", spare: int, spare_threads: int) -> list[str]:
        """What is held beyond an idle process, `spare` of each forgiven: one line each."""
        names = ("descriptors", "children", "tasks")
        held = [(name, getattr(self, name), getattr(idle, name) + spare) for name in names]
        held.append(("threads", self.threads, idle.threads + spare_threads))
        held += [(name, getattr(self, name), 0) for name in ("turns", "model_calls", "writes_in_line")]
        return [f"{name}: {now}, at most {allowed} expected" for name, now, allowed in held if now > allowed]


def megabytes(pid: int) -> float:
    """The resident set of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _children(pid: int) -> int:
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return sum(len(each.read_text(encoding="ascii").split()) for each in lists)


async def figures_of(pid: int, port: int) -> Figures:
    """The figures of the bot whose health page is at `port`."""
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    # A connection of its own each time, closed at once: it would count among the descriptors.
    async with aiohttp.ClientSession(timeout=timeout, headers={"Connection": "close"}) as session:
        async with session.get(f"http://127.0.0.1:{port}/health") as answer:
            told = await answer.json()
    await asyncio.sleep(0.05)
    return Figures(
        descriptors=len(os.listdir(f"/proc/{pid}/fd")),
        children=_children(pid),
        threads=len(os.listdir(f"/proc/{pid}/task")),
        megabytes=megabytes(pid),
        tasks=_number(told, "process", "tasks"),
        turns=_number(told, "turns", "working") + _number(told, "turns", "waiting"),
        model_calls=_number(told, "model", "in_flight") + _number(told, "model", "waiting"),
        writes_in_line=_number(told, "store", "writes_in_line"),
    )


def _number(told: Mapping[str, Mapping[str, str | int]], room: str, name: str) -> int:
    return int(told[room][name])
