"""One sample file of each type that people send, always the same bytes: about fifty pages of text, or the like."""

import csv
import io
import json
import random
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from email.message import EmailMessage
from html import escape

import openpyxl
from PIL import Image

PAGES = 50
_LINES = 44
_ROWS = 20_000
_WIDE = (3840, 2160)
_WORDS = (
    "the service answers each request within its deadline and keeps what it has learned about every customer while "
    "reports of the quarter show how cost of storage grew faster than revenue in all regions but one so we propose to "
    "move older records into an archive that is read seldom yet can be searched without delay by those who need them"
).split()
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PRESENTATION = "http://schemas.openxmlformats.org/presentationml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_WRITING = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def lines(page: int) -> list[str]:
    """The lines of one page, about 2,700 characters; the first one names the page."""
    chance = random.Random(page)  # noqa: S311  words, no secrets
    return [f"Page {page} of the report", *(" ".join(chance.choices(_WORDS, k=11)) for _ in range(_LINES))]


def pdf(pages: int = PAGES, first: int = 1) -> bytes:
    """A PDF set as typesetters do it, word by word; its pages are numbered from `first`."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%b]>>" % (pages, b" ".join(b"%d 0 R" % (4 + 2 * at) for at in range(pages))),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for at in range(pages):
        content = zlib.compress(_typeset(lines(first + at)))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>"
            % (5 + 2 * at)
        )
        objects.append(b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(content), content))
    return _numbered(objects)


def _typeset(written: Iterable[str]) -> bytes:
    shown = ("[" + "-278".join(f"({word})" for word in line.split()) + "]TJ T*" for line in written)
    return ("BT /F1 9 Tf 50 800 Td 16 TL\n" + "\n".join(shown) + "\nET").encode("ascii")


def _numbered(objects: Sequence[bytes]) -> bytes:
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return bytes(out) + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + trailer


def _all_lines() -> Iterable[str]:
    return (line for page in range(1, PAGES + 1) for line in lines(page))


def _zipped(members: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _package(main: str, body: str, media_type: str, others: Mapping[str, str]) -> bytes:
    """A package of Office: what it holds, where its main part is, and the parts."""
    types = f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/{main}" ContentType='
    return _zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'{types}"application/vnd.openxmlformats-officedocument.{media_type}.main+xml"/></Types>',
            "_rels/.rels": _relations({"rId1": ("officeDocument", main)}),
            main: body,
            **others,
        }
    )


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    listed = (
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_RELATIONS}">{"".join(listed)}</Relationships>'


def docx() -> bytes:
    """A letter of fifty pages, each line a paragraph."""
    paragraphs = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in _all_lines())
    body = f'<w:document xmlns:w="{_WRITING}"><w:body>{paragraphs}</w:body></w:document>'
    return _package("word/document.xml", body, "wordprocessingml.document", {})


def pptx() -> bytes:
    """Fifty slides of eight lines."""
    numbers = range(1, PAGES + 1)
    listed = "".join(f'<p:sldId id="{255 + number}" r:id="rId{number}"/>' for number in numbers)
    body = (
        f'<p:presentation xmlns:p="{_PRESENTATION}" xmlns:r="{_OFFICE}">'
        f"<p:sldIdLst>{listed}</p:sldIdLst></p:presentation>"
    )
    slides = {f"ppt/slides/slide{number}.xml": _slide(lines(number)[:8]) for number in numbers}
    relations = _relations({f"rId{number}": ("slide", f"slides/slide{number}.xml") for number in numbers})
    others = {"ppt/_rels/presentation.xml.rels": relations, **slides}
    return _package("ppt/presentation.xml", body, "presentationml.presentation", others)


def _slide(written: Iterable[str]) -> str:
    shown = "".join(f"<a:p><a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in written)
    return (
        f'<p:sld xmlns:p="{_PRESENTATION}" xmlns:a="{_DRAWING}"><p:cSld><p:spTree><p:sp><p:txBody>{shown}'
        "</p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    )


def _rows() -> Iterable[tuple[str, str, str, int, float, str]]:
    chance = random.Random(_ROWS)  # noqa: S311  numbers, no secrets
    yield from (
        (f"order {row}", chance.choice(_WORDS), chance.choice(_WORDS), row, round(chance.uniform(1, 999), 2), "paid")
        for row in range(1, _ROWS + 1)
    )


def xlsx() -> bytes:
    """A sheet of 20,000 rows and six columns."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Orders")
    for row in _rows():
        sheet.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def table() -> bytes:
    """The same rows as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows(_rows())
    return text.getvalue().encode()


def page() -> bytes:
    """The lines as HTML."""
    body = "".join(f"<p>{escape(line)}</p>\n" for line in _all_lines())
    return f"<!doctype html><html><head><title>Report</title></head><body>{body}</body></html>".encode()


def markdown() -> bytes:
    """The lines as Markdown, a heading for each page."""
    return "\n\n".join(f"# {first}\n\n" + "\n".join(rest) for first, *rest in map(lines, range(1, PAGES + 1))).encode()


def objects() -> bytes:
    """The lines as JSON."""
    return json.dumps([{"page": number, "lines": lines(number)} for number in range(1, PAGES + 1)], indent=1).encode()


def source() -> bytes:
    """The lines as a program of constants."""
    return "\n".join(f"LINE_{number} = {line!r}" for number, line in enumerate(_all_lines())).encode()


def mail() -> bytes:
    """The lines as a mail."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "ada@example.org", "bo@example.org", "The report"
    letter["Message-ID"] = "<report@example.org>"
    letter.set_content("\n".join(_all_lines()))
    return letter.as_bytes()


def picture(kind: str) -> bytes:
    """A picture in 4K with detail everywhere; "PNG" or "JPEG"."""
    width, height = _WIDE
    fine = Image.frombytes("L", (width, height), random.Random(width).randbytes(width * height // 16) * 16)  # noqa: S311
    smooth = Image.linear_gradient("L").resize(_WIDE)
    packed = io.BytesIO()
    Image.merge("RGB", (Image.blend(smooth, fine, 0.1), smooth, smooth.transpose(Image.Transpose.ROTATE_180))).save(
        packed, kind
    )
    return packed.getvalue()


def of_each_type() -> dict[str, tuple[str, bytes]]:
    """What a sample is, in words, and its name and bytes."""
    return {
        f"PDF, {PAGES} pages": ("report.pdf", pdf()),
        f"DOCX, {PAGES} pages of text": ("report.docx", docx()),
        f"PPTX, {PAGES} slides": ("report.pptx", pptx()),
        f"XLSX, {_ROWS:,} rows": ("orders.xlsx", xlsx()),
        f"CSV, {_ROWS:,} rows": ("orders.csv", table()),
        "HTML": ("report.html", page()),
        "Markdown": ("report.md", markdown()),
        "JSON": ("report.json", objects()),
        "source code": ("report.py", source()),
        "EML": ("report.eml", mail()),
        "PNG, 3840 x 2160": ("screen.png", picture("PNG")),
        "JPEG, 3840 x 2160": ("screen.jpg", picture("JPEG")),
    }
