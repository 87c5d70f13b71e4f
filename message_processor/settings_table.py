"""The table of what people can set, for the docs, made from the list of settings.

`python -m message_processor.settings_table` prints it, `--write` puts it into docs/settings.md, `--check` fails when
that page is stale.
"""

import argparse
import sys
from pathlib import Path

from message_processor.settings import MODEL, SETTINGS, Choice, Number, Setting, Surroundings, Text
from message_processor.wording import ENGLISH

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
BEGIN = "<!-- what people can set: written by `python -m message_processor.settings_table --write` -->"
END = "<!-- end of what people can set -->"
_NOWHERE = Surroundings((), "", frozenset())


def table() -> str:
    """The settings as a Markdown table, in the order of the form."""
    rows = [_row(setting) for setting in SETTINGS]
    return "\n".join(["| setting | values | where nothing is set | meaning |", "|---|---|---|---|", *rows])


def refreshed(page: str) -> str:
    """`page` with the present table between its markers; ValueError when a marker is missing."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks one of the markers {BEGIN} and {END}")
    return f"{head}{BEGIN}\n{table()}\n{END}{tail}"


def main() -> int:
    """Exit code 0, or 1 for a stale page."""
    parser = argparse.ArgumentParser(prog="python -m message_processor.settings_table", description=__doc__)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--write", action="store_true", help="put the table into docs/settings.md")
    choice.add_argument("--check", action="store_true", help="fail when the table in docs/settings.md is stale")
    arguments = parser.parse_args()
    if not (arguments.write or arguments.check):
        print(table())
        return 0
    page = PAGE.read_text(encoding="utf-8")
    fresh = refreshed(page)
    if arguments.write:
        PAGE.write_text(fresh, encoding="utf-8")
    elif page != fresh:
        print("docs/settings.md is stale; run python -m message_processor.settings_table --write", file=sys.stderr)
        return 1
    return 0


def _row(setting: Setting[object]) -> str:
    label, meaning = (ENGLISH(f"settings.{setting.name}.{part}") for part in ("label", "help"))
    return f"| {label} | {_values(setting)} | {_default(setting)} | {meaning} |"


def _values(setting: Setting[object]) -> str:
    match setting.form:
        case Choice(options):
            fixed = ", ".join(ENGLISH.option(setting.name, value) for value in options(_NOWHERE))
            return fixed or ("what the server lists" if setting is MODEL else "what the model takes")
        case Number(lowest, highest):
            return f"{lowest:g} to {highest:g}"
        case Text(longest):
            return f"up to {longest:,} characters"


def _default(setting: Setting[object]) -> str:
    if setting is MODEL:
        return "`OPENAI_MODEL`"
    if setting.default:
        return ENGLISH.option(setting.name, setting.default)
    return "nothing" if isinstance(setting.form, Text) else "the model's own"


if __name__ == "__main__":
    sys.exit(main())
