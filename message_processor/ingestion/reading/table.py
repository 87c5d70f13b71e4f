"""CSV and its kin with other delimiters, in parts of rows that each begin with the table's first row."""

import csv
from collections.abc import Iterator

from message_processor.ingestion.reading import plain
from message_processor.ingestion.reading.contents import TOTAL_CHARACTERS, Contents, Source, numbered
from message_processor.ingestion.reading.decoding import decode
from message_processor.ingestion.reading.rows import row_parts

_DELIMITERS = ",;\t|"
_SAMPLE = 16_384
_LONGEST_CELL = 100_000


def read(source: Source) -> Contents:
    """A table whose quotes do not fit is read as plain text. FileUnreadable."""
    text = decode(source.data)
    csv.field_size_limit(_LONGEST_CELL)
    try:
        parts = list(row_parts(_rows(text[:TOTAL_CHARACTERS], _delimiter(text[:_SAMPLE])), header=True))
    except csv.Error:
        return plain.read(source)
    labelled = [(f"rows {first}-{last}", shown) for first, last, shown in parts]
    if len(text) > TOTAL_CHARACTERS:
        labelled[-1] = (labelled[-1][0], labelled[-1][1] + plain.LEFT_OUT)
    return numbered(labelled, source.start)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(text.replace("\0", "").splitlines(keepends=True), delimiter=delimiter)


def _delimiter(sample: str) -> str:
    """The one that divides the first lines into the most columns, the same number in each; a comma if none does."""
    best, columns = ",", 1
    for delimiter in _DELIMITERS:
        rows = [row for row in csv.reader(sample.splitlines()[:20][:-1] or [sample], delimiter=delimiter) if row]
        widths = {len(row) for row in rows}
        if len(widths) == 1 and max(widths) > columns:
            best, columns = delimiter, max(widths)
    return best
