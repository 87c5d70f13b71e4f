"""The tables in the documents that are made from the code.

`python -m tests.repository.tables` fails when one is stale, `--write` puts the present ones into their pages.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic.fields import FieldInfo

from config import Settings
from message_processor.settings import MODEL, SETTINGS, Choice, Number, Setting, Surroundings, Text
from message_processor.wording import ENGLISH
from tests.repository.sources import ROOT

_NOWHERE = Surroundings((), "", frozenset())


@dataclass(frozen=True, slots=True)
class Table:
    """A table and the page it stands in, between two lines that name it."""

    page: Path
    name: str
    written: Callable[[], str]

    def refreshed(self, text: str) -> str:
        """The page's `text` with the present table; ValueError where a mark is missing."""
        first, last = f"<!-- {self.name}: written by `make tables` -->", f"<!-- end of {self.name} -->"
        head, begin, rest = text.partition(first)
        _, end, tail = rest.partition(last)
        if not begin or not end:
            raise ValueError(f"the page lacks one of the marks {first} and {last}")
        return f"{head}{first}\n{self.written()}\n{last}{tail}"

    @property
    def is_fresh(self) -> bool:
        """Whether the page has the present table."""
        text = self.page.read_text(encoding="utf-8")
        return self.refreshed(text) == text

    def write(self) -> None:
        """Put the present table into its page."""
        self.page.write_text(self.refreshed(self.page.read_text(encoding="utf-8")), encoding="utf-8")


def variables() -> str:
    """The settings of the process, in the order of their declaration."""
    rows = [f"| `{name}` | {_default(field)} | {field.description} |" for name, field in Settings.model_fields.items()]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value is None or value in ("", ()):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def choices() -> str:
    """What people can set, in the order of the form."""
    rows = [_row(setting) for setting in SETTINGS]
    return "\n".join(["| setting | values | where nothing is set | meaning |", "|---|---|---|---|", *rows])


def _row(setting: Setting[object]) -> str:
    label, meaning = (ENGLISH(f"settings.{setting.name}.{part}") for part in ("label", "help"))
    return f"| {label} | {_values(setting)} | {_unset(setting)} | {meaning} |"


def _values(setting: Setting[object]) -> str:
    match setting.form:
        case Choice(options):
            fixed = ", ".join(ENGLISH.option(setting.name, value) for value in options(_NOWHERE))
            return fixed or ("what the server lists" if setting is MODEL else "what the model takes")
        case Number(lowest, highest):
            return f"{lowest:g} to {highest:g}"
        case Text(longest):
            return f"up to {longest:,} characters"


def _unset(setting: Setting[object]) -> str:
    if setting is MODEL:
        return "`OPENAI_MODEL`"
    if setting.default:
        return ENGLISH.option(setting.name, setting.default)
    return "nothing" if isinstance(setting.form, Text) else "the model's own"


TABLES = (
    Table(ROOT / "README.md", "settings", variables),
    Table(ROOT / "docs" / "settings.md", "what people can set", choices),
)


def main() -> int:
    """Exit code 0, or 1 for a stale page."""
    parser = argparse.ArgumentParser(prog="python -m tests.repository.tables", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the present tables into their pages")
    if parser.parse_args().write:
        for table in TABLES:
            table.write()
        return 0
    stale = [table for table in TABLES if not table.is_fresh]
    for table in stale:
        print(f"{table.page.name}: the table '{table.name}' is stale: make tables", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
