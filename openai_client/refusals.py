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
# People choose among the values of these: one that is refused says nothing of the others.
_CHOSEN = {"reasoning", "reasoning_effort", "text", "verbosity"}
_VALUE_CODES = {"invalid_value", "unsupported_value"}


def without(body: Json, refused: frozenset[str]) -> Json:
    """`body` without what is refused, at its top and in `stream_options`; emptied options leave as well.

    `refused` has names of parameters, and values as `refused_parameter` writes them.
    """
    kept = {name: value for name, value in body.items() if refused.isdisjoint({name, _with_value(name, value)})}
    options = kept.get("stream_options")
    if isinstance(options, dict):
        kept["stream_options"] = {name: value for name, value in options.items() if name not in refused}
        if not kept["stream_options"]:
            del kept["stream_options"]
    return kept


def refused_parameter(said: ServerError, body: Json, optional: frozenset[str]) -> str | None:
    """The optional parameter of `body` that the server refuses, if that is what it said.

    With its value ("verbosity=low") where the server may well take another one.
    """
    if said.status not in {400, 422} or not (said.code in _CODES | _VALUE_CODES or _WORDS.search(said.message)):
        return None
    name = _named(said, body, optional)
    if name in _CHOSEN and said.code in _VALUE_CODES:
        return _with_value(name, body[name])
    # A value that is out of bounds is nobody's but the caller's mistake.
    return None if said.code == "invalid_value" and not _WORDS.search(said.message) else name


def _with_value(name: str, value: object) -> str:
    """As in "verbosity=low", be it the parameter itself or the only member of its object."""
    if name not in _CHOSEN:
        return name
    return f"{name}={','.join(map(str, value.values())) if isinstance(value, dict) else value}"


def _named(said: ServerError, body: Json, optional: frozenset[str]) -> str | None:
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
