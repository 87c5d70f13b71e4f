"""Pictures that the offline model draws: equal prompts give equal pictures. Everything here blocks."""

import hashlib
import random
import re

from PIL import Image, ImageOps

from playground.model.colours import PALETTE, Rgb, mentioned
from playground.model.image_orders import ImageOrder
from playground.model.shapes import Canvas, canvas, named_shapes

NIGHT = re.compile(r"\b(?:night|dark|midnight)\b", re.IGNORECASE)
_SKY: Rgb = (150, 200, 236)
_NIGHT_SKY: Rgb = (16, 26, 74)
_SMOOTH_BELOW = 2_000_000  # pixels; larger pictures are drawn without smoothing, to be quick
_STARS = 60


def draw(order: ImageOrder, number: int) -> Image.Image:
    """The picture with this number (from 0) of an order."""
    width, height = order.pixels()
    scale = 2 if width * height < _SMOOTH_BELOW else 1
    dark = NIGHT.search(order.prompt) is not None
    picture = _background(order, (width * scale, height * scale), dark)
    dice = random.Random(hashlib.sha256(f"{number} {order.prompt}".encode()).digest())  # noqa: S311  # equal each time
    on = canvas(picture, dark)
    if dark and order.background != "transparent":
        _stars(on, dice)
    shapes = named_shapes(order.prompt)
    for shape in shapes:
        shape(on)
    if not shapes:
        _abstract(on, dice)
    elif number:
        on.disc(0.06 + 0.1 * number, 0.93, 0.025, PALETTE["white"])  # so that several pictures differ
    return picture.reduce(scale) if scale > 1 else picture


def ground(colour: Rgb, size: tuple[int, int]) -> Image.Image:
    """The colour from top to bottom, a little lighter there."""
    lighter = tuple(round(channel + (255 - channel) * 0.15) for channel in colour)
    ramp = Image.linear_gradient("L").resize(size)
    return ImageOps.colorize(ramp, colour, (lighter[0], lighter[1], lighter[2]))


def _background(order: ImageOrder, size: tuple[int, int], dark: bool) -> Image.Image:
    if order.background == "transparent":
        return Image.new("RGBA", size, (0, 0, 0, 0))
    named = mentioned(order.prompt)
    colour = PALETTE[named[0]] if named else _NIGHT_SKY if dark else _SKY
    if dark and named:
        red, green, blue = (channel // 3 for channel in colour)
        colour = (red, green, blue)
    return ground(colour, size)


def _stars(on: Canvas, dice: random.Random) -> None:
    for _ in range(_STARS):
        on.disc(dice.random(), dice.random() * 0.5, 0.002, (240, 240, 220), lit=True)


def _abstract(on: Canvas, dice: random.Random) -> None:
    """Rings and triangles in the middle; the background stays the larger part."""
    colours = list(PALETTE.values())
    for _ in range(7):
        x, y, colour = 0.2 + dice.random() * 0.6, 0.2 + dice.random() * 0.6, dice.choice(colours)
        if dice.random() < 0.6:
            on.disc(x, y, 0.03 + dice.random() * 0.08, colour)
        else:
            on.shape(colour, x, y, x + dice.random() * 0.2, y + 0.02, x + 0.05, y + dice.random() * 0.2)
