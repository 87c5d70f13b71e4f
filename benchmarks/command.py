"""What the benchmarks' command lines have in common: what they take, what they say, how they fail."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TypeVar

from benchmarks.load import LONGEST_WAIT, WrongAnswer
from benchmarks.program import ROOT, ProgramFailed

Findings = TypeVar("Findings")
Say = Callable[[str], None]
Measure = Callable[[bool, Say], Coroutine[object, object, Findings]]
"""Measures, little where the first argument says so, and tells how far it is."""


def command(
    name: str,
    about: str,
    arguments: Sequence[str] | None,
    measure: Measure[Findings],
    write: Callable[[Findings, Path], None],
) -> int:
    """Measure, and write the findings into a folder. Exit codes: 0 measured (whatever came out), 1 not possible here,
    2 wrong command line.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {name}", description=about)
    parser.add_argument("--quick", action="store_true", help="a small run that only shows that everything works")
    parser.add_argument(
        "--output", type=Path, default=ROOT / "build" / "benchmarks", metavar="FOLDER", help="for tables and plots"
    )
    wanted = parser.parse_args(arguments)
    if sys.platform != "linux":
        _say("the benchmark reads processor time and memory as only Linux gives them")
        return 1
    _say(f"load of this machine before the run: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    try:
        findings = asyncio.run(measure(wanted.quick, _say))
    except (ProgramFailed, WrongAnswer) as failure:
        _say(f"a measured program failed:\n{failure}")
        return 1
    except TimeoutError:
        _say(f"a question was not answered within {LONGEST_WAIT:.0f} s")
        return 1
    wanted.output.mkdir(parents=True, exist_ok=True)
    write(findings, wanted.output)
    print(f"\nWritten to {wanted.output}")
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
