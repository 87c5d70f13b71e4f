"""The table of what people can set, in the docs, is made from the list of settings."""

import subprocess
import sys
from pathlib import Path

import pytest

from message_processor import settings_table
from message_processor.settings import SETTINGS
from message_processor.wording import ENGLISH

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_page_is_fresh() -> None:
    page = settings_table.PAGE.read_text(encoding="utf-8")
    assert settings_table.refreshed(page) == page


def test_every_setting_has_a_row_in_the_order_of_the_form() -> None:
    rows = settings_table.table().splitlines()[2:]
    labels = [ENGLISH(f"settings.{setting.name}.label") for setting in SETTINGS]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == labels
    assert all(row.count(" | ") == 3 for row in rows)


def test_a_stale_table_is_noticed() -> None:
    stale = settings_table.PAGE.read_text(encoding="utf-8").replace("0 to 2", "0 to 3")
    assert settings_table.refreshed(stale) != stale


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks one of the markers"):
        settings_table.refreshed("# Settings\n")


def test_the_table_is_printed_by_its_command() -> None:
    command = [sys.executable, "-m", "message_processor.settings_table"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)
    assert printed.stdout == settings_table.table() + "\n"
