"""Pictures, scaled to what a model takes and encoded anew: nothing else that the file carries gets through."""

import io
import warnings
from collections.abc import Iterator

# Each plugin by name: Pillow would otherwise load dozens of them for WebP.
from PIL import (
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from message_processor.ingestion.reading.contents import Scaled, Source
from message_processor.ingestion.reading.unreadable import FileUnreadable, Unreadable

FORMATS = tuple(
    plugin.format
    for plugin in (
        PngImagePlugin.PngImageFile,
        JpegImagePlugin.JpegImageFile,
        GifImagePlugin.GifImageFile,
        WebPImagePlugin.WebPImageFile,
    )
)
LONGEST_SIDE = 2_048
LARGEST_BYTES = 4_000_000
MOST_PIXELS = 80_000_000
"""Decoded with transparency this is 320 MB, and a copy of it must fit beside it."""
_FEW_COLOURS = 16_384
_JPEG_QUALITIES = (85, 70, 50)
_SHRINK = 0.7

_DAMAGED = (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, EOFError, OverflowError)


def read(source: Source) -> Scaled:
    """The first frame. FileUnreadable."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(source.data), formats=FORMATS) as picture:
            return _scaled(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileUnreadable(Unreadable.TOO_MANY_PIXELS) from None
    except _DAMAGED as error:
        raise FileUnreadable(Unreadable.DAMAGED, type(error).__name__) from None


def _scaled(picture: Image.Image) -> Scaled:
    original_type = Image.MIME[picture.format or ""]
    original_size = picture.size
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG alone: decodes large ones at a fraction of their size
    upright = _plain(picture)
    rough = max(upright.size) // (2 * LONGEST_SIDE)
    if rough > 1:
        upright = _reduced(upright, rough)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    turned = ImageOps.exif_transpose(upright)
    if (turned.width > turned.height) != (upright.width > upright.height):
        original_size = (original_size[1], original_size[0])
    data, media_type, size = next(each for each in _encoded(turned) if len(each[0]) <= LARGEST_BYTES)
    return Scaled(data, media_type, *size, original_type, *original_size)


def _plain(picture: Image.Image) -> Image.Image:
    """In eight bits a channel, with transparency only where some pixel uses it. The orientation stays noted."""
    picture.load()
    if picture.mode.startswith(("I", "F")):
        picture = _eight_bits(picture)
    if picture.mode == "L" or (picture.mode == "RGB" and not picture.has_transparency_data):
        return picture
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    lowest, _ = clear.getchannel("A").getextrema()
    return clear if lowest != 255 else clear.convert("RGB")


def _reduced(picture: Image.Image, factor: int) -> Image.Image:
    """By averaging, which is quick; the rest of the way is the better filter's."""
    reduced = picture.reduce(factor)
    reduced.info = picture.info
    return reduced


def _eight_bits(picture: Image.Image) -> Image.Image:
    wide = picture.convert("I").point(lambda value: value * (1 / 256))
    return wide.convert("L")


def _encoded(picture: Image.Image) -> Iterator[tuple[bytes, str, tuple[int, int]]]:
    """Ever smaller ones, without end."""
    clear = picture.mode == "RGBA"
    lossless = clear or picture.getcolors(_FEW_COLOURS) is not None
    while True:
        if lossless:
            yield _saved(picture, "PNG"), "image/png", picture.size
        if not clear:
            for quality in _JPEG_QUALITIES:
                yield _saved(picture, "JPEG", quality), "image/jpeg", picture.size
        picture = picture.resize((max(1, int(picture.width * _SHRINK)), max(1, int(picture.height * _SHRINK))))


def _saved(picture: Image.Image, format_name: str, quality: int = 85) -> bytes:
    out = io.BytesIO()
    picture.info.clear()  # or a profile or comment of the original would be written with it
    picture.save(out, format_name, quality=quality, optimize=False)
    return out.getvalue()
