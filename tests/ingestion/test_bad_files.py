"""Files that are broken, foreign or hostile: each is refused by its own code, and nothing else happens."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from message_processor.ingestion.child import ReadingLimits
from tests.ingestion import samples
from tests.ingestion.reading import Notes, own_children, read, reader, refusal

_HUGE = 200_000_000
_HUGE_XML = b"<w:document xmlns:w='w'>" + b" " * _HUGE + b"</w:document>"


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is this large, with hardly any data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1_000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def pdf_bomb(page_count: int, layers: int) -> bytes:
    """Pages that share a content of 200 MB, packed once or twice."""
    content = b"BT /F1 9 Tf " + b"(a) Tj " * (_HUGE // 7)
    for _ in range(layers):
        content = zlib.compress(content, 9)
    filters = b"/FlateDecode" * layers
    kids = b" ".join(b"%d 0 R" % (5 + index) for index in range(page_count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 3 0 R/Resources<</Font<</F1 4 0 R>>>>>>"
    return samples.pdf_of(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count %d/Kids[%s]>>" % (page_count, kids),
            b"<</Length %d/Filter[%s]>>\nstream\n%s\nendstream" % (len(content), filters, content),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            *[page] * page_count,
        ]
    )


def xlsx_of_corners() -> bytes:
    """A sheet with the cells A1 and XFD1048576."""
    whole = samples.xlsx({"Corners": [["first"]]})
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>first</t></is></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    return with_members(whole, {"xl/worksheets/sheet1.xml": sheet.encode()})


def with_members(archive: bytes, members: dict[str, bytes]) -> bytes:
    """The archive with members replaced or added."""
    with zipfile.ZipFile(io.BytesIO(archive)) as old:
        kept: dict[str, str | bytes] = {name: old.read(name) for name in old.namelist()}
    return samples.zipped(kept | members)


def encrypted_office_file() -> bytes:
    """The beginning of what Office makes of a file with a password: a container with a stream of this name."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(200)


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        pytest.param(b"", "a.txt", "empty", id="zero bytes"),
        pytest.param(b" \n\n ", "a.txt", "empty", id="nothing but white space"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "svg", id="SVG"),
        pytest.param(b"<?xml version='1.0'?>\n<!-- c -->\n<svg >", "a.png", "svg", id="SVG named PNG"),
        pytest.param(bytes(range(256)) * 8, "a.txt", "unknown_type", id="no text"),
        pytest.param(b"\x7fELF\x02\x01\x01" + bytes(100), "a.pdf", "unknown_type", id="a program named PDF"),
        pytest.param(samples.zipped({"a.txt": "hi"}), "a.docx", "unknown_type", id="another archive"),
        pytest.param(b"{\\rtf1 hello}", "a.docx", "unknown_type", id="RTF"),
        pytest.param(samples.locked_pdf(["a"], user="x"), "a.pdf", "password", id="encrypted PDF"),
        pytest.param(encrypted_office_file(), "a.xlsx", "password", id="encrypted XLSX"),
        pytest.param(samples.png(400, 300)[:200], "a.png", "damaged", id="truncated PNG"),
        pytest.param(samples.picture("JPEG", 400, 300)[:500], "a.jpg", "damaged", id="truncated JPEG"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"no picture" * 9, "a.png", "damaged", id="garbage behind PNG"),
        pytest.param(samples.pdf(["text"] * 9)[:700], "a.pdf", "damaged", id="truncated PDF"),
        pytest.param(b"%PDF-1.7\n" + b"garbage " * 99, "a.pdf", "damaged", id="garbage behind PDF"),
        pytest.param(samples.docx(["text"] * 99)[:-60], "a.docx", "damaged", id="truncated DOCX"),
        pytest.param(samples.zipped({"word/document.xml": "<no"}), "a.docx", "damaged", id="DOCX that is no XML"),
        pytest.param(samples.zipped({"xl/workbook.xml": "<no/>"}), "a.xlsx", "damaged", id="XLSX that is none"),
        pytest.param(png_header(30_000, 30_000), "a.png", "too_many_pixels", id="30,000 x 30,000 pixels"),
        pytest.param(png_header(10_000, 9_000), "a.png", "too_many_pixels", id="90 million pixels"),
    ],
)
async def test_it_is_refused_with_its_reason(tmp_path: Path, data: bytes, name: str, code: str) -> None:
    assert await refusal(tmp_path, data, name) == code
    assert own_children() == []


