"""What a call asks, the same for both APIs: read once from the checked JSON."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from playground.model.attachments import Attachment, attachments_of
from playground.model.journal import Api

SHOWN_SETTINGS = (
    "max_output_tokens",
    "max_completion_tokens",
    "max_tokens",
    "temperature",
    "top_p",
    "reasoning_effort",
    "verbosity",
    "tool_choice",
    "service_tier",
    "store",
)

_NAMED = re.compile(r"\s*<\w+\b[^>\n]*\b(?:author|by|from|name|speaker|user)=\"([^\"\n]{1,80})\"")
_CONTEXT_ONLY = re.compile(r"\s*<\w+\b[^>\n]*\banswer=\"no\"")
_ATTACHED = re.compile(r"^<attached\b[^>\n]*/>$\n?", re.MULTILINE)
FENCED = re.compile(r"\s*<(\w+)\b[^>\n]*>\n?(.*?)\n?</\1>", re.DOTALL)
"""An element with its name and what it holds."""


class Role(StrEnum):
    """Who a part of the history comes from."""

    PERSON = "person"
    MODEL = "model"
    HOUSE = "house"  # system and developer messages
    TOOL = "tool"  # what a tool gave


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the history with its pictures and files."""

    role: Role
    text: str
    attachments: tuple[Attachment, ...] = ()

    def is_asked(self) -> bool:
        """Whether an answer is wanted: a message whose element says answer="no" is there as context only."""
        return _CONTEXT_ONLY.match(self.text) is None

    def speaker(self) -> str:
        """The name that the element around a person's message gives, if any."""
        named = _NAMED.match(self.text) if self.role is Role.PERSON else None
        return named[1] if named else ""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that the model may call. `parameters` is its JSON schema."""

    name: str
    parameters: Mapping[str, object]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One call. `settings` are name and value as shown to people, in a fixed order.

    `house` is what the house says first: the instructions, or the system message.
    """

    api: Api
    model: str
    stream: bool
    include_usage: bool
    instructions: str
    turns: tuple[Turn, ...]
    settings: tuple[tuple[str, str], ...]
    tools: tuple[Tool, ...]
    max_tokens: int | None
    house: str = ""

    def latest(self) -> tuple[str, ...]:
        """What people said since the model last spoke, oldest first, without the tags around it."""
        messages: list[str] = []
        for turn in reversed(self.turns):
            if turn.role is Role.MODEL:
                break
            if turn.role is Role.PERSON and turn.is_asked() and not turn.text.startswith("<summary"):
                messages.append(spoken(turn.text))
        return tuple(reversed(messages))

    def newest(self) -> str:
        """The newest message of a person; empty when there is none."""
        people = (turn.text for turn in reversed(self.turns) if turn.role is Role.PERSON)
        return spoken(next(people, ""))

    def house_characters(self) -> int:
        """The size of what the house itself tells the model."""
        return len(self.instructions) + sum(len(turn.text) for turn in self.turns if turn.role is Role.HOUSE)

    def tool_outputs(self) -> tuple[Turn, ...]:
        """What tools gave since a person last spoke."""
        outputs: list[Turn] = []
        for turn in reversed(self.turns):
            if turn.role is Role.PERSON:
                break
            if turn.role is Role.TOOL:
                outputs.append(turn)
        return tuple(reversed(outputs))

    def has_attachments(self) -> bool:
        """Whether there is any picture or file in it."""
        return any(turn.attachments for turn in self.turns)


def read(api: Api, body: Mapping[str, object]) -> Asked:
    """Read a body that `strictness.check` has let pass."""
    responses = api is Api.RESPONSES
    turns = tuple(_turns(body.get("input" if responses else "messages")))
    options = body.get("stream_options")
    return Asked(
        api=api,
        model=str(body["model"]),
        stream=body.get("stream") is True,
        include_usage=isinstance(options, dict) and options.get("include_usage") is True,
        instructions=given if isinstance(given := body.get("instructions"), str) else "",
        turns=turns,
        settings=tuple(_settings(body)),
        tools=tuple(_tools(body.get("tools"))),
        max_tokens=_first_int(body, ("max_output_tokens", "max_completion_tokens", "max_tokens")),
        house=house_words(body),
    )


def house_words(body: Mapping[str, object]) -> str:
    """The instructions of a call and a system message at its beginning; the body need not have been checked."""
    first = next((turn for turn in _turns(_first(body)) if turn.role is Role.HOUSE), None)
    instructions = body.get("instructions")
    return "\n".join(filter(None, (instructions if isinstance(instructions, str) else "", first.text if first else "")))


def _first(body: Mapping[str, object]) -> object:
    given = body.get("input", body.get("messages"))
    return given[:1] if isinstance(given, list) else None


def _turns(given: object) -> Iterable[Turn]:
    """Chat Completions takes no pictures in what a tool gave: they follow in a message, which is the tool's too."""
    if isinstance(given, str):
        yield Turn(Role.PERSON, given)
    if isinstance(given, list):
        before = None
        for item in given:
            if isinstance(item, dict) and (turn := _turn(item)):
                if before is Role.TOOL and turn.role is Role.PERSON and turn.attachments:
                    turn = replace(turn, role=Role.TOOL)
                yield turn
                before = turn.role


_ROLES = {
    "user": Role.PERSON,
    "assistant": Role.MODEL,
    "system": Role.HOUSE,
    "developer": Role.HOUSE,
    "tool": Role.TOOL,
}


def _turn(item: Mapping[str, object]) -> Turn | None:
    if item.get("type") == "function_call_output":
        return Turn(Role.TOOL, content_text(item.get("output")), attachments_of(item.get("output")))
    role = _ROLES.get(str(item.get("role")))
    if role is None:
        return None
    content = item.get("content")
    return Turn(role, content_text(content), attachments_of(content))


def spoken(text: str) -> str:
    """A message without the element that fences it, without what stands behind that, and without marks of files."""
    fenced = FENCED.match(text)
    if not fenced:
        return text
    return _ATTACHED.sub("", fenced[2]).rstrip("\n") if "<attached" in fenced[2] else fenced[2]


def content_text(content: object) -> str:
    """The text of a message's content, which is text or a list of parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = (_part_text(part) for part in parts if isinstance(part, dict))
    return "\n".join(text for text in texts if text is not None)


def _part_text(part: Mapping[str, object]) -> str | None:
    text = part.get("text", part.get("refusal"))
    return text if isinstance(text, str) else None


def _settings(body: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    for name in SHOWN_SETTINGS:
        if isinstance(value := body.get(name), str | int | float):
            yield name, str(value).lower() if isinstance(value, bool) else str(value)
    for group, name in (("reasoning", "effort"), ("text", "verbosity")):
        inner = body.get(group)
        if isinstance(inner, dict) and isinstance(value := inner.get(name), str):
            yield name, value


def _tools(given: object) -> Iterable[Tool]:
    for tool in given if isinstance(given, list) else []:
        inner = tool.get("function")
        function = inner if isinstance(inner, dict) else tool  # Chat Completions has one level more
        if isinstance(name := function.get("name"), str):
            parameters = function.get("parameters")
            said = function.get("description")
            yield Tool(name, parameters if isinstance(parameters, dict) else {}, said if isinstance(said, str) else "")


def _first_int(body: Mapping[str, object], names: Iterable[str]) -> int | None:
    return next((value for name in names if isinstance(value := body.get(name), int)), None)
