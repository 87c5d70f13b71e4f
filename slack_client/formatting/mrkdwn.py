"""A model's Markdown as Slack's own markup, for the places that take no Markdown: windows."""

import re
from collections.abc import Iterator

from slack_client.formatting.blocks import LONGEST_SECTION, Block, escaped, mrkdwn, section

_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.+?)\s*#*$")
_ITEM = re.compile(r"^(\s*)[-*+]\s+")
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*|__(?=\S)(.+?)(?<=\S)__")


def _line(line: str) -> str:
    """One line. What could notify somebody, or look like a link of ours, is shown as it is."""
    safe = escaped(line)
    if heading := _HEADING.match(safe):
        return f"*{_BOLD.sub(lambda m: m[1] or m[2], heading[1]).strip('*')}*"
    return _BOLD.sub(lambda m: f"*{m[1] or m[2]}*", _ITEM.sub(r"\1• ", safe))


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces that fit a section, cut between lines where that is possible."""
    piece = ""
    for line in map(_line, text.splitlines()):
        if len(piece) + len(line) + 1 > LONGEST_SECTION and piece:
            yield piece
            piece = ""
        rest = line
        while len(rest) > LONGEST_SECTION:
            yield rest[:LONGEST_SECTION]
            rest = rest[LONGEST_SECTION:]
        piece = f"{piece}\n{rest}" if piece else rest
    yield piece


def markdown_sections(text: str, most: int) -> list[Block]:
    """Markdown as paragraphs, `most` at most."""
    filled = [piece for piece in _pieces(text) if piece.strip()]
    return [section(mrkdwn(piece)) for piece in filled[:most]]
