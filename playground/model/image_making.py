"""Pictures made to order: drawn or changed, encoded, with the blurred versions that come while one waits."""

import asyncio
import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image

from playground.model.altering import alter
from playground.model.drawing import draw
from playground.model.image_orders import Act, ImageOrder
from playground.model.workshop import Workshop

_BLURS = (32, 12, 5)  # what remains of the sides in a partial picture is one such part
_OPAQUE_ONLY = ("jpeg",)


@dataclass(frozen=True, slots=True)
class MadePicture:
    """A picture and its partial versions, base64 of the encoded bytes."""

    data: str
    partial: tuple[str, ...]


async def make(order: ImageOrder, workshop: Workshop) -> list[MadePicture]:
    """All pictures of an order, side by side."""
    return await asyncio.gather(*(workshop.run(_make, order, number) for number in range(order.count)))


def usage(order: ImageOrder) -> Mapping[str, object]:
    """Tokens: four characters, or so many pixels, are one."""
    words = -(-len(order.prompt) // 4)
    seen = sum(picture.width * picture.height // 1_024 + 1 for picture in order.pictures)
    width, height = order.pixels()
    made = order.count * (width * height // 256 + 1)
    return {
        "input_tokens": words + seen,
        "input_tokens_details": {"text_tokens": words, "image_tokens": seen},
        "output_tokens": made,
        "output_tokens_details": {"text_tokens": 0, "image_tokens": made},
        "total_tokens": words + seen + made,
    }


def _make(order: ImageOrder, number: int) -> MadePicture:
    picture = draw(order, number) if order.act is Act.GENERATION else alter(order, number)
    blurs = _BLURS[: order.partial_images] if order.stream else ()
    partial = tuple(_encoded(_blurred(picture, blur), order) for blur in blurs)
    return MadePicture(_encoded(picture, order), partial)


def _blurred(picture: Image.Image, blur: int) -> Image.Image:
    small = picture.resize((max(1, picture.width // blur), max(1, picture.height // blur)), Image.Resampling.BOX)
    return small.resize(picture.size, Image.Resampling.BICUBIC)


def _encoded(picture: Image.Image, order: ImageOrder) -> str:
    if order.output_format in _OPAQUE_ONLY or order.background == "opaque":
        picture = picture.convert("RGB")
    written = io.BytesIO()
    picture.save(written, order.output_format.upper(), quality=max(1, order.compression))
    return base64.b64encode(written.getvalue()).decode()
