"""Short ways to make what the store takes in."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from base_client import Message, MessageKey, Part, PastMessage, ThreadKey
from database import Store, StoredMessage, TurnState

ROOT = Path(__file__).parents[2]
THREAD = ThreadKey("T1", "C1", "1000.000000")


def address(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


@dataclass
class Clock:
    now: float

    def __call__(self) -> float:
        return self.now


@dataclass
class Figures:
    """An observer that keeps what it is told."""

    counted: Counter[str] = field(default_factory=Counter)
    observed: list[tuple[str, float]] = field(default_factory=list)

    def count(self, name: str, **labels: str) -> None:
        self.counted[name] += 1

    def observe(self, name: str, value: float, **labels: str) -> None:
        self.observed.append((name, value))

    def gauge(self, name: str, value: float, **labels: str) -> None:
        raise AssertionError("the store reports no gauge")

    def of(self, name: str) -> list[float]:
        return [value for seen, value in self.observed if seen == name]


def key(number: int, thread: ThreadKey = THREAD) -> MessageKey:
    return MessageKey(thread.team, thread.channel, f"{number}.000000")


def message(
    number: int, text: str = "", thread: ThreadKey = THREAD, author: str = "U1", wants_answer: bool = True
) -> Message:
    return Message(key(number, thread), thread, author, text or f"m{number}", wants_answer)


def past(number: int, own: bool = False, text: str = "") -> PastMessage:
    return PastMessage(key(number), "B1" if own else "U1", text or f"p{number}", own)


def part(number: int, ts: int, confirmed: int = 0, is_open: bool = False) -> Part:
    return Part(number, f"{ts}.000000", "stream", confirmed, is_open)


def texts(stored: Iterable[StoredMessage]) -> list[str]:
    return [one.text for one in stored]


async def claimed(
    store: Store, turn_id: str, thread: ThreadKey, keys: Sequence[MessageKey]
) -> tuple[StoredMessage, ...]:
    """The messages of a turn that is begun with those of `keys` that wait."""
    return (await store.claim(turn_id, thread, keys)).messages


async def begin(store: Store, turn_id: str, *numbers: int, thread: ThreadKey = THREAD) -> None:
    """Accept messages and begin a turn with them."""
    for number in numbers:
        await store.accept(message(number, thread=thread))
    assert await claimed(store, turn_id, thread, [key(number, thread) for number in numbers])


async def answer(store: Store, turn_id: str, number: int, posted: int) -> None:
    """One message and its whole turn; its answer is `a<number>`, posted at `posted`."""
    await begin(store, turn_id, number)
    await store.record_part(turn_id, part(1, posted))
    await store.finish(turn_id, TurnState.DONE, f"a{number}", "", ())


async def child(program: str, argument: str) -> asyncio.subprocess.Process:
    """Another process, running a program of ours with one argument."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        argument,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )
