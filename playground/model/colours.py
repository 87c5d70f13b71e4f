"""The colours that the offline model knows by name, both ways: a name for a pixel, a pixel for a name."""

import colorsys
import re
from collections import Counter

from PIL import Image

Rgb = tuple[int, int, int]

PALETTE: dict[str, Rgb] = {
    "red": (208, 38, 38),
    "orange": (240, 136, 24),
    "yellow": (240, 212, 40),
    "green": (44, 150, 68),
    "turquoise": (36, 176, 180),
    "blue": (38, 92, 208),
    "purple": (130, 60, 180),
    "pink": (238, 110, 170),
    "brown": (122, 76, 36),
    "white": (246, 246, 246),
    "grey": (128, 128, 128),
    "black": (12, 12, 14),
}
_OTHER_SPELLINGS = {"gray": "grey", "violet": "purple", "cyan": "turquoise", "teal": "turquoise", "golden": "yellow"}
_NAMES = re.compile(rf"\b(?:{'|'.join((*PALETTE, *_OTHER_SPELLINGS))})\b", re.IGNORECASE)
_HUES = ((15, "red"), (43, "orange"), (70, "yellow"), (165, "green"), (195, "turquoise"), (258, "blue"))
_MORE_HUES = ((292, "purple"), (340, "pink"), (361, "red"))
_SAMPLE = (32, 32)  # pixels that vote on the main colour
_TRANSPARENT = 128  # alpha below which a pixel has no vote


def mentioned(words: str) -> list[str]:
    """The colours that a text names, in its order."""
    found = (name.lower() for name in _NAMES.findall(words))
    return [_OTHER_SPELLINGS.get(name, name) for name in found]


def main_colour(picture: Image.Image) -> str:
    """The name that most of its pixels have; "transparent" when hardly any can be seen."""
    sample = picture.convert("RGBA").resize(_SAMPLE, Image.Resampling.BOX).tobytes()
    pixels = [sample[at : at + 4] for at in range(0, len(sample), 4)]
    votes = Counter(name_of((red, green, blue)) for red, green, blue, alpha in pixels if alpha >= _TRANSPARENT)
    if sum(votes.values()) * 20 < len(pixels):
        return "transparent"
    return min(votes, key=lambda name: (-votes[name], name))


def name_of(pixel: Rgb) -> str:
    """What people call this colour."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in pixel))
    if value < 0.13:
        return "black"
    if saturation < 0.14:
        return "white" if value > 0.85 else "grey"
    name = next(name for limit, name in (*_HUES, *_MORE_HUES) if hue * 360 < limit)
    if name in ("orange", "yellow") and value < 0.62:
        return "brown"
    if name == "red" and value > 0.75 and saturation < 0.5:
        return "pink"
    return f"dark {name}" if value < 0.5 and name in ("red", "green", "blue", "purple") else name
