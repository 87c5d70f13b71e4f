"""Cutting Markdown: where a stream may pause, and where one message ends and the next begins."""

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)
_WORD_START = re.compile(r"\s(?=\S)")
_WORDS_TRIED = 100
"""Places in one line that are looked at: each look takes time in proportion to the line."""


@dataclass(frozen=True, slots=True)
class Fence:
    """A code block that is open at a cut: `opening` is its first line, `closing` the line that ends it."""

    opening: str
    closing: str


def open_fence(text: str, inside: Fence | None = None) -> Fence | None:
    """The code block that is open at the end of `text`, which itself begins inside `inside`."""
    fence = inside
    for match in _FENCE.finditer(text):
        marks, info = match[1], match[2].strip()
        if fence is None:
            if not (marks[0] == "`" and "`" in info):
                fence = Fence(opening=marks + info, closing=marks)
        elif marks[0] == fence.closing[0] and len(marks) >= len(fence.closing) and not info:
            fence = None
    return fence


def _balanced(line: str) -> bool:
    """Whether no inline construct is open at the end of `line`, as far as counting can tell."""
    strong = line.count("**")
    marks = (line.count("`"), line.count("*") - 2 * strong, strong, line.count("~~"), line.count("__"))
    return all(count % 2 == 0 for count in marks) and line.count("[") <= line.count(")")


def stable_end(text: str, start: int, limit: int, patience: int = 400) -> int:
    """End of the piece of `text` from `start` that may be shown now; `start` when it should wait.

    Constructs survive the joint of two updates when it is at a line's end, and white space at the beginning of an
    update may be lost, so a piece ends behind white space: after the last line if there is one, else after a word
    outside inline constructs. More than `patience` characters without such a place are cut after any word, or anywhere.
    """
    stop = min(len(text), start + limit)
    newline = text.rfind("\n", start, stop)
    while newline != -1 and newline + 1 < len(text) and text[newline + 1].isspace():
        newline = text.rfind("\n", start, newline)  # the next line is indented, or blank: its white space must not lead
    if newline != -1 and newline + 1 < len(text) and text[start:newline].strip():
        return newline + 1
    line_start = text.rfind("\n", 0, start) + 1
    words = [match.end() for match in _WORD_START.finditer(text, start, stop)][-_WORDS_TRIED:]
    for end in reversed(words):
        if _balanced(text[line_start:end]):
            return end
    if stop - start <= patience:
        return start
    return words[-1] if words else stop


def part_end(text: str, start: int, limit: int) -> int:
    """End of the message that begins at `start` and may hold `limit` characters: at a paragraph, line or word."""
    if len(text) - start <= limit:
        return len(text)
    stop = start + limit
    for mark, least in (("\n\n", limit // 2), ("\n", limit // 2), (" ", limit // 2)):
        found = text.rfind(mark, start + least, stop)
        if found != -1:
            return found + len(mark)
    return stop


def opening_of(fence: Fence | None) -> str:
    """What a message that begins inside a code block begins with."""
    return "" if fence is None else f"{fence.opening}\n"


def closing_of(text: str, inside: Fence | None) -> str:
    """What a message with this text, which begins inside `inside`, needs at its end: the end of an open code block."""
    fence = open_fence(text, inside)
    if fence is None:
        return ""
    return fence.closing if text.endswith("\n") else f"\n{fence.closing}"
