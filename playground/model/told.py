"""What stands in a call about the files of its thread, and the pages that are quoted from it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from playground.model.asked import Asked, Role

QUOTED = 300  # characters of a page
_MOST_PAGES = 5
_PICTURE = re.compile(r"\bpicture(?: number)?=\"(\d+)\"")
_DOCUMENT = re.compile(r"\bdocument(?: number)?=\"(\d+)\"")
_PAGE = re.compile(r"<page\b[^>\n]*\blabel=\"([^\"\n]*)\"[^>\n]*>(.*?)</page>", re.DOTALL)
WANTED = re.compile(
    r"(?<![\w/])(page|slide|sheet|part)s?\s+(\d{1,6})(?:\s*(?:to|-|\N{EN DASH}|and)\s*(\d{1,6}))?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages that a message asks for, both ends included. `kind` is as in "page"."""

    kind: str
    first: int
    last: int

    def labels(self) -> list[str]:
        return [f"{self.kind} {number}" for number in range(self.first, min(self.last, self.first + 100) + 1)]


def pictures(asked: Asked) -> list[int]:
    """The numbers of the thread's pictures, smallest first."""
    return _numbers(_PICTURE, asked)


def documents(asked: Asked) -> list[int]:
    """The numbers of the thread's documents, smallest first."""
    return _numbers(_DOCUMENT, asked)


def wanted_pages(words: str) -> Pages | None:
    """The first pages, slides or parts that a message names."""
    if not (found := WANTED.search(words)):
        return None
    first = int(found[2])
    return Pages(found[1].lower(), first, max(first, int(found[3] or first)))


def is_told(wanted: Pages, document: int, asked: Asked) -> bool:
    """Whether the call has a page that is asked for, of a document that it was given whole."""
    known = {label.lower() for label, _ in _pages(_whole(document, asked))}
    return not known.isdisjoint(wanted.labels())


def quotes(asked: Asked) -> Iterable[tuple[str, str]]:
    """Label and beginning of the pages that the newest message asks for, else of those that tools gave."""
    wanted = wanted_pages(asked.newest())
    given = list(_pages(turn.text for turn in asked.tool_outputs()))
    if wanted is not None:
        labels = wanted.labels()
        pages = given or list(_pages(_whole(max(documents(asked), default=0), asked)))
        given = [page for page in pages if page[0].lower() in labels] or given
    for label, text in dict(given[:_MOST_PAGES]).items():
        line = " ".join(text.split())
        yield label, line if len(line) <= QUOTED else line[:QUOTED] + "…"


def _numbers(pattern: re.Pattern[str], asked: Asked) -> list[int]:
    found = {int(number) for text in _texts(asked) if "=" in text for number in pattern.findall(text)}
    return sorted(found)


def _texts(asked: Asked) -> Iterator[str]:
    return (turn.text for turn in asked.turns if turn.role is not Role.HOUSE)


def _whole(document: int, asked: Asked) -> Iterator[str]:
    """What stands within the element of a document."""
    opening = f'<document number="{document}"'
    for text in _texts(asked):
        at = text.find(opening)
        if at >= 0 and (end := text.find("</document>", at)) >= 0:
            yield text[at:end]


def _pages(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        if "<page" in text:
            yield from _PAGE.findall(text)
