"""Pictures and documents made for tests of the offline model."""

import base64
import io

from PIL import Image
from pypdf import PdfWriter

RED, BLUE, NIGHT, GREY = (220, 30, 30), (30, 60, 220), (14, 22, 66), (128, 128, 128)


def picture_bytes(
    colour: tuple[int, ...] = RED, size: tuple[int, int] = (64, 48), kind: str = "PNG", mode: str = "RGB"
) -> bytes:
    """A picture of one colour."""
    written = io.BytesIO()
    Image.new(mode, size, colour).save(written, kind)
    return written.getvalue()


def pdf_bytes(pages: int) -> bytes:
    """Empty pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def data_url(data: bytes, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def opened(encoded: str | None) -> Image.Image:
    """A picture from the base64 that a server gave."""
    assert encoded is not None
    picture = Image.open(io.BytesIO(base64.b64decode(encoded)))
    picture.load()
    return picture
