"""Text can be read on its ground: 4.5:1 in light and in dark, as WCAG AA asks."""

import re
from pathlib import Path

import pytest

import playground.page

SHEET = (Path(playground.page.__file__).parent / "static" / "colours.css").read_text(encoding="utf-8")
PAIRS = {name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", SHEET)}
TINTS = re.findall(r"\.tint-\d { background: (#\w{6}); }", SHEET)

TEXT_ON = {
    "ground": ("text", "muted", "accent", "link", "warn", "danger"),
    "raised": ("text", "muted", "accent"),
    "sunken": ("text", "muted", "accent", "code-keyword", "code-name", "code-string", "code-number", "code-comment"),
    "hover": ("text", "muted", "link", "danger"),
    "accent-soft": ("accent", "text"),
    "warn-soft": ("warn",),
    "accent": ("on-accent",),
    "danger": ("on-danger",),
    "side": ("side-text", "side-strong", "side-muted"),
    "side-hover": ("side-text",),
    "side-current": ("side-strong",),
}


def brightness(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((brightness(one), brightness(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ground", "text"), [(ground, text) for ground, texts in TEXT_ON.items() for text in texts])
def test_text_stands_out(ground: str, text: str, theme: int) -> None:
    assert contrast(PAIRS[ground][theme], PAIRS[text][theme]) >= 4.5


def test_initials_stand_out() -> None:
    assert len(TINTS) == 8
    assert min(contrast(tint, "#ffffff") for tint in (*TINTS, "#0b7a6b")) >= 4.5
