"""XLSX: the values of each sheet, row by row. What was calculated is shown as it was when the file was saved."""

import datetime
import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from typing import Protocol, cast
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from message_processor.ingestion.reading.archive import MEMBER_BYTES, Archive
from message_processor.ingestion.reading.contents import Contents, Source, numbered
from message_processor.ingestion.reading.rows import PART_ROWS, row_parts
from message_processor.ingestion.reading.unreadable import FileUnreadable, Unreadable

MOST_ROWS = 3_000
MOST_COLUMNS = 100
MOST_CELLS = 400_000
"""Of all sheets together: what can be read in half of the CPU time that a file gets."""
_MOST_SHEETS = 100
_UNPACKED_BYTES = 400_000_000
"""Sheets are read only as far as their first rows; a bomb of all of them is refused before."""
_DAMAGED = (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, IndexError, OSError)

_Cell = str | int | float | bool | datetime.datetime | datetime.date | datetime.time | datetime.timedelta | None


class _Sheet(Protocol):
    """What is used of a sheet."""

    title: str

    def iter_rows(self, *, max_row: int, max_col: int, values_only: bool) -> Iterator[tuple[_Cell, ...]]: ...


def read(source: Source) -> Contents:
    """FileUnreadable."""
    _refuse_bombs(source.data)
    warnings.simplefilter("ignore")  # openpyxl speaks of every part of a file that it passes over
    try:
        book = load_workbook(io.BytesIO(source.data), read_only=True, data_only=True, keep_links=False)
        labelled = list(_sheets([cast(_Sheet, sheet) for sheet in book.worksheets[:_MOST_SHEETS]]))
    except _DAMAGED as error:
        raise FileUnreadable(Unreadable.DAMAGED, type(error).__name__) from None
    return numbered(labelled, source.start)


def _refuse_bombs(data: bytes) -> None:
    """What openpyxl holds in memory as a whole, such as the strings all sheets share, and everything together."""
    with Archive(data) as archive:
        sizes = archive.sizes()
    whole = [size for name, size in sizes.items() if not name.startswith(("xl/worksheets/", "xl/media/"))]
    if max(whole, default=0) > MEMBER_BYTES or sum(sizes.values()) > _UNPACKED_BYTES:
        raise FileUnreadable(Unreadable.TOO_COMPLEX)


def _sheets(sheets: Sequence[_Sheet]) -> Iterator[tuple[str, str]]:
    left = MOST_CELLS
    for sheet in sheets:
        limited = _Limited(sheet, left)
        yield from _parts(sheet.title, limited)
        left -= limited.cells


def _parts(title: str, limited: "_Limited") -> list[tuple[str, str]]:
    parts = list(row_parts(limited.rows())) or [(1, 1, "")]
    texts = [text for _, _, text in parts]
    texts[-1] += limited.note()
    if len(parts) == 1 and parts[0][1] <= PART_ROWS:
        return [(f"sheet {title}", texts[0])]
    return [(f"sheet {title}, rows {first}-{last}", text) for (first, last, _), text in zip(parts, texts, strict=True)]


class _Limited:
    """The first rows and columns of a sheet, and whether there are more. What a sheet says of its size is not heard."""

    def __init__(self, sheet: _Sheet, most_cells: int) -> None:
        self.cells = 0
        self._sheet = sheet
        self._most_cells = most_cells
        self._last_row: int | None = None
        self._more_columns = False

    def rows(self) -> Iterator[list[str]]:
        """Up to the last row that holds anything."""
        empty = 0
        # One more is asked for than is taken: it comes only if the sheet goes on, be it much further down.
        asked = self._sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS + 1, values_only=True)
        for number, cells in enumerate(asked, 1):
            if number > MOST_ROWS or self.cells >= self._most_cells:
                self._last_row = number - 1
                return
            used = sum(cell is not None for cell in cells)
            self.cells += used
            self._more_columns |= len(cells) > MOST_COLUMNS and cells[MOST_COLUMNS] is not None
            if not used:
                empty += 1
                continue
            yield from ([] for _ in range(empty))
            empty = 0
            yield [_shown(cell) for cell in cells[:MOST_COLUMNS]]

    def note(self) -> str:
        """What is left out, for the reader of the text."""
        left_out = []
        if self._last_row is not None:
            left_out.append(f"rows after {self._last_row}")
        if self._more_columns:
            left_out.append(f"columns after {MOST_COLUMNS}")
        return f"\n({' and '.join(left_out)} are left out)" if left_out else ""


def _shown(cell: _Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).upper()
        case float():
            return f"{cell:.15g}"
        case datetime.datetime():
            return cell.isoformat(" ").removesuffix(" 00:00:00")
        case datetime.date() | datetime.time():
            return cell.isoformat()
        case _:
            return str(cell)
