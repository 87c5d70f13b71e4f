"""`python -m benchmarks.files`: chats beside people who drop documents, and what reading each type of file costs."""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.files_load import Load, NotRead, Round, measure_round
from benchmarks.files_report import FileFindings, Pair, tables
from benchmarks.files_types import Reading, read_each_type
from benchmarks.load import LONGEST_WAIT, WrongAnswer
from benchmarks.program import ROOT, ProgramFailed
from benchmarks.report import markdown_of, text_of
from benchmarks.words import ANSWER
from playground.server import Playground

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    load: Load = field(default_factory=Load)
    pairs: int = 3
    tries: int = 3  # of each type of file


QUICK = Plan(Load(chats=3, documents=2, lead=0.5, seconds=1.0, model_seconds=0.2), pairs=1, tries=1)


class Session:
    """Carries out a plan in a folder. `say` takes lines about the progress."""

    def __init__(self, plan: Plan, folder: Path, say: Say) -> None:
        self._plan = plan
        self._folder = folder
        self._say = say

    async def findings(self) -> FileFindings:
        """Each type of file while nothing else is at work, then the pairs."""
        self._say("Each type of file")
        readings = await read_each_type(self._folder, self._plan.tries, self._tell_reading)
        self._say("Chats alone and beside documents")
        pairs = [await self._pair(number) for number in range(self._plan.pairs)]
        return FileFindings(tuple(pairs), tuple(readings))

    async def _pair(self, number: int) -> Pair:
        """Every other pair begins with the documents, so that a machine that gets slower favours neither."""
        order = (False, True) if number % 2 == 0 else (True, False)
        rounds = {with_documents: await self._round(number, with_documents) for with_documents in order}
        pair = Pair(rounds[False], rounds[True])
        self._say(f"  pair {number + 1}: p99 {pair.growth:.2f} of that alone, longest stall {pair.stall:.0f} ms")
        return pair

    async def _round(self, number: int, with_documents: bool) -> Round:
        folder = self._folder / f"{number}-{'beside' if with_documents else 'alone'}"
        folder.mkdir()
        async with Playground() as playground:
            playground.model.knobs.set(total_seconds=self._plan.load.model_seconds, answer=ANSWER)
            measured = await measure_round(playground, folder, self._plan.load, with_documents=with_documents)
        what = f"beside {len(measured.documents)} documents" if with_documents else "alone"
        self._say(f"  {len(measured.chats)} answers to chats {what}, load {os.getloadavg()[0]:.1f}")
        return measured

    def _tell_reading(self, reading: Reading) -> None:
        self._say(f"  {reading.title}: {reading.seconds[0]:.2f} s, {reading.megabytes:.0f} MB")


async def carry_out(plan: Plan, say: Say) -> FileFindings:
    """Everything, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="threadwell-bench-files-") as name:
        return await Session(plan, Path(name), say).findings()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Exit codes: 0 measured (whatever came out), 1 not possible here, 2 wrong command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.files", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small run that only shows that everything works")
    parser.add_argument(
        "--output", type=Path, default=ROOT / "build" / "benchmarks", metavar="FOLDER", help="for the tables"
    )
    wanted = parser.parse_args(arguments)
    if sys.platform != "linux":
        _say("the benchmark reads processor time and memory as only Linux gives them")
        return 1
    _say(f"load of this machine before the run: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    try:
        findings = asyncio.run(carry_out(QUICK if wanted.quick else Plan(), _say))
    except (ProgramFailed, WrongAnswer, NotRead) as failure:
        _say(f"a measured program failed:\n{failure}")
        return 1
    except TimeoutError:
        _say(f"a question was not answered within {LONGEST_WAIT:.0f} s")
        return 1
    wanted.output.mkdir(parents=True, exist_ok=True)
    (wanted.output / "files.md").write_text(markdown_of(tables(findings)), encoding="utf-8")
    print(text_of(tables(findings)))
    print(f"\nTables: {wanted.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
