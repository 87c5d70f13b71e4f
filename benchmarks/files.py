"""`python -m benchmarks.files`: chats beside people who drop documents, and what reading each type of file costs."""

import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.command import Say, command
from benchmarks.files_load import Load, Round, measure_round
from benchmarks.files_report import FileFindings, Pair, tables
from benchmarks.files_types import Reading, read_each_type
from benchmarks.report import markdown_of, text_of
from benchmarks.words import ANSWER
from playground.server import Playground


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


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    about = __doc__ or ""
    return command(
        "benchmarks.files", about, arguments, lambda quick, say: carry_out(QUICK if quick else Plan(), say), _write
    )


def _write(findings: FileFindings, folder: Path) -> None:
    (folder / "files.md").write_text(markdown_of(tables(findings)), encoding="utf-8")
    print(text_of(tables(findings)))


if __name__ == "__main__":
    sys.exit(main())
