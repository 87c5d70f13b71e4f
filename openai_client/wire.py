"""Reading JSON from a server that may send anything: typed getters that never raise, and text fit to be shown."""

import re
from collections.abc import Mapping
from typing import cast

from openai_client.events import Json

# Control characters but for newline and tab, the replacement character, and halves of surrogate pairs: compatible
# servers send them in the middle of text, and chat platforms and databases refuse them.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd\ud800-\udfff]")


_MOST_TOKENS = 1_000_000_000


def clean(text: str) -> str:
    """`text` without what cannot be shown or stored."""
    return _UNFIT.sub("", text)


def string(source: Mapping[str, object], name: str) -> str:
    """The string under `name`, or "" where there is none."""
    value = source.get(name)
    return value if isinstance(value, str) else ""


def number(source: Mapping[str, object], name: str) -> int:
    """The whole number under `name`, or 0 where there is none."""
    value = source.get(name)
    return value if isinstance(value, int) else 0


def tokens(source: Mapping[str, object], name: str) -> int:
    """The count of tokens under `name`: a server may send anything, but nobody has used less than none."""
    return min(max(0, number(source, name)), _MOST_TOKENS)


def as_object(value: object) -> Json:
    """`value` if it is a JSON object, else an empty one."""
    return cast(Json, value) if isinstance(value, dict) else {}


def child(source: Mapping[str, object], name: str) -> Json:
    """The object under `name`, or an empty one."""
    return as_object(source.get(name))


def children(source: Mapping[str, object], name: str) -> list[Json]:
    """The objects in the array under `name`; anything else in it is left out."""
    value = source.get(name)
    return [cast(Json, entry) for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
