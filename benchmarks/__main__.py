"""`python -m benchmarks`: both modes under load and the bare program beside the bot, as tables and a plot."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.load import LONGEST_WAIT, WrongAnswer
from benchmarks.plan import QUICK, Plan, carry_out
from benchmarks.plot import draw
from benchmarks.program import ROOT, ProgramFailed
from benchmarks.report import as_markdown, as_text


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Exit codes: 0 measured (whatever came out), 1 not possible here, 2 wrong command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small run that only shows that everything works")
    parser.add_argument(
        "--output", type=Path, default=ROOT / "build" / "benchmarks", metavar="FOLDER", help="for the table and plot"
    )
    wanted = parser.parse_args(arguments)
    if sys.platform != "linux":
        _say("the benchmark reads processor time and memory as only Linux gives them")
        return 1
    _say(f"load of this machine before the run: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    try:
        findings = asyncio.run(carry_out(QUICK if wanted.quick else Plan(), _say))
    except (ProgramFailed, WrongAnswer) as failure:
        _say(f"a measured program failed:\n{failure}")
        return 1
    except TimeoutError:
        _say(f"a question was not answered within {LONGEST_WAIT:.0f} s")
        return 1
    wanted.output.mkdir(parents=True, exist_ok=True)
    (wanted.output / "benchmarks.md").write_text(as_markdown(findings), encoding="utf-8")
    draw(findings, wanted.output / "benchmarks.png")
    print(as_text(findings))
    print(f"\nTables and plot: {wanted.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
