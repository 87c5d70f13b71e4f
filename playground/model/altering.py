"""Pictures that the offline model changes: it works on the very pixels that it was sent. Everything here blocks."""

import hashlib
import re
from collections.abc import Callable

from PIL import Image, ImageFilter, ImageOps

from playground.model.colours import PALETTE, Rgb, mentioned
from playground.model.drawing import NIGHT
from playground.model.image_orders import ImageOrder
from playground.model.shapes import canvas, named_shapes

_ZOOM = 1.5
_INSET = 0.2  # width of further pictures, as a fraction of the first one's
_NIGHT_RAMP: tuple[Rgb, Rgb] = ((2, 4, 18), (34, 50, 118))

Change = Callable[[Image.Image], Image.Image]


def alter(order: ImageOrder, number: int) -> Image.Image:
    """The first picture of the order, changed as its prompt says; with a mask only where that is transparent.

    Further pictures are set into its lower edge.
    """
    first = order.pictures[0].convert("RGBA")
    changed = first.copy()
    for change in _changes(order.prompt, number):
        changed = change(changed).convert("RGBA")
    _inset(changed, order.pictures[1:])
    changed.putalpha(first.getchannel("A"))
    if order.mask is not None:
        changes_here = order.mask.convert("RGBA").getchannel("A").point(lambda alpha: 255 if alpha == 0 else 0)
        changed = Image.composite(changed, first, changes_here)
    return changed if changed.size == order.pixels() else changed.resize(order.pixels())


def _changes(prompt: str, number: int) -> list[Change]:
    words = [change for pattern, change in _CHANGES.items() if re.search(rf"\b(?:{pattern})\b", prompt, re.IGNORECASE)]
    colours = [_tint_of(name) for name in mentioned(prompt)[:1]]
    night: list[Change] = [_night] if NIGHT.search(prompt) else []
    shapes = [_add(prompt)] if named_shapes(prompt) else []
    return [*words, *colours, *night, *shapes] or [_turn_hues(prompt, number)]


def _night(picture: Image.Image) -> Image.Image:
    blue = ImageOps.colorize(picture.convert("L"), *_NIGHT_RAMP).convert("RGBA")
    return Image.blend(blue, picture.point(lambda channel: channel // 3), 0.2)


def _tint_of(name: str) -> Change:
    if name == "grey":
        return lambda picture: picture.convert("L")
    colour = PALETTE[name]
    darker = _mixed(colour, (0, 0, 0), 0.35)
    lighter = _mixed(colour, (255, 255, 255), 0.35)

    def tint(picture: Image.Image) -> Image.Image:
        bright = picture.convert("L").point(lambda light: 96 + light * 6 // 10)  # dark ones are not to stay so
        return ImageOps.colorize(bright, darker, lighter, colour)

    return tint


def _mixed(colour: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def _bigger(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    left, top = width * (1 - 1 / _ZOOM) / 2, height * (1 - 1 / _ZOOM) / 2
    return picture.resize(picture.size, box=(left, top, width - left, height - top))


def _smaller(picture: Image.Image) -> Image.Image:
    small = picture.resize((max(1, round(picture.width / _ZOOM)), max(1, round(picture.height / _ZOOM))))
    ground = picture.resize((1, 1), Image.Resampling.BOX).resize(picture.size)
    ground.paste(small, ((picture.width - small.width) // 2, (picture.height - small.height) // 2))
    return ground


def _brighter(picture: Image.Image) -> Image.Image:
    return picture.point(lambda channel: min(255, channel * 3 // 2 + 24))


def _blur(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(max(2, min(picture.size) / 60)))


def _add(prompt: str) -> Change:
    def draw(picture: Image.Image) -> Image.Image:
        on = canvas(picture.copy(), NIGHT.search(prompt) is not None)
        for shape in named_shapes(prompt):
            shape(on)
        return on.picture

    return draw


def _turn_hues(prompt: str, number: int) -> Change:
    """For prompts without a word that it knows: other hues, and a frame so that grey pictures change too."""
    seed = hashlib.sha256(f"{number} {prompt}".encode()).digest()
    turn = 60 + seed[0] % 130
    colour = tuple(PALETTE.values())[seed[1] % len(PALETTE)]

    def change(picture: Image.Image) -> Image.Image:
        hue, saturation, value = picture.convert("HSV").split()
        turned = Image.merge("HSV", (hue.point(lambda angle: (angle + turn) % 256), saturation, value)).convert("RGB")
        edge = max(1, min(picture.size) // 40)
        inner = turned.crop((edge, edge, max(edge + 1, picture.width - edge), max(edge + 1, picture.height - edge)))
        framed = Image.new("RGB", picture.size, colour)
        framed.paste(inner, (edge, edge))
        return framed

    return change


def _inset(picture: Image.Image, others: tuple[Image.Image, ...]) -> None:
    side = max(1, round(picture.width * _INSET))
    for at, other in enumerate(others):
        small = ImageOps.contain(other.convert("RGBA"), (side, side))
        picture.paste(small, (at * side, picture.height - small.height))


_CHANGES: dict[str, Change] = {
    "mirror(?:ed)?|flip(?:ped)?": ImageOps.mirror,
    "upside down": ImageOps.flip,
    "bigger|larger|closer|zoom": _bigger,
    "smaller": _smaller,
    "brighter|lighter|day": _brighter,
    "blur(?:red|ry)?": _blur,
    "invert(?:ed)?": lambda picture: ImageOps.invert(picture.convert("RGB")),
}
