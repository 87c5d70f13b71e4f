"""The pictures and files of a call, found in the parts of its messages, then looked at."""

import io
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from playground.model.errors import ApiError
from playground.model.pictures import Bytes, describe_picture, read_data_url

PDF = "application/pdf"
_LARGEST_FILE = 50 * 1024 * 1024  # bytes


class Kind(StrEnum):
    """What an attachment is to people."""

    PICTURE = "picture"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Attachment:
    """`source` is the data URL until it has been looked at, `seen` what was found in it then.

    `only_pdf` is true where the API takes no other files; `detail` is how closely a picture is to be looked at.
    """

    kind: Kind
    source: str
    name: str = ""
    only_pdf: bool = False
    seen: str = ""
    detail: str = "auto"

    def shown(self) -> str:
        """As in "picture: 800 x 600 px, mostly red"."""
        return f"{self.kind}: {self.seen or self.name or 'not looked at'}"


def attachments_of(content: object) -> tuple[Attachment, ...]:
    """The pictures and files among the parts of a message or of what a tool gave."""
    parts = content if isinstance(content, list) else []
    return tuple(found for part in parts if isinstance(part, dict) for found in _attachment(part))


def _attachment(part: Mapping[str, object]) -> Iterator[Attachment]:
    kind = part.get("type")
    if kind == "input_image":
        yield Attachment(Kind.PICTURE, _text(part, "image_url"), detail=_text(part, "detail") or "auto")
    elif kind == "input_file":
        yield Attachment(Kind.FILE, _text(part, "file_data") or _text(part, "file_url"), _text(part, "filename"))
    elif kind == "image_url" and isinstance(inner := part.get("image_url"), dict):
        yield Attachment(Kind.PICTURE, _text(inner, "url"), detail=_text(inner, "detail") or "auto")
    elif kind == "file" and isinstance(inner := part.get("file"), dict):
        yield Attachment(Kind.FILE, _text(inner, "file_data"), _text(inner, "filename"), only_pdf=True)


def _text(part: Mapping[str, object], name: str) -> str:
    value = part.get(name)
    return value if isinstance(value, str) else ""


def look(attachment: Attachment) -> Attachment:
    """The attachment with what is in it and without its bytes; ApiError 400 where it cannot be read. Blocks."""
    if attachment.kind is Kind.PICTURE:
        given = read_data_url(attachment.source, "image_url")
        _check_picture_type(given.media_type)
        return replace(attachment, source="", seen=describe_picture(given.data, "image_url"))
    return replace(attachment, source="", seen=_file_line(attachment))


def _check_picture_type(media_type: str) -> None:
    if not media_type.startswith("image/"):
        message = "Invalid 'image_url'. Expected a base64-encoded data URL with an image MIME type"
        raise ApiError(400, f"{message}, but got '{media_type}'.", code="invalid_value", param="image_url")


def _file_line(attachment: Attachment) -> str:
    given = read_data_url(attachment.source, "file_data")
    if attachment.only_pdf and given.media_type != PDF:
        message = f"Invalid file data: '{given.media_type}'. Expected a PDF (application/pdf)."
        raise ApiError(400, message, code="invalid_value", param="file_data")
    if not 0 < len(given.data) <= _LARGEST_FILE:
        message = f"Invalid file: {len(given.data)} bytes. Expected 1 to {_LARGEST_FILE}."
        raise ApiError(400, message, code="invalid_file", param="file_data")
    return ", ".join((attachment.name or "unnamed", _media_type(given, attachment.name), *_pages(given)))


def _media_type(given: Bytes, name: str) -> str:
    guessed = mimetypes.guess_type(name)[0] if given.media_type == "application/octet-stream" else None
    return guessed or given.media_type


def _pages(given: Bytes) -> Iterator[str]:
    if given.media_type != PDF:
        return
    try:
        count = len(PdfReader(io.BytesIO(given.data)).pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        message = "The file you provided is not a valid PDF."
        raise ApiError(400, message, code="invalid_file", param="file_data") from problem
    yield f"{count} page" if count == 1 else f"{count} pages"
