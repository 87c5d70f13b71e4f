"""Optional parameters that a model refuses: found in the server's words, then left out for that model."""

import re

from openai_client.events import Json
from openai_client.faults import ServerError

_CODES = {"unsupported_parameter", "unsupported_value", "unknown_parameter"}
_WORDS = re.compile(
    r"unsupported|not support(ed)?|unknown|unrecogni[sz]ed|unexpected|not (permitted|allowed)|extra_forbidden",
    re.IGNORECASE,
)
# Parameters whose names are everyday words count in a message only when they are quoted.
_EVERYDAY = {"include", "reasoning", "store", "text"}


def without(body: Json, refused: frozenset[str]) -> Json:
    """`body` without the refused parameters, at its top and in `stream_options`; emptied options leave as well."""
    kept = {name: value for name, value in body.items() if name not in refused}
    options = kept.get("stream_options")
    if isinstance(options, dict):
        kept["stream_options"] = {name: value for name, value in options.items() if name not in refused}
        if not kept["stream_options"]:
            del kept["stream_options"]
    return kept


def refused_parameter(said: ServerError, body: Json, optional: frozenset[str]) -> str | None:
    """The optional parameter of `body` that the server refuses, if that is what it said."""
    if said.status not in {400, 422} or not (said.code in _CODES or _WORDS.search(said.message)):
        return None
    options = body.get("stream_options")
    present = (set(body) | set(options if isinstance(options, dict) else ())) & optional
    if said.code == "unsupported_value":
        # A server that wants another value of `store` would keep what people wrote.
        present.discard("store")
    for name in reversed(re.split(r"[.\[\]]+", said.param)):
        if name in present:
            return name
    return _first_named(said.message, present)


def _first_named(message: str, names: set[str]) -> str | None:
    """The name that stands first in the message: a later one is usually the advice what to use instead."""
    found = {match.start(): name for name in names if (match := _pattern(name).search(message))}
    return found[min(found)] if found else None


def _pattern(name: str) -> re.Pattern[str]:
    if name in _EVERYDAY:
        return re.compile(rf"[\"'`]{name}[\"'`.\[]")
    return re.compile(rf"(?<!\w){name}(?!\w)")


class RefusedParameters:
    """What each model has refused so far, for the life of the process."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], frozenset[str]] = {}

    def of(self, api: str, model: str) -> frozenset[str]:
        """The parameters to leave out."""
        return self._known.get((api, model), frozenset())

    def add(self, api: str, model: str, name: str) -> None:
        """From now on `name` is left out."""
        self._known[api, model] = self.of(api, model) | {name}
