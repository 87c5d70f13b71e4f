"""The arguments of a Web API call, in whichever way they came."""

import json
import math
import re
from collections.abc import Sequence
from typing import TypeVar

from aiohttp import web

from playground.slack.wire import Json, JsonObject, SlackError

Choice = TypeVar("Choice", bound=str)
_TS = re.compile(r"\d{1,12}\.\d{6}")


async def read_arguments(request: web.Request) -> JsonObject:
    """Query string, form and JSON body together; a later one wins."""
    found: JsonObject = dict(request.query)
    if request.method != "POST":
        return found
    if request.content_type == "application/json":
        return found | read_object(await request.read())
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"} and request.can_read_body:
        found |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return found


def read_object(raw: bytes) -> JsonObject:
    """A JSON object, empty for no bytes at all."""
    try:
        body: Json = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        raise SlackError("invalid_json") from None
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return body


class Arguments:
    """Typed reading of arguments. A value of the wrong kind is refused with `invalid_arguments`."""

    def __init__(self, raw: JsonObject) -> None:
        self.raw = raw

    def text(self, name: str) -> str:
        """A text; empty where there is none."""
        value = self.raw.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        raise _invalid(f"must be a string [json-pointer:/{name}]")

    def required(self, name: str) -> str:
        """A text that has to be there."""
        if value := self.text(name):
            return value
        raise _invalid(f"missing required field: {name}")

    def has(self, name: str) -> bool:
        return self.raw.get(name) not in (None, "")

    def flag(self, name: str) -> bool:
        """True for true, 1, "1" and "true"."""
        return self.raw.get(name) in (True, 1, "1", "true", "True")

    def number(self, name: str, default: int, highest: int, lowest: int = 1) -> int:
        """A whole number of at least `lowest`; one above `highest` is lowered to it."""
        raw = self.raw.get(name)
        if raw in (None, ""):
            return default
        try:
            value = int(str(raw))
        except ValueError:
            value = -1
        if value < lowest:
            raise SlackError("invalid_limit")
        return min(value, highest)

    def seconds(self, name: str) -> float:
        """A time of at least 0; 0 where there is none."""
        try:
            value = float(self.text(name) or 0)
        except ValueError:
            value = -1.0
        if not 0 <= value < math.inf:
            raise _invalid(f"must be a number of seconds [json-pointer:/{name}]")
        return value

    def choice(self, name: str, choices: Sequence[Choice]) -> Choice:
        """One of the choices, which has to be there."""
        value = self.required(name)
        for choice in choices:
            if choice == value:
                return choice
        raise _invalid(f"must be one of {', '.join(choices)} [json-pointer:/{name}]")

    def ts(self, name: str, code: str) -> str | None:
        """A message's ts, or None where there is none; `code` is the refusal of a malformed one."""
        if not self.has(name):
            return None
        value = self.text(name)
        if not _TS.fullmatch(value):
            raise SlackError(code)
        return value

    def structure(self, name: str, code: str) -> Json:
        """A list or an object, as JSON or as text that holds JSON; None where there is none."""
        value = self.raw.get(name)
        if value in (None, ""):
            return None
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                raise SlackError(code) from None
        if not isinstance(value, list | dict):
            raise SlackError(code)
        return value

    def objects(self, name: str, code: str) -> list[JsonObject]:
        """A list of objects; empty where there is none."""
        value = self.structure(name, code) or []
        if not isinstance(value, list):
            raise SlackError(code)
        found = [item for item in value if isinstance(item, dict)]
        if len(found) != len(value):
            raise SlackError(code)
        return found

    def object(self, name: str, code: str) -> JsonObject | None:
        """An object, or None where there is none."""
        value = self.structure(name, code)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise SlackError(code)
        return value


def _invalid(message: str) -> SlackError:
    return SlackError("invalid_arguments", f"[ERROR] {message}")
