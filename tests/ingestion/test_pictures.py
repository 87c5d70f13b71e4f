"""What becomes of pictures, in the real child process."""

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from message_processor.ingestion.child import Found
from tests.ingestion import samples
from tests.ingestion.reading import read


def opened(found: Found) -> Image.Image:
    """The picture that the model would get."""
    assert found.picture is not None
    picture = Image.open(io.BytesIO(found.picture))
    assert (picture.size, Image.MIME[picture.format or ""]) == ((found.width, found.height), found.media_type)
    return picture


def saved(picture: Image.Image, format_name: str = "PNG") -> bytes:
    """A file of a picture."""
    out = io.BytesIO()
    picture.save(out, format_name)
    return out.getvalue()


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "GIF", "WEBP"])
async def test_bytes_decide_what_a_picture_is_not_its_name(tmp_path: Path, format_name: str) -> None:
    found, notes = await read(tmp_path, samples.picture(format_name, 60, 40, "red"), "report.pdf")
    red, green, blue = opened(found).convert("RGB").resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    assert red > 240
    assert green < 15
    assert blue < 15
    assert found.original_media_type == f"image/{format_name.lower()}"
    assert notes.found == []


async def test_a_large_picture_is_scaled_and_its_own_size_told(tmp_path: Path) -> None:
    found, _ = await read(tmp_path, samples.png(5_000, 2_500))
    assert (found.width, found.height) == (2_048, 1_024)
    assert (found.original_width, found.original_height) == (5_000, 2_500)
    opened(found)


async def test_a_small_picture_keeps_its_size(tmp_path: Path) -> None:
    found, _ = await read(tmp_path, samples.png(31, 17))
    assert opened(found).size == (31, 17)


async def test_a_photo_is_turned_upright(tmp_path: Path) -> None:
    sideways = Image.new("RGB", (200, 100), "white")
    sideways.paste("black", (0, 0, 100, 100))  # its left half is the top when the camera is turned
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    sideways.save(out, "JPEG", exif=exif)
    found, _ = await read(tmp_path, out.getvalue())
    upright = opened(found).convert("L")
    assert upright.size == (found.original_width, found.original_height) == (100, 200)
    assert upright.getpixel((50, 20)) == 0
    assert upright.getpixel((50, 180)) == 255


async def test_of_a_moving_picture_the_first_frame_is_seen(tmp_path: Path) -> None:
    out = io.BytesIO()
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("red", "blue", "green")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    found, _ = await read(tmp_path, out.getvalue())
    assert opened(found).convert("RGB").getpixel((15, 15)) == (255, 0, 0)


async def test_transparency_stays(tmp_path: Path) -> None:
    found, _ = await read(tmp_path, samples.png(20, 20, (10, 20, 30, 40)))
    assert opened(found).getpixel((5, 5)) == (10, 20, 30, 40)


@pytest.mark.parametrize(("mode", "media_type"), [("RGB", "image/jpeg"), ("RGBA", "image/png")])
async def test_a_picture_that_does_not_compress_stays_small_enough(tmp_path: Path, mode: str, media_type: str) -> None:
    noise = Image.frombytes(mode, (1_500, 1_500), os.urandom(1_500 * 1_500 * len(mode)))
    found, _ = await read(tmp_path, saved(noise))
    assert found.media_type == media_type
    assert len(found.picture or b"") <= 4_000_000
    opened(found)


@pytest.mark.parametrize(
    ("mode", "format_name"), [("I;16", "PNG"), ("1", "PNG"), ("P", "GIF"), ("CMYK", "JPEG"), ("LA", "PNG")]
)
async def test_pictures_of_every_depth_are_seen(tmp_path: Path, mode: str, format_name: str) -> None:
    found, _ = await read(tmp_path, saved(Image.new(mode, (40, 30)), format_name))
    assert opened(found).size == (40, 30)


async def test_a_deep_grey_keeps_its_brightness(tmp_path: Path) -> None:
    found, _ = await read(tmp_path, saved(Image.new("I;16", (10, 10), 32_768)))
    assert opened(found).getpixel((5, 5)) == 128


async def test_nothing_else_that_the_file_carries_gets_through(tmp_path: Path) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "the place where I live"
    Image.new("RGB", (30, 30)).save(out, "JPEG", exif=exif, comment=b"the place where I live")
    found, _ = await read(tmp_path, out.getvalue() + b"the place where I live")
    assert b"the place" not in (found.picture or b"")
