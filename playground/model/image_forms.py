"""The multipart form in which pictures to be changed arrive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web
from PIL import Image

from playground.model.errors import ApiError, missing, wrong_value
from playground.model.image_orders import EDITED_FORMATS, MOST_PICTURES, Act, ImageOrder, check_mask, read_order
from playground.model.pictures import open_picture

_LARGEST_MASK = 4 * 1024 * 1024  # bytes
_NUMBERS = frozenset({"n", "output_compression", "partial_images"})
_PICTURES = ("image", "image[]")

Form = Sequence[tuple[str, str | bytes | bytearray | web.FileField]]
"""Fields in their order; a name may come several times."""


@dataclass(frozen=True, slots=True)
class EditForm:
    """A form as read: its plain fields with their types, and its files by field."""

    fields: Mapping[str, object]
    pictures: tuple[bytes, ...]
    mask: bytes | None

    def order(self) -> ImageOrder:
        """The order with its pictures decoded; ApiError 400 where one is none. Blocks."""
        pictures = tuple(open_picture(data, "image", EDITED_FORMATS) for data in self.pictures)
        mask: Image.Image | None = None
        if self.mask is not None:
            if len(self.mask) > _LARGEST_MASK:
                raise ApiError(400, "Invalid mask image: larger than 4 MB.", code="image_too_large", param="mask")
            mask = open_picture(self.mask, "mask", ("PNG",))
            check_mask(mask, pictures[0])
        return read_order(Act.EDIT, self.fields, pictures, mask)


async def read_form(request: web.Request) -> Form:
    """The form of a call; ApiError 400 where there is none."""
    if request.content_type != "multipart/form-data":
        message = f"Invalid content type: '{request.content_type}'. Expected 'multipart/form-data'."
        raise ApiError(400, message, code="unsupported_content_type")
    try:
        return tuple((await request.post()).items())
    except ValueError as problem:
        raise ApiError(400, "We could not parse the form of your request.") from problem


def shown_form(form: Form) -> dict[str, object]:
    """The form for the journal: names, types and sizes instead of the bytes of files."""
    shown: dict[str, object] = {}
    for name, value in form:
        if not isinstance(value, web.FileField):
            shown[name] = _typed(name, value)
            continue
        length = value.file.seek(0, 2)
        value.file.seek(0)
        files = shown.setdefault(name, [])
        if isinstance(files, list):
            files.append(f"{value.filename} {value.content_type} ({length} bytes)")
    return shown


def plain_fields(form: Form) -> dict[str, object]:
    """The fields that are no files, numbers and switches as such."""
    return {name: _typed(name, value) for name, value in form if not isinstance(value, web.FileField)}


def read_files(form: Form) -> EditForm:
    """The form with the bytes of its files; ApiError 400 where there is no picture. Blocks."""
    pictures = tuple(_bytes(name, value) for name, value in form if name in _PICTURES)
    if not pictures:
        raise missing("image")
    if len(pictures) > MOST_PICTURES:
        raise wrong_value("image", f"Invalid 'image': at most {MOST_PICTURES} images.", "array_above_max_length")
    mask = next((_bytes(name, value) for name, value in form if name == "mask"), None)
    return EditForm(plain_fields(form), pictures, mask)


def _bytes(name: str, value: object) -> bytes:
    if not isinstance(value, web.FileField):
        raise wrong_value(name, f"Invalid '{name}': expected a file.", "invalid_type")
    return value.file.read()


def _typed(name: str, value: str | bytes | bytearray) -> object:
    text = value if isinstance(value, str) else value.decode("utf-8", "replace")
    if name in _NUMBERS and text.isdecimal() and len(text) < 10:
        return int(text)
    if name == "stream" and text in ("true", "false"):
        return text == "true"
    return text
