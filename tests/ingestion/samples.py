"""Small real files of every kind, made in memory: for tests, the browser and benchmarks."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from openpyxl import Workbook
from PIL import Image
from pypdf import PdfReader, PdfWriter

Colour = str | tuple[int, int, int] | tuple[int, int, int, int]
Cell = str | int | float | None

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def pdf(pages: Sequence[str]) -> bytes:
    """A page of text for each string, Latin letters alone; a page of "" has none."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(count))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {count}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for index, text in enumerate(pages):
        content = _pdf_text(text)
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
            f"/Contents {5 + 2 * index} 0 R>>".encode()
        )
        objects.append(b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content))
    return pdf_of(objects)


def pdf_of(objects: Sequence[bytes]) -> bytes:
    """A PDF of numbered objects, the first of which is its catalog."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def _pdf_text(text: str) -> bytes:
    if not text:
        return b""
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252", "replace")
    lines = b" T* ".join(b"(%s) Tj" % line for line in escaped.split(b"\n"))
    return b"BT /F1 11 Tf 14 TL 50 790 Td %s ET" % lines


def locked_pdf(pages: Sequence[str], user: str = "", owner: str = "owner") -> bytes:
    """Encrypted; with an empty `user` password anybody may open it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(pages))))
    writer.encrypt(user_password=user, owner_password=owner, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A compressed archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def docx(paragraphs: Sequence[str], table: Sequence[Sequence[str]] = ()) -> bytes:
    """A paragraph for each string ("# " makes a heading), then a table."""
    body = "".join(_paragraph(text) for text in paragraphs)
    if table:
        rows = ("".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in row) for row in table)
        body += "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"
    document = f'{_XML}<w:document xmlns:w="{_WORD}"><w:body>{body}<w:sectPr/></w:body></w:document>'
    return zipped(
        {
            "[Content_Types].xml": _content_types("/word/document.xml", "wordprocessingml.document"),
            "_rels/.rels": _relations({"rId1": ("officeDocument", "word/document.xml")}),
            "word/document.xml": document,
        }
    )


def _paragraph(text: str) -> str:
    style = '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>' if text.startswith("# ") else ""
    words = escape(text.removeprefix("# "))
    return f'<w:p>{style}<w:r><w:t xml:space="preserve">{words}</w:t></w:r></w:p>'


def pptx(slides: Sequence[str], notes: Mapping[int, str] | None = None) -> bytes:
    """A slide for each string, its first line as title; `notes` of the speaker by number of the slide from 1."""
    count = len(slides)
    # Stored in reverse: the order shown is the presentation's, not that of names.
    files = {number: f"slides/slide{count + 1 - number}.xml" for number in range(1, count + 1)}
    ids = "".join(f'<p:sldId id="{255 + number}" r:id="rId{number}"/>' for number in files)
    members = {
        "[Content_Types].xml": _content_types("/ppt/presentation.xml", "presentationml.presentation"),
        "_rels/.rels": _relations({"rId1": ("officeDocument", "ppt/presentation.xml")}),
        "ppt/presentation.xml": f'{_XML}<p:presentation xmlns:p="{_SLIDES}" xmlns:r="{_RELATIONS}">'
        f"<p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": _relations({f"rId{n}": ("slide", name) for n, name in files.items()}),
    }
    for number, text in enumerate(slides, 1):
        title, _, rest = text.partition("\n")
        members[f"ppt/{files[number]}"] = _slide("sld", {"title": title, "body": rest})
        if note := (notes or {}).get(number):
            members[f"ppt/notesSlides/notes{number}.xml"] = _slide("notes", {"body": note, "sldNum": str(number)})
            name = files[number].rpartition("/")[2]
            relation = _relations({"rId1": ("notesSlide", f"../notesSlides/notes{number}.xml")})
            members[f"ppt/slides/_rels/{name}.rels"] = relation
    return zipped(members)


def _slide(kind: str, shapes: Mapping[str, str]) -> str:
    drawn = "".join(_shape(place, text) for place, text in shapes.items())
    tree = f"<p:cSld><p:spTree>{drawn}</p:spTree></p:cSld>"
    return f'{_XML}<p:{kind} xmlns:p="{_SLIDES}" xmlns:a="{_DRAWING}">{tree}</p:{kind}>'


def _shape(place: str, text: str) -> str:
    lines = "".join(f"<a:p><a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in text.split("\n"))
    return f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{place}"/></p:nvPr></p:nvSpPr><p:txBody>{lines}</p:txBody></p:sp>'


def _content_types(part: str, kind: str) -> str:
    return (
        f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="{part}" '
        f'ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
    )


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="{name}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}">{inside}</Relationships>'


def xlsx(sheets: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
    """A sheet for each name, with its rows."""
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def picture(format_name: str, width: int, height: int, colour: Colour = "navy", orientation: int = 1) -> bytes:
    """One colour, in "PNG", "JPEG", "GIF" or "WEBP"; `orientation` as in EXIF."""
    mode = "RGBA" if isinstance(colour, tuple) and len(colour) == 4 else "RGB"
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.new(mode, (width, height), colour).save(out, format_name, **({"exif": exif} if orientation != 1 else {}))
    return out.getvalue()


def png(width: int, height: int, colour: Colour = "navy") -> bytes:
    """One colour, three channels or four."""
    return picture("PNG", width, height, colour)
