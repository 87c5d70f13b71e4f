"""What people, files and pages say, written down for the model as data: nothing in it can end its own fence."""

import re

_FENCE = re.compile(r"<(?=\s*/?\s*(?:message|document|page|files?|attached|picture|now)\b)", re.IGNORECASE)
_NOT_IN_A_LABEL = re.compile(r"[\s<>\"]+")
_LONGEST_LABEL = 120


def inert(text: str) -> str:
    """`text` without anything that could be taken for one of our own elements."""
    return _FENCE.sub("&lt;", text)


def label(text: str) -> str:
    """`text` as an attribute's value: one line, no quotes, no angle brackets, not long."""
    clean = _NOT_IN_A_LABEL.sub(" ", text).strip()
    return clean if len(clean) <= _LONGEST_LABEL else f"{clean[: _LONGEST_LABEL - 1]}…"
