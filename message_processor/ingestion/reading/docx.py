"""DOCX: paragraphs, headings, lists and tables of the body, in parts of about a page."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from message_processor.ingestion.reading.archive import Archive, attribute, local
from message_processor.ingestion.reading.contents import Contents, Source, numbered, pieces

_SKIPPED = {"del", "moveFrom", "Fallback", "instrText", "pPr", "rPr", "sectPr"}
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read(source: Source) -> Contents:
    """FileUnreadable."""
    with Archive(source.data) as archive:
        body = archive.xml("word/document.xml")
    texts = pieces(_blocks(body))
    return numbered([(f"part {number}", text) for number, text in enumerate(texts, 1)], source.start)


def _blocks(parent: Element) -> Iterator[str]:
    """Paragraphs and table rows in their order, those inside content controls included."""
    for child in parent:
        name = local(child)
        if name == "p":
            yield _prefix(child) + _text(child)
        elif name == "tbl":
            yield from (_row(row) for row in child.iter() if local(row) == "tr")
        elif name not in _SKIPPED:
            yield from _blocks(child)


def _row(row: Element) -> str:
    cells = [cell for cell in row.iter() if local(cell) == "tc"]
    return "\t".join(" ".join(_blocks(cell)).strip() for cell in cells)


def _prefix(paragraph: Element) -> str:
    for properties in paragraph:
        if local(properties) != "pPr":
            continue
        style = next((attribute(each, "val") for each in properties if local(each) == "pStyle"), "")
        if style == "Title" or style.lower().startswith("heading"):
            return "#" * (int(style[-1]) if style[-1].isdecimal() else 1) + " "
        return "- " if any(local(each) == "numPr" for each in properties) else ""
    return ""


def _text(element: Element) -> str:
    found: list[str] = []
    for child in element:
        name = local(child)
        if name == "t":
            found.append(child.text or "")
        elif name in _SIGNS:
            found.append(_SIGNS[name])
        elif name not in _SKIPPED:
            found.append(_text(child))
    return "".join(found)
