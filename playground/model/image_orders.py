"""What a call of the Images API orders: checked as strictly as OpenAI does."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image

from playground.model import checks
from playground.model.checks import Check
from playground.model.errors import ApiError, missing, wrong_value

LONGEST_PROMPT = 32_000  # characters
MOST_PICTURES = 16
USUAL_SIZE = (1024, 1024)
EDITED_FORMATS = ("PNG", "JPEG", "WEBP")
_STEP = 16  # pixels
_WIDEST_RATIO = 3
_LARGEST_SIDE = 3840
_MOST_PIXELS = 3840 * 2160
_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})")

_SHARED = """background input_fidelity model moderation n output_compression output_format partial_images prompt
quality safety_identifier size stream user"""
_ONLY_EDITS = "image image[] mask"


class Act(StrEnum):
    """What is done; its value begins the names of the events."""

    GENERATION = "image_generation"
    EDIT = "image_edit"


@dataclass(frozen=True, slots=True)
class ImageOrder:
    """`size` is None for "auto"; `compression` counts for JPEG and WebP. `pictures` are those to be changed."""

    act: Act
    prompt: str
    size: tuple[int, int] | None
    quality: str
    background: str
    output_format: str
    compression: int
    count: int
    partial_images: int
    stream: bool
    pictures: tuple[Image.Image, ...] = ()
    mask: Image.Image | None = None

    def pixels(self) -> tuple[int, int]:
        """Width and height of what will be made: a changed picture stays as large as it was."""
        return self.size or (self.pictures[0].size if self.pictures else USUAL_SIZE)


def check_order(act: Act, body: Mapping[str, object]) -> None:
    """Raises ApiError with status 400 at the first thing that does not fit."""
    known = set((_SHARED if act is Act.GENERATION else f"{_SHARED} {_ONLY_EDITS}").split())
    if unknown := sorted(body.keys() - known):
        raise wrong_value(unknown[0], f"Unknown parameter: '{unknown[0]}'.", "unknown_parameter")
    if not body.get("prompt"):
        raise missing("prompt")
    for name, test in _CHECKS.items():
        if body.get(name) is not None:
            test(name, body[name])
    _check_together(body)


def read_order(
    act: Act, body: Mapping[str, object], pictures: tuple[Image.Image, ...] = (), mask: Image.Image | None = None
) -> ImageOrder:
    """The order of a body that `check_order` has let pass."""
    size = _SIZE.fullmatch(_text(body, "size", "auto"))
    return ImageOrder(
        act=act,
        prompt=_text(body, "prompt", ""),
        size=(int(size[1]), int(size[2])) if size else None,
        quality=_text(body, "quality", "auto"),
        background=_text(body, "background", "auto"),
        output_format=_text(body, "output_format", "png"),
        compression=_number(body, "output_compression", 100),
        count=_number(body, "n", 1),
        partial_images=_number(body, "partial_images", 0),
        stream=body.get("stream") is True,
        pictures=pictures,
        mask=mask,
    )


def check_mask(mask: Image.Image, first: Image.Image) -> None:
    """Raises ApiError unless the mask has an alpha channel and the size of the first picture."""
    if mask.size != first.size:
        sizes = f"{mask.width}x{mask.height} and {first.width}x{first.height}"
        message = f"Invalid mask image: the mask and the first image must have the same size, but have {sizes}."
        raise ApiError(400, message, code="invalid_image", param="mask")
    if "A" not in mask.getbands() and "transparency" not in mask.info:
        raise ApiError(400, "Invalid mask image: it has no alpha channel.", code="invalid_image", param="mask")


def _check_size(name: str, value: object) -> None:
    checks.text()(name, value)
    if value == "auto":
        return
    if not (found := _SIZE.fullmatch(str(value))):
        raise wrong_value(name, f"Invalid value: '{value}'. Expected 'auto' or WIDTHxHEIGHT.")
    width, height = int(found[1]), int(found[2])
    problem = ""
    if not width or not height or width % _STEP or height % _STEP:
        problem = f"both sides must be multiples of {_STEP}"
    elif max(width, height) > _WIDEST_RATIO * min(width, height):
        problem = f"the ratio must be between 1:{_WIDEST_RATIO} and {_WIDEST_RATIO}:1"
    elif max(width, height) > _LARGEST_SIDE or width * height > _MOST_PIXELS:
        problem = "the largest size is 3840x2160"
    if problem:
        raise wrong_value(name, f"Invalid size '{value}': {problem}.")


def _check_together(body: Mapping[str, object]) -> None:
    form = body.get("output_format", "png")
    if body.get("background") == "transparent" and form == "jpeg":
        raise wrong_value("background", "Transparent background is not supported for output_format 'jpeg'.")
    if body.get("stream") is True and form == "gif":
        raise wrong_value("stream", "Streaming is not supported for output_format 'gif'.")


def _text(body: Mapping[str, object], name: str, usual: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else usual


def _number(body: Mapping[str, object], name: str, usual: int) -> int:
    value = body.get(name)
    return value if isinstance(value, int) else usual


_CHECKS: Mapping[str, Check] = {
    "model": checks.text(),
    "prompt": checks.text(LONGEST_PROMPT),
    "size": _check_size,
    "quality": checks.choice("auto", "low", "medium", "high", "xhigh", "max"),
    "background": checks.choice("auto", "opaque", "transparent"),
    "moderation": checks.choice("auto", "low"),
    "input_fidelity": checks.choice("low", "high"),
    "output_format": checks.choice("png", "jpeg", "webp", "gif"),
    "output_compression": checks.whole(0, 100),
    "n": checks.whole(1, 10),
    "partial_images": checks.whole(0, 3),
    "stream": checks.switch,
    "safety_identifier": checks.text(128),
    "user": checks.text(),
}
