"""What a picture's header says. Only for pictures from a source of our own: those of people go to a child process."""

import io

from PIL import Image, UnidentifiedImageError


def dimensions_of(data: bytes) -> str:
    """ "WIDTHxHEIGHT" in pixels, or "" where it cannot be told. Reads the header; blocks for a moment."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return f"{picture.width}x{picture.height}"
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return ""
