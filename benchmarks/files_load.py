"""Fifty chats for a while, alone or while other people drop documents, and the stalls of the bot's loop meanwhile."""

import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import READING, Thread, WrongAnswer, new_threads
from benchmarks.measure import warm_up
from benchmarks.program import ROOT, Program, bot, running
from benchmarks.samples import PAGES, pdf
from playground.server import Playground

_STALLS = "stalls.jsonl"
_READ_WHOLE = json.dumps(f'parts="{PAGES}" status="read"')[1:-1]


class NotRead(WrongAnswer):
    """A document was answered without having been read to its end; the text says how many."""


@dataclass(frozen=True, slots=True)
class Answer:
    """When a question was asked, counted from the instant of the documents, and how long it took; in seconds."""

    asked: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Stall:
    """When the loop came back, counted from the instant of the documents; how late; what its thread computed meanwhile.

    All in seconds."""

    at: float
    seconds: float
    computed: float


@dataclass(frozen=True, slots=True)
class Part:
    """What was seen of a round while documents were at work, or in the same time without any."""

    latencies: tuple[float, ...]  # of the chats, in seconds, fastest first
    stalls: tuple[Stall, ...]

    def percentile(self, percent: float) -> float:
        """The latency that so many percent of the answers kept to."""
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * percent / 100))]

    @property
    def longest_stall(self) -> float:
        """In milliseconds; 0 where none was noted."""
        return max((stall.seconds for stall in self.stalls), default=0.0) * 1000

    @property
    def longest_computed(self) -> float:
        """What the loop's own thread computed in one go, in milliseconds."""
        return max((stall.computed for stall in self.stalls), default=0.0) * 1000


@dataclass(frozen=True, slots=True)
class Round:
    """What was measured once, in seconds; `documents` is how long each took to be answered, fastest first."""

    chats: tuple[Answer, ...]
    documents: tuple[float, ...]
    stalls: tuple[Stall, ...]
    megabytes: float  # the most that the bot's own process ever held

    def part(self, seconds: float) -> Part:
        """The time from the instant of the documents on."""
        met = (answer for answer in self.chats if answer.asked < seconds and answer.asked + answer.seconds > 0)
        stalls = tuple(stall for stall in self.stalls if 0 < stall.at < seconds)
        return Part(tuple(sorted(answer.seconds for answer in met)), stalls)


@dataclass(frozen=True, slots=True)
class Load:
    """How much goes on in a round. Times are in seconds."""

    chats: int = 50
    documents: int = 20
    lead: float = 4.0  # in which the chats run before the documents come
    seconds: float = 30.0  # in which the chats ask from then on
    model_seconds: float = 2.0


def watched() -> Program:
    """The asynchronous bot with a heartbeat on its loop."""
    variables = (*bot("async").variables, ("PYTHONPATH", str(ROOT)), ("STALLS_FILE", _STALLS))
    return Program("watched", ("-m", "benchmarks.watched"), variables, sockets=2)


async def measure_round(playground: Playground, folder: Path, load: Load, *, with_documents: bool) -> Round:
    """With a bot of its own. NotRead when a document was not really taken in."""
    threads = _people(playground, load.documents) if with_documents else []
    files = [(f"report-{number}.pdf", pdf(first=1000 * number)) for number in range(1, len(threads) + 1)]
    async with running(watched(), playground, folder) as process:
        await warm_up(playground)
        playground.model.journal.clear()
        instant = time.monotonic() + load.lead
        chats, documents = await asyncio.gather(_chat(playground, load, instant), _drop(threads, files, instant))
        megabytes = process.peak_megabytes
    _check(playground, len(threads))
    return Round(chats, documents, _stalls((folder / _STALLS).read_text(encoding="ascii"), instant), megabytes)


def _people(playground: Playground, count: int) -> list[Thread]:
    people = [playground.workspace.add_person(f"reader{number}") for number in range(count)]
    return [Thread(playground, person=person.id) for person in people]


async def _drop(threads: list[Thread], files: list[tuple[str, bytes]], instant: float) -> tuple[float, ...]:
    """All in one instant, each in a thread of its own."""
    await asyncio.sleep(instant - time.monotonic())
    seconds = await asyncio.gather(*(thread.ask(file) for thread, file in zip(threads, files, strict=True)))
    return tuple(sorted(seconds))


async def _chat(playground: Playground, load: Load, instant: float) -> tuple[Answer, ...]:
    """People do not ask in one instant: the chats begin one after the other, in the time that an answer takes."""
    step = (load.model_seconds + READING) / load.chats

    async def converse(thread: Thread, number: int) -> list[Answer]:
        await asyncio.sleep(number * step)
        answers = []
        while (asked := time.monotonic() - instant) < load.seconds:
            answers.append(Answer(asked, await thread.ask()))
            await asyncio.sleep(READING)
        return answers

    threads = new_threads(playground, load.chats)
    conversations = await asyncio.gather(*(converse(thread, number) for number, thread in enumerate(threads)))
    return tuple(answer for conversation in conversations for answer in conversation)


def _check(playground: Playground, documents: int) -> None:
    read = sum(_READ_WHOLE in json.dumps(call.body.get("input")) for call in playground.model.journal)
    if read < documents:
        raise NotRead(f"{read} of {documents} documents had been read to their end when the model was asked")


def _stalls(written: str, instant: float) -> tuple[Stall, ...]:
    noted = (json.loads(line) for line in written.splitlines())
    return tuple(Stall(at - instant, seconds, computed) for at, seconds, computed in noted)
