"""Places in documents as people read them: the labels of pages, which are written in English for the model."""

import re
from collections.abc import Sequence

from database import Page
from message_processor.wording import Wording

_LABEL = re.compile(r"(page|slide|part|lines?|rows|sheet) (.+)", re.DOTALL)
_ROWS = re.compile(r"(.+), rows (\d+-\d+)", re.DOTALL)


def place(label: str, say: Wording) -> str:
    """One label in words of the language; as it is where it is of no known kind."""
    if not (found := _LABEL.fullmatch(label)):
        return label
    kind, at = found.groups()
    if kind == "sheet" and (rows := _ROWS.fullmatch(at)):
        return say("places.sheet_rows", at=rows[1], rows=rows[2])
    return say(f"places.{kind}", at=at)


def places(pages: Sequence[Page], say: Wording) -> str:
    """All of them, listed."""
    return ", ".join(place(page.label, say) for page in pages)


def span(pages: Sequence[Page], say: Wording) -> str:
    """From the first to the last of them."""
    first, last = place(pages[0].label, say), place(pages[-1].label, say)
    return first if len(pages) == 1 else say("places.span", first=first, last=last)
