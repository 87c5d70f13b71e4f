"""`usage`: what the model calls of a month took, by person, channel or model, also while the bot runs."""

import argparse
import asyncio
import csv
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

from budgets import NANOS, Span
from config import Settings
from database import UsageLine, usage_of_url
from ops.command_line import Command, WrongCommandLine

_MONTH = re.compile(r"(2[0-9]{3})-(0[1-9]|1[0-2])")
_NOBODY = {"user": "(deleted)", "channel": "(unknown)", "model": "(unknown)"}
_SUMS = tuple(field.name for field in fields(UsageLine) if field.type is int)
# What programs for tables take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def run(settings: Settings, wanted: argparse.Namespace) -> int:
    """A table, or with `--csv` a file of the same rows."""
    month, file = wanted.month or Span.USER_MONTH.period(time.time()), wanted.csv
    start, end = span_of(month)
    if file is not None:
        await asyncio.to_thread(_refuse_present, file)
    lines = await usage_of_url(settings.DATABASE_URL, wanted.by, start, end)
    if file is not None:
        await asyncio.to_thread(_keep, file, table_for_programs(lines, month, wanted.by))
        print(f"written to {file}")
    elif lines:
        print("\n".join(table_for_people(lines, wanted.by)))
    else:
        print(f"nothing was used in {month}")
    return 0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--month", metavar="YYYY-MM", help="a month by UTC; without it the present one")
    parser.add_argument("--by", choices=tuple(_NOBODY), default="user", help="without it by user")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="a new file")


USAGE = Command("usage", "say what the model calls of a month took, also while the bot runs", run, _arguments)


def span_of(month: str) -> tuple[float, float]:
    """When a month begins and ends, in Unix time; WrongCommandLine where it is none."""
    if (found := _MONTH.fullmatch(month)) is None:
        raise WrongCommandLine("--month is no month: it is written like 2026-11")
    begin = datetime(int(found[1]), int(found[2]), 1, tzinfo=UTC).timestamp()
    return begin, Span.USER_MONTH.resets(begin).timestamp()


def table_for_people(lines: Sequence[UsageLine], by: str) -> Iterator[str]:
    """Aligned columns, their sum, and what has to be known of them."""
    teams = len({line.team for line in lines}) > 1
    total = replace(lines[0], team="", name="together", **{name: _sum(lines, name) for name in _SUMS})
    head = [*(("team",) if teams else ()), by, "answers", "utility", "pictures", "input", "cached", "output", "USD"]
    rows = [head, *(_row(line, by, teams) for line in (*lines, total))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    names = len(head) - 7
    for row in rows:
        cells = (cell.ljust if at < names else cell.rjust for at, cell in enumerate(row))
        yield "  ".join(pad(width) for pad, width in zip(cells, widths, strict=True)).rstrip()
    if total.unpriced:
        yield f"\nwithout a price, and not in the sum: {total.unpriced:,} calls (PRICES_FILE adds prices)"
    if total.estimated:
        yield f"\nestimated, because they were stopped or not counted by the server: {total.estimated:,} tokens"


def _row(line: UsageLine, by: str, teams: bool) -> list[str]:
    numbers = (line.answers, line.utility, line.images, line.input, line.cached, line.output)
    money = f"{line.cost / NANOS:,.4f}"
    # A model's name is what a server says it is.
    name = "".join(letter if letter.isprintable() else "?" for letter in line.name) or _NOBODY[by]
    return [*((line.team,) if teams else ()), name, *(f"{number:,}" for number in numbers), money]


def _sum(lines: Sequence[UsageLine], name: str) -> int:
    return sum(getattr(line, name) for line in lines)


def table_for_programs(lines: Sequence[UsageLine], month: str, by: str) -> list[list[str]]:
    """Rows of a CSV file, the head first. Money is exact."""
    head = [
        "month", "team", by, "answers", "utility_calls", "pictures", "input_tokens", "cached_tokens", "output_tokens",
        "estimated_tokens", "unpriced_calls", "usd",
    ]  # fmt: skip
    return [head, *(_cells(line, month) for line in lines)]


def _cells(line: UsageLine, month: str) -> list[str]:
    numbers = (
        line.answers, line.utility, line.images, line.input, line.cached, line.output, line.estimated, line.unpriced,
    )  # fmt: skip
    name = f"'{line.name}" if line.name.startswith(_FORMULA) else line.name
    return [month, line.team, name, *map(str, numbers), f"{line.cost // NANOS}.{line.cost % NANOS:09}"]


def _refuse_present(path: Path) -> None:
    try:
        if path.exists():
            raise WrongCommandLine(f"{path} exists already")
    except OSError as error:
        raise WrongCommandLine(f"{path}: {error.strerror}") from None


def _keep(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """The whole file, or none."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(descriptor, "w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
        except OSError:
            path.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise WrongCommandLine(f"{path}: {error.strerror}") from None
