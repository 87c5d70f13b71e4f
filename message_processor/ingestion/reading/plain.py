"""Plain text, Markdown, JSON and source code, in parts that name the lines they hold."""

from collections.abc import Iterator

from message_processor.ingestion.reading.contents import (
    PART_CHARACTERS,
    TOTAL_CHARACTERS,
    Contents,
    Source,
    numbered,
)
from message_processor.ingestion.reading.decoding import decode

LEFT_OUT = "\n(the rest of the file is left out)"


def read(source: Source) -> Contents:
    """FileUnreadable where there is nothing but white space."""
    text = decode(source.data).replace("\r\n", "\n").replace("\r", "\n")
    labelled = list(_parts(text[:TOTAL_CHARACTERS]))
    if len(text) > TOTAL_CHARACTERS:
        labelled[-1] = (labelled[-1][0], labelled[-1][1] + LEFT_OUT)
    return numbered(labelled, source.start)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    held: list[str] = []
    length, first = 0, 1
    for number, line in enumerate(text.rstrip("\n").split("\n"), 1):
        if held and length + len(line) > PART_CHARACTERS:
            yield _label(first, number - 1), "\n".join(held)
            held, length = [], 0
        if not held:
            first = number
        if len(line) > PART_CHARACTERS:
            yield from _long(line, number)
            continue
        held.append(line)
        length += len(line) + 1
    if held:
        yield _label(first, first + len(held) - 1), "\n".join(held)


def _long(line: str, number: int) -> Iterator[tuple[str, str]]:
    """A line for itself, such as a whole JSON document without line ends."""
    for at in range(0, len(line), PART_CHARACTERS):
        end = min(at + PART_CHARACTERS, len(line))
        yield f"line {number}, characters {at + 1}-{end}", line[at:end]


def _label(first: int, last: int) -> str:
    return f"lines {first}-{last}" if first < last else f"line {first}"
