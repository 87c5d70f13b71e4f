"""Rows of tables and sheets, in parts that name the rows they hold."""

from collections.abc import Iterable, Iterator, Sequence

PART_ROWS = 500
_PART_CHARACTERS = 30_000


def row_parts(rows: Iterable[Sequence[str]], header: bool = False) -> Iterator[tuple[int, int, str]]:
    """First row, last row and text of each part, rows counted from 1; empty rows count and are not shown.

    With `header` the first row stands before every later part again.
    """
    lines: list[str] = []
    length, first, number = 0, 1, 0
    top = ""
    for number, cells in enumerate(rows, 1):
        line = _line(cells)
        if number == 1 and header:
            top = line
        if number - first == PART_ROWS or (lines and length + len(line) > _PART_CHARACTERS):
            yield first, number - 1, "\n".join(lines)
            lines = [top] if top else []
            first, length = number, len(top)
        if line:
            lines.append(line)
            length += len(line) + 1
    if number:
        yield first, number, "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "\t".join(" ".join(cell.split()) if cell else "" for cell in cells).rstrip("\t")
