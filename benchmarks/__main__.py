"""`python -m benchmarks`: both modes under load and the bare program beside the bot, as tables and a plot."""

import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.command import command
from benchmarks.plan import QUICK, Findings, Plan, carry_out
from benchmarks.plot import draw
from benchmarks.report import as_markdown, as_text


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    about = __doc__ or ""
    return command(
        "benchmarks", about, arguments, lambda quick, say: carry_out(QUICK if quick else Plan(), say), _write
    )


def _write(findings: Findings, folder: Path) -> None:
    (folder / "benchmarks.md").write_text(as_markdown(findings), encoding="utf-8")
    draw(findings, folder / "benchmarks.png")
    print(as_text(findings))


if __name__ == "__main__":
    sys.exit(main())
