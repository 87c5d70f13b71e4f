"""What is measured, and how often."""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.command import Say
from benchmarks.load import Thread, ask_in_all, new_threads
from benchmarks.measure import Result, measure, measure_once
from benchmarks.program import bare, bot, running
from benchmarks.words import ANSWER
from playground.server import Playground

MODES = ("async", "threaded")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. Times are in seconds."""

    model_seconds: float = 2.0
    levels: tuple[int, ...] = (10, 50, 200)  # threads at once
    questions: int = 3  # in each thread
    pairs: int = 5  # of the bot and the bare program, alternating
    streams: int = 18  # threads of a pair: what Slack's allowance lets a bot stream in a minute, after the warm-up
    history_turns: int = 20
    history_pairs: int = 4
    allowance_seconds: float = 65.0  # after which Slack's allowance has recovered
    crowd: int = 200  # threads of a pair that is about wall time
    crowd_pairs: int = 3


QUICK = Plan(
    model_seconds=0.2,
    levels=(2, 4),
    questions=1,
    pairs=1,
    streams=2,
    history_turns=2,
    history_pairs=1,
    allowance_seconds=0.0,
    crowd=4,
    crowd_pairs=1,
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The bot beside the bare program: one pair of results after the other, and the ratio that is expected at most."""

    title: str
    unit: str
    expected: float
    pairs: tuple[tuple[Result, Result], ...]
    value: Callable[[Result], float]

    @property
    def ratios(self) -> list[float]:
        """Bot to bare, lowest first."""
        return sorted(self.value(ours) / self.value(bare_one) for ours, bare_one in self.pairs)

    def best(self, which: int) -> float:
        """The lowest value of the bot (0) or the bare program (1): what noise of the machine added least to."""
        return min(self.value(pair[which]) for pair in self.pairs)

    def usual(self, which: int) -> float:
        """The median of the bot (0) or the bare program (1)."""
        return median(self.value(pair[which]) for pair in self.pairs)


@dataclass(slots=True)
class Findings:
    """Everything that was measured."""

    plan: Plan
    modes: list[Result] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)

    def mode(self, name: str, threads: int) -> Result:
        """The result of one mode at one level."""
        return next(result for result in self.modes if (result.program, result.threads) == (name, threads))

    def ratio(self, threads: int) -> float:
        """Answers per second, asynchronous to threaded."""
        return self.mode("async", threads).per_second / self.mode("threaded", threads).per_second


class Session:
    """Carries out a plan, one measurement after the other, all in one folder."""

    def __init__(self, plan: Plan, folder: Path, say: Say) -> None:
        self._plan = plan
        self._folder = folder
        self._say = say
        self._number = 0

    def _fresh(self) -> Path:
        self._number += 1
        folder = self._folder / str(self._number)
        folder.mkdir()
        return folder

    def _playground(self) -> Playground:
        """A new one for each series: its records of the last one would cost time and memory."""
        playground = Playground()
        playground.model.knobs.set(total_seconds=self._plan.model_seconds, answer=ANSWER)
        return playground

    def _told(self, result: Result) -> Result:
        self._say(
            f"  {result.program:<8} {result.threads:>4} threads: {result.per_second:6.1f} answers/s, "
            f"p50 {result.percentile(50):5.2f} s, {result.cpu_each * 1000:5.1f} ms CPU each, "
            f"{result.streamed} streams for {result.answers} answers, load {os.getloadavg()[0]:.1f}"
        )
        return result

    async def modes(self) -> list[Result]:
        """Both modes at every level, each with a fresh process and an empty database."""
        results = []
        for level in self._plan.levels:
            for mode in MODES:
                async with self._playground() as playground:
                    threads = new_threads(playground, level)
                    result = await measure_once(bot(mode), playground, self._fresh(), threads, self._plan.questions)
                    results.append(self._told(result))
        return results

    async def without_history(self) -> Comparison:
        """One answer in each of some new threads, all of them streamed."""
        pairs = []
        for _ in range(self._plan.pairs):
            async with self._playground() as playground:
                ours = await measure_once(bot("async"), playground, self._fresh(), self._new(playground))
                theirs = await measure_once(bare(), playground, self._fresh(), self._new(playground))
                pairs.append((self._told(ours), self._told(theirs)))
        return Comparison("CPU per answer, no history", "ms", 1.5, tuple(pairs), _milliseconds)

    def _new(self, playground: Playground) -> list[Thread]:
        return new_threads(playground, self._plan.streams)

    async def with_history(self) -> Comparison:
        """One answer in each of some threads with history: the bot's in its database, the bare program's fixed."""
        turns = self._plan.history_turns
        pairs = []
        for _ in range(self._plan.history_pairs):
            async with self._playground() as playground:
                ours = await self._bot_with_history(playground)
                theirs = await measure_once(
                    bare(turns), playground, self._fresh(), self._new(playground), warm_up_answers=turns
                )
                pairs.append((self._told(ours), self._told(theirs)))
        return Comparison(f"CPU per answer, {turns} turns of history", "ms", 1.0, tuple(pairs), _milliseconds)

    async def _bot_with_history(self, playground: Playground) -> Result:
        """The history is really asked for, of a model that does not take its time; then a minute is waited out, so
        that Slack's allowance lets the measured answers stream."""
        plan, program = self._plan, bot("async")
        threads = self._new(playground)
        async with running(program, playground, self._fresh()) as process:
            began = time.monotonic()
            playground.model.knobs.set(total_seconds=0.0)
            await ask_in_all(threads, plan.history_turns)
            playground.model.knobs.set(total_seconds=plan.model_seconds)
            await asyncio.sleep(max(0.0, began + plan.allowance_seconds - time.monotonic()))
            return await measure(process, program.name, playground, threads, 1)

    async def in_a_crowd(self) -> list[Comparison]:
        """Many threads at once, several questions in each: the wall time, and what an answer costs then."""
        plan = self._plan
        pairs = []
        for _ in range(plan.crowd_pairs):
            results = []
            for program in (bot("async"), bare()):
                async with self._playground() as playground:
                    threads = new_threads(playground, plan.crowd)
                    result = await measure_once(program, playground, self._fresh(), threads, plan.questions)
                    results.append(self._told(result))
            pairs.append((results[0], results[1]))
        return [Comparison(f"wall time, {plan.crowd} threads", "s", 1.15, tuple(pairs), _wall)]


def _milliseconds(result: Result) -> float:
    return result.cpu_each * 1000


def _wall(result: Result) -> float:
    return result.wall


async def carry_out(plan: Plan, say: Say) -> Findings:
    """Everything, in a folder that is gone afterwards. `say` takes lines about the progress."""
    findings = Findings(plan)
    with tempfile.TemporaryDirectory(prefix="threadwell-bench-") as name:
        session = Session(plan, Path(name), say)
        say("Both modes")
        findings.modes = await session.modes()
        say("Beside the bare program: without history")
        findings.comparisons.append(await session.without_history())
        say("Beside the bare program: with history")
        findings.comparisons.append(await session.with_history())
        say("Beside the bare program: in a crowd")
        findings.comparisons += await session.in_a_crowd()
    return findings
