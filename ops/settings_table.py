"""The README's table of settings, generated from `config.Settings`.

`python -m ops.settings_table` prints it, `--write` puts it into README.md, `--check` fails when README.md is stale.
"""

import argparse
import sys
from pathlib import Path

from pydantic.fields import FieldInfo

from config import Settings

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN = "<!-- settings: written by `python -m ops.settings_table --write` -->"
END = "<!-- end of settings -->"


def table() -> str:
    """The settings as a Markdown table, in the order of their declaration."""
    rows = [f"| `{name}` | {_default(field)} | {field.description} |" for name, field in Settings.model_fields.items()]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])


def refreshed(page: str) -> str:
    """`page` with the present table between its markers; ValueError when a marker is missing."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks one of the markers {BEGIN} and {END}")
    return f"{head}{BEGIN}\n{table()}\n{END}{tail}"


def main() -> int:
    """Exit code 0, or 1 for a stale page."""
    parser = argparse.ArgumentParser(prog="python -m ops.settings_table", description=__doc__)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--write", action="store_true", help="put the table into README.md")
    choice.add_argument("--check", action="store_true", help="fail when the table in README.md is stale")
    arguments = parser.parse_args()
    if not (arguments.write or arguments.check):
        print(table())
        return 0
    page = README.read_text(encoding="utf-8")
    fresh = refreshed(page)
    if arguments.write:
        README.write_text(fresh, encoding="utf-8")
    elif page != fresh:
        print("README.md: the table of settings is stale; run python -m ops.settings_table --write", file=sys.stderr)
        return 1
    return 0


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value is None or value in ("", ()):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    sys.exit(main())