async def test_a_zip_bomb_in_a_docx(tmp_path: Path) -> None:
    bomb = with_members(samples.docx(["a"]), {"word/document.xml": _HUGE_XML})
    assert len(bomb) < _HUGE / 500
    assert await refusal(tmp_path, bomb) == "too_complex"


async def test_a_zip_bomb_in_an_xlsx(tmp_path: Path) -> None:
    bomb = with_members(samples.xlsx({"A": [["a"]]}), {"xl/sharedStrings.xml": _HUGE_XML})
    assert await refusal(tmp_path, bomb) == "too_complex"


async def test_a_zip_bomb_in_a_slide(tmp_path: Path) -> None:
    bomb = with_members(samples.pptx(["a"]), {"ppt/slides/slide1.xml": _HUGE_XML})
    assert await refusal(tmp_path, bomb) == "too_complex"


async def test_an_archive_that_lies_about_its_sizes(tmp_path: Path) -> None:
    bomb = with_members(samples.docx(["a"]), {"word/document.xml": _HUGE_XML})
    lie = bomb.replace(struct.pack("<I", len(_HUGE_XML)), struct.pack("<I", 1_000))
    assert lie != bomb
    assert await refusal(tmp_path, lie) == "damaged"


async def test_entities_that_grow_are_not_unfolded(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    document = f'<!DOCTYPE d [<!ENTITY e0 "lol">{entities}]><d><p><t>&e9;</t></p></d>'
    assert await refusal(tmp_path, samples.zipped({"word/document.xml": document})) == "damaged"


async def test_entities_from_outside_are_not_loaded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the other thread", encoding="utf-8")
    document = f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]><d><p><t>&e;</t></p></d>'
    assert await refusal(tmp_path, samples.zipped({"word/document.xml": document})) == "damaged"


@pytest.mark.parametrize(("pages", "layers"), [(1, 1), (200, 2)])
async def test_a_pdf_bomb(tmp_path: Path, pages: int, layers: int) -> None:
    bomb = pdf_bomb(pages, layers)
    assert len(bomb) < _HUGE / 500
    assert await refusal(tmp_path, bomb) == "too_complex"


async def test_a_sheet_with_its_first_and_its_last_cell_is_read_in_no_time(tmp_path: Path) -> None:
    data = xlsx_of_corners()
    _, notes = await read(tmp_path, data, limits=ReadingLimits(cpu_seconds=3))
    assert notes.text == "first\n(rows after 3000 are left out)"


@pytest.mark.parametrize(("name", "labels"), [("report.png", ["page 1"]), ("report.txt", ["page 1"]), ("", ["page 1"])])
async def test_a_wrong_ending_of_the_name_is_no_matter(tmp_path: Path, name: str, labels: list[str]) -> None:
    _, notes = await read(tmp_path, samples.pdf(["text"]), name)
    assert notes.labels == labels


async def test_a_name_is_never_an_argument_of_a_command(tmp_path: Path) -> None:
    found, _ = await read(tmp_path, b"text", "../../x.$(reboot) --help\n.py")
    assert found.media_type == "text/plain"


async def test_a_file_that_is_gone_is_said_to_be_gone(tmp_path: Path) -> None:
    notes = Notes()
    async with reader() as made:
        with pytest.raises(FileNotFoundError):
            await made.read(tmp_path / "nothing", "a.txt", on_found=notes.on_found, on_pages=notes.on_pages)
