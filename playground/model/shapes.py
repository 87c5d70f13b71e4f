"""Simple things that the offline model can draw, each placed by fractions of the picture."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from playground.model.colours import Rgb

LIGHT: Rgb = (255, 236, 150)
_SHADE = 0.45  # what is left of a colour at night


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture with a pen; places are fractions of its width and height."""

    picture: Image.Image
    pen: ImageDraw.ImageDraw
    dark: bool

    def at(self, *places: float) -> list[tuple[float, float]]:
        """Pixels of x, y, x, y, …"""
        width, height = self.picture.size
        return [(x * width, y * height) for x, y in zip(places[::2], places[1::2], strict=True)]

    def box(self, left: float, top: float, right: float, bottom: float, colour: Rgb) -> None:
        self.pen.rectangle(self.at(left, top, right, bottom), fill=self.shade(colour))

    def shape(self, colour: Rgb, *places: float) -> None:
        self.pen.polygon(self.at(*places), fill=self.shade(colour))

    def disc(self, x: float, y: float, radius: float, colour: Rgb, lit: bool = False) -> None:
        """A circle; `radius` is a fraction of the shorter side. One that is `lit` shines at night too."""
        (centre,) = self.at(x, y)
        reach = radius * min(self.picture.size)
        around = (centre[0] - reach, centre[1] - reach, centre[0] + reach, centre[1] + reach)
        self.pen.ellipse(around, fill=colour if lit else self.shade(colour))

    def shade(self, colour: Rgb) -> Rgb:
        """The colour as it looks in this light."""
        if not self.dark:
            return colour
        red, green, blue = (round(channel * _SHADE) for channel in colour)
        return red, green, blue


def canvas(picture: Image.Image, dark: bool) -> Canvas:
    return Canvas(picture, ImageDraw.Draw(picture), dark)


def named_shapes(words: str) -> Sequence[Callable[[Canvas], None]]:
    """What a text names, in an order in which nearer things come last."""
    return [draw for word, draw in _SHAPES.items() if re.search(rf"\b{word}s?\b", words, re.IGNORECASE)]


def _sun(on: Canvas) -> None:
    on.disc(0.8, 0.2, 0.1, (250, 200, 60), lit=True)


def _moon(on: Canvas) -> None:
    on.disc(0.78, 0.18, 0.07, (236, 236, 220), lit=True)


def _hill(on: Canvas) -> None:
    on.shape((96, 130, 96), 0, 0.8, 0.3, 0.5, 0.55, 0.7, 0.8, 0.55, 1, 0.75, 1, 1, 0, 1)


def _sea(on: Canvas) -> None:
    on.box(0, 0.8, 1, 1, (44, 104, 150))


def _tree(on: Canvas) -> None:
    on.box(0.165, 0.62, 0.195, 0.82, (110, 72, 40))
    on.disc(0.18, 0.54, 0.12, (52, 132, 62))


def _house(on: Canvas) -> None:
    on.box(0.34, 0.56, 0.62, 0.82, (226, 206, 176))
    on.shape((160, 62, 48), 0.3, 0.57, 0.48, 0.4, 0.66, 0.57)
    on.box(0.45, 0.68, 0.51, 0.82, (110, 72, 40))
    on.pen.rectangle(on.at(0.37, 0.61, 0.42, 0.66), fill=LIGHT if on.dark else (150, 190, 220))


def _lighthouse(on: Canvas) -> None:
    if on.dark:
        on.pen.polygon(on.at(0.5, 0.24, 0, 0.1, 0, 0.34), fill=LIGHT)
    on.shape((90, 84, 80), 0.32, 0.84, 0.4, 0.76, 0.6, 0.76, 0.68, 0.84)
    on.shape((238, 236, 230), 0.43, 0.78, 0.46, 0.28, 0.54, 0.28, 0.57, 0.78)
    on.shape((196, 54, 46), 0.436, 0.68, 0.442, 0.58, 0.558, 0.58, 0.564, 0.68)
    on.shape((196, 54, 46), 0.448, 0.48, 0.454, 0.38, 0.546, 0.38, 0.552, 0.48)
    on.box(0.465, 0.2, 0.535, 0.28, (60, 60, 66))
    on.disc(0.5, 0.24, 0.025, LIGHT, lit=True)
    on.shape((196, 54, 46), 0.45, 0.2, 0.5, 0.14, 0.55, 0.2)


def _boat(on: Canvas) -> None:
    on.shape((140, 80, 44), 0.62, 0.82, 0.9, 0.82, 0.85, 0.89, 0.67, 0.89)
    on.box(0.752, 0.58, 0.76, 0.82, (90, 60, 40))
    on.shape((246, 244, 236), 0.765, 0.6, 0.765, 0.79, 0.87, 0.79)


def _flower(on: Canvas) -> None:
    on.box(0.296, 0.72, 0.304, 0.88, (52, 132, 62))
    for x, y in ((0.27, 0.7), (0.33, 0.7), (0.3, 0.67), (0.3, 0.73)):
        on.disc(x, y, 0.028, (222, 84, 130))
    on.disc(0.3, 0.7, 0.02, (240, 200, 60))


_SHAPES: dict[str, Callable[[Canvas], None]] = {
    "sun": _sun,
    "(?:moon|night)": _moon,
    "(?:hill|mountain)": _hill,
    "(?:sea|ocean|lake|lighthouse|boat|ship)": _sea,
    "tree": _tree,
    "house": _house,
    "lighthouse": _lighthouse,
    "(?:boat|ship)": _boat,
    "flower": _flower,
}
