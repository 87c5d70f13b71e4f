"""One measurement: a program, a number of threads at once, and what it cost."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import Thread, ask_in_all, new_threads
from benchmarks.process import Process
from benchmarks.program import Program, running
from playground.server import Playground

_SETTLING = 0.5  # seconds in which a program finishes what follows an answer
WARM_UP = 2  # answers: connections open, code is imported


@dataclass(frozen=True, slots=True)
class Result:
    """What one program did under one load. Times are in seconds."""

    program: str
    threads: int
    latencies: tuple[float, ...]  # fastest first
    wall: float
    cpu: float
    peak_megabytes: float
    streamed: int  # answers that people saw growing; the others were posted whole
    playground_cpu: float

    @property
    def answers(self) -> int:
        return len(self.latencies)

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return self.answers / self.wall

    @property
    def cpu_each(self) -> float:
        """CPU per answer."""
        return self.cpu / self.answers

    def percentile(self, percent: float) -> float:
        """The latency that so many percent of the answers kept to."""
        return self.latencies[min(self.answers - 1, int(self.answers * percent / 100))]


async def warm_up(playground: Playground, answers: int = WARM_UP) -> None:
    """A few answers, one after the other."""
    seconds = playground.model.knobs.total_seconds
    playground.model.knobs.set(total_seconds=0.0)
    for thread in new_threads(playground, answers):
        await thread.ask()
    playground.model.knobs.set(total_seconds=seconds)


def _streams(playground: Playground) -> int:
    return sum(call.method == "chat.startStream" for call in playground.calls)


async def measure(
    process: Process, name: str, playground: Playground, threads: Sequence[Thread], questions: int
) -> Result:
    """Ask so many questions in each thread, all threads at once."""
    streams = _streams(playground)
    cpu, own, began = process.cpu_seconds, time.process_time(), time.perf_counter()
    latencies = await ask_in_all(threads, questions)
    wall = time.perf_counter() - began
    own = time.process_time() - own
    await asyncio.sleep(_SETTLING)
    return Result(
        name,
        len(threads),
        tuple(latencies),
        wall,
        process.cpu_seconds - cpu,
        process.peak_megabytes,
        _streams(playground) - streams,
        own,
    )


async def measure_once(
    program: Program,
    playground: Playground,
    folder: Path,
    threads: Sequence[Thread],
    questions: int = 1,
    *,
    warm_up_answers: int = WARM_UP,
) -> Result:
    """The same with a process of its own, warmed up before."""
    async with running(program, playground, folder) as process:
        await warm_up(playground, warm_up_answers)
        return await measure(process, program.name, playground, threads, questions)
