"""PDF, page by page: a page that cannot be read is marked, and the others stay."""

import io
from collections.abc import Iterator, Mapping

from pypdf import PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

from message_processor.ingestion.reading.contents import Contents, Part, Source
from message_processor.ingestion.reading.unreadable import FileUnreadable, Unreadable

MOST_PAGES = 5_000
_LOOKED_AT = 20
"""When none of the first pages has text, the document is scanned."""
_BOMBS = 3
"""After so many pages in a row from the first that unpack to too much, no more are tried."""
_LEFT_OUT = "\n(the document has {} more pages, which are left out)"


def read(source: Source) -> Contents:
    """Contents whose pages are read while they are asked for. FileUnreadable."""
    try:
        reader = PdfReader(io.BytesIO(source.data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileUnreadable(Unreadable.PASSWORD)
        pages = len(reader.pages)
    except LimitReachedError as error:
        raise FileUnreadable(Unreadable.TOO_COMPLEX, type(error).__name__) from None
    except DependencyError as error:
        raise FileUnreadable(Unreadable.PASSWORD, type(error).__name__) from None
    except (FileUnreadable, MemoryError, RecursionError):
        raise
    except Exception as error:  # pypdf meets damage with errors of every kind, its own among them
        raise FileUnreadable(Unreadable.DAMAGED, type(error).__name__) from None
    if not pages:
        raise FileUnreadable(Unreadable.DAMAGED)
    count = min(pages, MOST_PAGES)
    seen: dict[int, Part] = {}
    if source.start == 1:
        seen = _first_pages(reader, count)
        if not any(part.text or part.bad for part in seen.values()):
            return Contents(pages, scanned=True)
    return Contents(count, _pages(reader, seen, source.start, pages))


def _first_pages(reader: PdfReader, count: int) -> dict[int, Part]:
    """A document with nothing but bad pages is unreadable, by the reason of the last one."""
    seen: dict[int, Part] = {}
    reason = Unreadable.DAMAGED
    for number in range(1, min(count, _LOOKED_AT) + 1):
        try:
            seen[number] = Part(number, f"page {number}", _text(reader, number))
        except _BadPage as bad:
            seen[number] = Part(number, f"page {number}", "", bad=True)
            reason = bad.reason
            if reason is Unreadable.TOO_COMPLEX and number >= _BOMBS and all(part.bad for part in seen.values()):
                break
    if all(part.bad for part in seen.values()):
        raise FileUnreadable(reason)
    return seen


def _pages(reader: PdfReader, seen: Mapping[int, Part], start: int, pages: int) -> Iterator[Part]:
    for number in range(start, min(pages, MOST_PAGES) + 1):
        label = f"page {number}"
        note = _LEFT_OUT.format(pages - MOST_PAGES) if number == MOST_PAGES < pages else ""
        try:
            yield seen[number] if number in seen else Part(number, label, _text(reader, number) + note)
        except _BadPage:
            yield Part(number, label, "", bad=True)


class _BadPage(Exception):
    def __init__(self, reason: Unreadable) -> None:
        super().__init__(reason.value)
        self.reason = reason


def _text(reader: PdfReader, number: int) -> str:
    try:
        return reader.pages[number - 1].extract_text().strip()
    except (LimitReachedError, MemoryError, RecursionError):
        raise _BadPage(Unreadable.TOO_COMPLEX) from None
    except PyPdfError:
        raise _BadPage(Unreadable.DAMAGED) from None
    except Exception:  # as above: one page's damage is that page's alone
        raise _BadPage(Unreadable.DAMAGED) from None
