"""What readers of formats are given and what they give back."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from message_processor.ingestion.reading.unreadable import FileUnreadable, Unreadable

TOTAL_CHARACTERS = 20_000_000
"""The longest text of a whole file, five million tokens: beyond it nobody asks for a page."""
PART_CHARACTERS = 3_000
_LONGEST_PART = 100_000

_CUT = "\n(the rest of this part is left out)"
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Source:
    """A file's bytes, the ending of its name (".csv", or ""), and the first part that is wanted."""

    data: bytes
    suffix: str = ""
    start: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """A page, slide or piece of a sheet; `number` counts from 1."""

    number: int
    label: str
    text: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """A document: how many parts it has, and those from the wanted one on. A scanned one has no text to give."""

    count: int
    parts: Iterable[Part] = ()
    scanned: bool = False


@dataclass(frozen=True, slots=True)
class Scaled:
    """A picture as the model takes it, and what it was before; sizes in pixels."""

    data: bytes
    media_type: str
    width: int
    height: int
    original_media_type: str
    original_width: int
    original_height: int


def numbered(labelled: Sequence[tuple[str, str]], start: int) -> Contents:
    """Contents of labels and texts that are all there already; FileUnreadable(EMPTY) where no text is."""
    if not any(text.strip() for _, text in labelled):
        raise FileUnreadable(Unreadable.EMPTY)
    parts = [Part(number, label, text) for number, (label, text) in enumerate(labelled, 1)]
    return Contents(len(parts), parts[start - 1 :])


def pieces(blocks: Iterable[str], limit: int = PART_CHARACTERS) -> Iterator[str]:
    """Paragraphs joined by line ends into pieces of about `limit` characters; a longer paragraph is cut."""
    held: list[str] = []
    length = 0
    for block in blocks:
        for at in range(0, max(1, len(block)), limit):
            piece = block[at : at + limit]
            if held and length + len(piece) > limit:
                yield "\n".join(held)
                held, length = [], 0
            held.append(piece)
            length += len(piece) + 1
    if held:
        yield "\n".join(held)


def clean(text: str, limit: int = _LONGEST_PART) -> str:
    """Without control characters and halves of surrogate pairs, line ends as "\\n", at most about `limit` long."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    text = _NOT_TEXT.sub("", text).strip("\n")
    return text if len(text) <= limit else text[:limit] + _CUT
