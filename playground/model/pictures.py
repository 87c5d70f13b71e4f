"""Pictures that a call brings: as strict about their bytes as OpenAI."""

import base64
import binascii
import io
import re
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from playground.model.colours import main_colour
from playground.model.errors import ApiError

LARGEST = 50 * 1024 * 1024  # bytes of one picture
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_MOST_PIXELS = 100_000_000
_DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+)?(?:;[\w=.+-]+)*?;base64,", re.IGNORECASE)
_BROKEN = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,  # raised where warnings are errors
)


@dataclass(frozen=True, slots=True)
class Bytes:
    """What a data URL held."""

    media_type: str
    data: bytes


def read_data_url(url: str, place: str) -> Bytes:
    """The bytes of a base64 data URL; ApiError 400 where it is none. Links are refused: the model is offline."""
    if not (found := _DATA_URL.match(url)):
        if url.lower().startswith(("http://", "https://")):
            message = "Error while downloading the file: the offline model opens no links."
            raise ApiError(400, message, code="invalid_image_url", param=place)
        raise ApiError(
            400, f"Invalid '{place}'. Expected a base64-encoded data URL.", code="invalid_value", param=place
        )
    try:
        data = base64.b64decode(url[found.end() :], validate=True)
    except (binascii.Error, ValueError) as problem:
        raise ApiError(400, f"Invalid '{place}': broken base64.", code="invalid_base64", param=place) from problem
    return Bytes((found[1] or "text/plain").lower(), data)


def open_picture(data: bytes, place: str, formats: tuple[str, ...] = FORMATS) -> Image.Image:
    """The decoded picture (of an animation its first frame); ApiError 400 where it is none of these formats."""
    if len(data) > LARGEST:
        message = f"Image too large: {len(data)} bytes. The maximum is {LARGEST} bytes."
        raise ApiError(400, message, code="image_too_large", param=place)
    try:
        picture = Image.open(io.BytesIO(data))
    except _BROKEN as problem:
        raise _invalid(place) from problem
    if picture.format not in formats:
        known = [name.lower() for name in formats]
        message = "You uploaded an unsupported image. Please make sure your image has one of the following formats"
        raise ApiError(400, f"{message}: {known}.", code="unsupported_image", param=place)
    if picture.width * picture.height > _MOST_PIXELS:
        message = f"Image too large: {picture.width} x {picture.height} pixels."
        raise ApiError(400, message, code="image_too_large", param=place)
    try:
        picture.load()
    except _BROKEN as problem:
        raise _invalid(place) from problem
    return picture


def describe_picture(data: bytes, place: str) -> str:
    """Its size and main colour, as in "800 x 600 px, mostly red"; ApiError 400 where it is no picture."""
    picture = open_picture(data, place)
    return f"{picture.width} x {picture.height} px, mostly {main_colour(picture)}"


def _invalid(place: str) -> ApiError:
    message = "The image data you provided does not represent a valid image."
    return ApiError(400, message, code="invalid_image", param=place)
