"""A picture's bytes out of an answer, and what kind of picture they are."""

import base64
import binascii
from urllib.parse import unquote_to_bytes

from openai_client.events import Json
from openai_client.wire import string

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"<svg", "image/svg+xml"),
    (b"<?xml", "image/svg+xml"),
)


def picture_type(data: bytes) -> str | None:
    """The media type by the first bytes, or None: no picture that is known."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((media for beginning, media in _BEGINNINGS if data.startswith(beginning)), None)


def decoded(entry: Json) -> bytes:
    """The bytes in `b64_json`, or in a `url` that holds the data itself; empty where there are none.

    Slow for large pictures: run it off the loop.
    """
    text = string(entry, "b64_json") or string(entry, "url")
    head, _, rest = text.partition(",")
    if head.startswith("data:"):
        return _base64(rest) if head.endswith(";base64") else unquote_to_bytes(rest)
    return _base64(string(entry, "b64_json"))


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return b""
