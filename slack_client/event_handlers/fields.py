"""Reading the fields of Slack's payloads, where anything may stand in any of them."""

import re
from collections.abc import Mapping
from typing import TypeGuard

from slack_client.event_handlers.interaction import Json

_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")
"""A message's ts: without one that Slack knows there is nowhere to answer."""


def is_json(value: object) -> TypeGuard[Json]:
    """Whether the value is an object."""
    return isinstance(value, Mapping)


def text_of(source: object, *names: str) -> str:
    """The text at the end of a way through objects; empty where there is none."""
    for name in names:
        source = source.get(name) if isinstance(source, Mapping) else None
    return source if isinstance(source, str) else ""


def is_ts(value: str) -> bool:
    """Whether the text is a time as Slack writes it ("1700000000.000100")."""
    return _TS.fullmatch(value) is not None
