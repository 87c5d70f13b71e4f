"""Parts of a request that a server does not take at all: found in its words, then replaced or left out."""

import re
from dataclasses import dataclass, replace

from openai_client.attachments import attachments, beside, replaced
from openai_client.errors import Failure
from openai_client.events import (
    AssistantText,
    Document,
    Item,
    Json,
    ModelRequest,
    Picture,
    Replay,
    ToolResult,
    UserText,
)
from openai_client.faults import Fault, ServerError
from openai_client.wire import children, string

_NOTES: tuple[tuple[str, type[Picture] | type[Document], str], ...] = (
    ("pictures", Picture, "[a picture that this server does not take]"),
    ("documents", Document, "[a file that this server does not take]"),
)
_STATUSES = {400, 404, 405, 415, 422, 500, 501}
_TOO_LARGE = 413
_UNSUPPORTED = re.compile(
    r"unsupported|(not|n't) (currently )?(support|accept|allow|have|handle)|only supported|unknown|unrecogni[sz]ed"
    r"|unexpected|extra_forbidden|not (permitted|allowed|a multimodal)|no endpoints|at most 0|disabled"
    r"|requires? --?\w|invalid (content|part|value)|missing data required",
    re.IGNORECASE,
)
_NAMED = {
    "tools": re.compile(r"\btools?\b|\btool_|function[ _-]?call", re.IGNORECASE),
    "pictures": re.compile(r"image|vision|multi-?modal|picture", re.IGNORECASE),
    "documents": re.compile(r"input_file|file_data|\bfiles?\b|\bpdfs?\b|\bdocuments?\b", re.IGNORECASE),
}
# One bad picture or file says nothing of the next one.
_BAD_CODE = re.compile(r"image|file", re.IGNORECASE)
_BAD_ONE = re.compile(
    r"(invalid|corrupt\w*|damaged|unsupported|bad|parse|process|decode|identify|load)( \w+){0,3} (image|file|pdf)"
    r"|\b(image|file|pdf)( \w+){0,4} (large|big|small|invalid|corrupt\w*|damaged|format|exceeds?|failed|empty)\b"
    r"|valid image|(image|file|media|mime)[ _]?(format|type)",
    re.IGNORECASE,
)
# An error in one tool's description is no refusal of tools.
_ONE_TOOL = re.compile(r"tools?[.\[]+\d")
# Tool results that hold text only: their pictures are moved behind them, which nobody need be told.
MOVED = "pictures in tool results"
# Servers whose messages hold text only, or only their tool results.
_TEXT_ONLY = re.compile(
    r"(valid|be a|type|expected( a)?) string\b(?! with)|str type expected|unmarshal array", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Omission:
    """`what` as in LeftOut, or MOVED; `lasting`: the server would refuse it again in every other call."""

    what: str
    lasting: bool


def parts(request: ModelRequest) -> frozenset[str]:
    """The parts of the request that a server may refuse."""
    shown = tuple(attachments(request))
    found = {what for what, kind, _ in _NOTES if any(isinstance(each, kind) for each in shown)}
    found |= {"tools"} if request.tools else set()
    found |= {MOVED} if any(isinstance(item, ToolResult) and item.pictures for item in request.items) else set()
    return frozenset(found)


def lean(request: ModelRequest, refused: frozenset[str]) -> ModelRequest:
    """The request without what is refused. Notes stand for attachments, plain text for earlier tool calls."""
    items = tuple(beside(request.items)) if MOVED in refused else request.items
    for what, kind, note in _NOTES:
        if what in refused:
            items = tuple(replaced(item, kind, note) for item in items)
    if "tools" not in refused:
        return replace(request, items=items)
    return replace(request, items=tuple(plain for item in items for plain in _without_tools(item)), tools=())


def _without_tools(item: Item) -> tuple[Item, ...]:
    match item:
        case ToolResult(_, output, pictures):
            return (UserText(output, pictures),)
        case Replay(items):
            text = "".join(_words(wire) for wire in items)
            return (AssistantText(text),) if text else ()
        case _:
            return (item,)


def _words(wire: Json) -> str:
    """The text of an output item of either API."""
    return string(wire, "content") or "".join(string(part, "text") for part in children(wire, "content"))


def refused_part(fault: Fault, present: frozenset[str]) -> Omission | None:
    """Which of the parts present the server refuses, if that is what it said."""
    said = fault.said
    if said.status == _TOO_LARGE:
        return next((Omission(what, lasting=False) for what in ("documents", "pictures") if what in present), None)
    if fault.failure is not Failure.FAILED or said.status not in _STATUSES | {0}:
        return None
    if bad := _bad_one(said, present):
        return bad
    if said.status in {400, 422} and (what := _without_place(said, present)):
        return Omission(what, lasting=True)
    if not said.status or not _UNSUPPORTED.search(said.message):
        return None
    words = f"{said.message} {said.param}"
    what = _first_named(words, present)
    return Omission(what, lasting=what != "tools" or not _ONE_TOOL.search(words)) if what else None


def _without_place(said: ServerError, present: frozenset[str]) -> str | None:
    """What has no place where text alone is taken."""
    words = f"{said.message} {said.param}"
    if not _TEXT_ONLY.search(words):
        return None
    if MOVED in present and re.search(r"output\b", words):
        return MOVED
    return max(present & {"pictures", "documents"}, default=None) if re.search(r"\bcontent\b", words) else None


def _bad_one(said: ServerError, present: frozenset[str]) -> Omission | None:
    """The server looked at a picture or file and could not use it."""
    in_code, in_words = _BAD_CODE.search(said.code), _BAD_ONE.search(said.message)
    if not in_code and not in_words:
        return None
    about = _first_named(said.code if in_code else said.message, present - {"tools"})
    return Omission(about, lasting=False) if about else None


def _first_named(message: str, present: frozenset[str]) -> str | None:
    """The part that stands first in the message: later ones are usually what the server takes instead."""
    found = {match.start(): what for what in present - {MOVED} if (match := _NAMED[what].search(message))}
    return found[min(found)] if found else None
