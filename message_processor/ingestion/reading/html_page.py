"""HTML: what a browser would show as text, without scripts and styles."""

import re
from html.parser import HTMLParser

from message_processor.ingestion.reading.contents import TOTAL_CHARACTERS, Contents, Source, numbered, pieces
from message_processor.ingestion.reading.decoding import decode

_UNSEEN = {"script", "style", "noscript", "template", "svg", "iframe", "object", "select", "math"}
_BLOCKS = set(
    "address article aside blockquote body br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section summary table tr ul title caption".split()
)
_PREFIXES = {f"h{level}": "#" * level + " " for level in range(1, 7)} | {"li": "- ", "title": "Title: "}
_BARE = {prefix.strip() for prefix in _PREFIXES.values()}
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_-]{2,40})", re.IGNORECASE)
_HEAD = 4_096


def read(source: Source) -> Contents:
    """FileUnreadable where there is no text."""
    charset = _CHARSET.search(source.data[:_HEAD])
    text = decode(source.data, charset[1].decode("ascii") if charset else "")
    parts = pieces(lines(text[:TOTAL_CHARACTERS]))
    return numbered([(f"part {number}", part) for number, part in enumerate(parts, 1)], source.start)


def lines(page: str) -> list[str]:
    """The text of HTML, a line for each block."""
    extractor = _Extractor()
    extractor.feed(page)
    extractor.close()
    return extractor.lines()


class _Extractor(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._lines: list[str] = []
        self._unseen = ""
        self._depth = 0
        self._as_it_is = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._unseen:
            self._depth += tag == self._unseen
        elif tag in _UNSEEN:
            self._unseen, self._depth = tag, 1
        elif tag in _BLOCKS:
            self._break()
            self._pieces.append(_PREFIXES.get(tag, ""))
            self._as_it_is += tag == "pre"
        elif tag in {"td", "th"} and any(piece.strip() for piece in self._pieces):
            self._pieces.append("\t")
        elif tag == "img":
            self._pieces.append(next((f" [{value}] " for name, value in attrs if name == "alt" and value), ""))

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            self._depth -= tag == self._unseen
            self._unseen = self._unseen if self._depth else ""
        elif tag in _BLOCKS:
            self._break()
            self._pieces.clear()
            self._as_it_is = max(0, self._as_it_is - (tag == "pre"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _UNSEEN:  # <svg/> has no inside
            self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._pieces.append(data if self._as_it_is else re.sub(r"\s+", " ", data))

    def lines(self) -> list[str]:
        """All that was found."""
        self._break()
        return self._lines

    def _break(self) -> None:
        line = "".join(self._pieces).strip("\n" if self._as_it_is else " \t\n")
        if line.strip() in _BARE:
            return  # it waits for its text in a block further inside
        self._lines += [line] if line else []
        self._pieces.clear()
