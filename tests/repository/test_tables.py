"""The tables in the documents are those that the code makes."""

import subprocess
import sys

import pytest

from message_processor.settings import SETTINGS
from message_processor.wording import ENGLISH
from tests.repository.sources import ROOT
from tests.repository.tables import TABLES, Table, choices

EACH = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


@EACH
def test_the_page_is_fresh(table: Table) -> None:
    assert table.is_fresh


@EACH
def test_a_stale_table_is_noticed(table: Table) -> None:
    row = table.written().splitlines()[-1]
    stale = table.page.read_text(encoding="utf-8").replace(row, row.replace("|", "| x", 1))
    assert table.refreshed(stale) != stale


@EACH
def test_a_page_without_marks_is_refused(table: Table) -> None:
    with pytest.raises(ValueError, match="lacks one of the marks"):
        table.refreshed("# Threadwell\n")


def test_everything_people_can_set_has_a_row_in_the_order_of_the_form() -> None:
    rows = choices().splitlines()[2:]
    labels = [ENGLISH(f"settings.{setting.name}.label") for setting in SETTINGS]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == labels
    assert all(row.count(" | ") == 3 for row in rows)


def test_the_command_says_nothing_where_all_is_fresh() -> None:
    command = [sys.executable, "-m", "tests.repository.tables"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
