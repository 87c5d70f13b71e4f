"""What a file is, by its bytes. The name's ending only decides among texts."""

import io
import re
import zipfile
from enum import Enum

from message_processor.ingestion.reading.contents import Source
from message_processor.ingestion.reading.decoding import decode, looks_like_text
from message_processor.ingestion.reading.unreadable import FileUnreadable, Unreadable


class Kind(Enum):
    """The module that reads it, and its media type; a picture's own is told by its module."""

    PNG = ("picture", "image/png")
    JPEG = ("picture", "image/jpeg")
    GIF = ("picture", "image/gif")
    WEBP = ("picture", "image/webp")
    PDF = ("pdf", "application/pdf")
    DOCX = ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    PPTX = ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation")
    XLSX = ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    EML = ("eml", "message/rfc822")
    HTML = ("html_page", "text/html")
    CSV = ("table", "text/csv")
    JSON = ("plain", "application/json")
    MARKDOWN = ("plain", "text/markdown")
    TEXT = ("plain", "text/plain")

    @property
    def module(self) -> str:
        """The module's name in this package."""
        return self.value[0]

    @property
    def media_type(self) -> str:
        """As in a Content-Type header."""
        return self.value[1]


_ZIPPED = {"word/document.xml": Kind.DOCX, "ppt/presentation.xml": Kind.PPTX, "xl/workbook.xml": Kind.XLSX}
_BY_SUFFIX = {".csv": Kind.CSV, ".tsv": Kind.CSV, ".json": Kind.JSON, ".md": Kind.MARKDOWN, ".markdown": Kind.MARKDOWN}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD = 4_096
_PROLOGUE = r"(?:\s++|<\?xml[^>]*+>|(?><!--.*?-->))*+"
_SVG = re.compile(_PROLOGUE + r"(<(\w+:)?svg[\s>]|<!doctype\s+svg)", re.DOTALL | re.IGNORECASE)
_HTML = re.compile(_PROLOGUE + r"<(!doctype\s+html|html|head|body)[\s>]", re.DOTALL | re.IGNORECASE)
_MAIL = re.compile(r"^(Received|Message-ID|MIME-Version|DKIM-Signature):", re.MULTILINE | re.IGNORECASE)
_MAIL_START = re.compile(r"[A-Za-z][A-Za-z0-9-]*: ?\S")


def kind_of(source: Source) -> Kind:
    """FileUnreadable where it is nothing that can be read."""
    data = source.data
    if not data:
        raise FileUnreadable(Unreadable.EMPTY)
    if picture := _picture(data):
        return picture
    if b"%PDF-" in data[:1024]:
        return Kind.PDF
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    if data.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in data:
        raise FileUnreadable(Unreadable.PASSWORD)
    if data.startswith((_OLE, b"{\\rtf")) or not looks_like_text(data):
        raise FileUnreadable(Unreadable.UNKNOWN_TYPE)
    return _text(decode(data[:_HEAD]), source.suffix)


def _picture(data: bytes) -> Kind | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if data.startswith((b"GIF87a", b"GIF89a")):
        return Kind.GIF
    return Kind.WEBP if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def _zipped(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise FileUnreadable(Unreadable.DAMAGED) from None
    for member, kind in _ZIPPED.items():
        if member in names:
            return kind
    raise FileUnreadable(Unreadable.UNKNOWN_TYPE)


def _text(head: str, suffix: str) -> Kind:
    if _SVG.match(head):
        raise FileUnreadable(Unreadable.SVG)
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if _HTML.match(head) or suffix in {".html", ".htm", ".xhtml"}:
        return Kind.HTML
    if suffix == ".eml" or (_MAIL_START.match(head) and _MAIL.search(head)):
        return Kind.EML
    return Kind.TEXT
