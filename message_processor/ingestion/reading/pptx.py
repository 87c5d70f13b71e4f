"""PPTX: slides in the order they are shown, with their tables and the speaker's notes."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from message_processor.ingestion.reading.archive import Archive, attribute, local
from message_processor.ingestion.reading.contents import Contents, Source, numbered

_PRESENTATION = "ppt/presentation.xml"
_TITLES = {"title", "ctrTitle"}
_FURNITURE = {"sldNum", "dt", "ftr", "hdr", "sldImg"}


def read(source: Source) -> Contents:
    """FileUnreadable."""
    with Archive(source.data) as archive:
        slides = [_slide(archive, name) for name in _order(archive)]
    return numbered([(f"slide {number}", text) for number, text in enumerate(slides, 1)], source.start)


def _order(archive: Archive) -> list[str]:
    related = archive.related(_PRESENTATION)
    ids = [_relation(each) for each in archive.xml(_PRESENTATION).iter() if local(each) == "sldId"]
    return [related[each][1] for each in ids if each in related and related[each][1] in archive]


def _relation(slide: Element) -> str:
    """The relation's id, beside which the element has an id of its own without a namespace."""
    return next((value for key, value in slide.attrib.items() if key.endswith("}id")), "")


def _slide(archive: Archive, name: str) -> str:
    lines = list(_lines(archive.xml(name)))
    for kind, target in archive.related(name).values():
        if kind == "notesSlide" and target in archive:
            notes = list(_lines(archive.xml(target)))
            lines += ["", "Notes:", *notes] if notes else []
    return "\n".join(lines)


def _lines(element: Element) -> Iterator[str]:
    for child in element:
        name = local(child)
        if name == "sp":
            yield from _shape(child)
        elif name == "tr":
            cells = ["\n".join(_paragraphs(cell)) for cell in child if local(cell) == "tc"]
            yield "\t".join(" ".join(cell.split("\n")) for cell in cells)
        elif name != "Fallback":
            yield from _lines(child)


def _shape(shape: Element) -> Iterator[str]:
    place = next((attribute(each, "type") for each in shape.iter() if local(each) == "ph"), "")
    if place in _FURNITURE:
        return
    lines = [line for line in _paragraphs(shape) if line.strip()]
    if place in _TITLES and lines:
        lines[0] = f"# {lines[0]}"
    yield from lines


def _paragraphs(element: Element) -> Iterator[str]:
    for paragraph in element.iter():
        if local(paragraph) == "p":
            yield "".join(_run(each) for each in paragraph.iter())


def _run(element: Element) -> str:
    if local(element) == "t":
        return element.text or ""
    return "\n" if local(element) == "br" else ""
