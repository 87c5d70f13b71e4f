"""The table of what a month's calls took, for people and for programs."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from budgets import NANOS
from database import UsageLine
from ops.command_line import WrongCommandLine
from ops.usage import _keep, span_of, table_for_people, table_for_programs

ADA = UsageLine("T1", "U0ADA00001", 12, 3, 1, 1_234_567, 1_000, 8_900, 3_456_789_012, 0, 0)
GONE = UsageLine("T1", "", 1, 0, 0, 20, 0, 5, 0, 1, 25)


def moment(day: str) -> float:
    return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("month", "start", "end"), [("2026-11", "2026-11-01", "2026-12-01"), ("2026-12", "2026-12-01", "2027-01-01")]
)
def test_a_month_is_one_of_utc(month: str, start: str, end: str) -> None:
    assert span_of(month) == (moment(start), moment(end))


@pytest.mark.parametrize(
    "month",
    ["2026-13", "2026-00", "2026-1", "26-11", "2026-11-01", "2026-11\n", "", "x", "2\u0660\u0662\u0666-11"],
)
def test_what_is_no_month(month: str) -> None:
    with pytest.raises(WrongCommandLine, match="like 2026-11"):
        span_of(month)


def test_people_read_aligned_columns_and_a_sum() -> None:
    assert list(table_for_people([ADA], "user")) == [
        "user        answers  utility  pictures      input  cached  output     USD",
        "U0ADA00001       12        3         1  1,234,567   1,000   8,900  3.4568",
        "together         12        3         1  1,234,567   1,000   8,900  3.4568",
    ]


def test_what_has_no_price_or_is_estimated_is_said() -> None:
    text = "\n".join(table_for_people([ADA, GONE], "user"))
    assert "(deleted)" in text
    assert "without a price, and not in the sum: 1 calls" in text
    assert "counted by the server: 25 tokens" in text


def test_a_models_name_draws_nothing_on_the_screen() -> None:
    _, row, _ = table_for_people([UsageLine("T1", "m\x1b[2J", 1, 0, 0, 1, 0, 1, 0, 0, 0)], "model")
    assert row.startswith("m?[2J ")


def test_workspaces_are_told_apart_where_there_are_several() -> None:
    head, *_ = table_for_people([ADA, UsageLine("T2", "U1", 1, 0, 0, 1, 0, 1, 0, 0, 0)], "user")
    assert head.split()[:2] == ["team", "user"]


def test_programs_read_exact_numbers() -> None:
    head, ada, gone = table_for_programs([ADA, GONE], "2026-11", "user")
    assert dict(zip(head, ada, strict=True)) == {
        "month": "2026-11",
        "team": "T1",
        "user": "U0ADA00001",
        "answers": "12",
        "utility_calls": "3",
        "pictures": "1",
        "input_tokens": "1234567",
        "cached_tokens": "1000",
        "output_tokens": "8900",
        "estimated_tokens": "0",
        "unpriced_calls": "0",
        "usd": "3.456789012",
    }
    assert gone[2] == "", "empty, and no word that could be a name"
    assert gone[-1] == "0.000000000"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_models_name_is_no_formula(name: str) -> None:
    _, row = table_for_programs([UsageLine("T1", name, 1, 0, 0, 1, 0, 1, NANOS, 0, 0)], "2026-11", "model")
    assert row[2] == f"'{name}"


def test_a_file_is_new_and_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    rows = [["model", "usd"], ['a "b", c', "1"]]
    _keep(file, rows)
    assert file.stat().st_mode & 0o777 == 0o600
    with file.open(newline="", encoding="utf-8") as read:
        assert list(csv.reader(read)) == rows
    with pytest.raises(WrongCommandLine, match="File exists"):
        _keep(file, rows)
