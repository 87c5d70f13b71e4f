"""Bytes to text. Guesses by statistics are worse than this order: BOM, strict UTF-8, UTF-16 by its NULs, cp1252."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 65_536
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_FEW = 0.005
"""Share of control bytes above which bytes are no text."""


def decode(data: bytes, charset: str = "") -> str:
    """Never fails; `charset` is what the file says of itself, heard when it is not UTF-8."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace").removeprefix("\ufeff")
    if wide := _wide(data):
        return data.decode(wide, "replace")
    try:
        # A sample may end inside a character: that alone does not make it something else than UTF-8.
        return codecs.getincrementaldecoder("utf-8")("strict").decode(data)
    except UnicodeDecodeError:
        return data.decode(_known(charset) or "cp1252", "replace")


def looks_like_text(data: bytes) -> bool:
    """Whether it is worth decoding."""
    if any(data.startswith(bom) for bom, _ in _BOMS) or _wide(data):
        return True
    sample = data[:_SAMPLE]
    return b"\0" not in sample and len(_CONTROL.findall(sample)) <= len(sample) * _FEW


def _wide(data: bytes) -> str:
    """UTF-16 of mostly Latin text: nearly every second byte is NUL, and nearly none of the others."""
    sample = data[: _SAMPLE // 16]
    half = len(sample) // 2
    first, second = sample[::2].count(0), sample[1::2].count(0)
    if half and second > 0.7 * half and first < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if half and first > 0.7 * half and second < 0.05 * half else ""


def _known(charset: str) -> str:
    try:
        codec = codecs.lookup(charset) if charset else None
    except (LookupError, ValueError):
        return ""
    # Python's own codecs include some that are no charsets and unpack what they are given.
    return codec.name if codec and getattr(codec, "_is_text_encoding", True) else ""
