"""What a model call is asked and what comes back, the same for both of the model server's APIs."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for the model: PNG, JPEG, GIF or WebP bytes, already of a size that it takes.

    `detail` is "auto", "low" or "high".
    """

    data: bytes
    media_type: str
    detail: str = "auto"


@dataclass(frozen=True, slots=True)
class Document:
    """A file that goes to the model as it is (a scanned PDF)."""

    data: bytes
    media_type: str
    name: str


@dataclass(frozen=True, slots=True)
class UserText:
    """Something people said, already labelled and fenced by the core, with what it shows the model."""

    text: str
    attachments: tuple[Picture | Document, ...] = ()


@dataclass(frozen=True, slots=True)
class AssistantText:
    """What the model answered in an earlier turn."""

    text: str


@dataclass(frozen=True, slots=True)
class Replay:
    """Output of an earlier round of the same turn, opaque: it goes back to the server whole and unchanged."""

    items: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool call gave: text the model can read, and pictures it can see."""

    call_id: str
    output: str
    pictures: tuple[Picture, ...] = ()


Item = UserText | AssistantText | Replay | ToolResult


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool the model may call. `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: Json


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One model call. `instructions` come first on the wire and should be stable, for the server's prompt cache.

    `person` is a hashed identifier (at most 64 characters); `cache_key` groups calls that share a prefix. Optional
    sampling and effort parameters are sent only when set; a call is repeated without those the server refuses.
    """

    model: str
    instructions: str
    items: tuple[Item, ...]
    max_output_tokens: int
    person: str
    cache_key: str
    tools: tuple[ToolSpec, ...] = ()
    effort: str | None = None
    verbosity: str | None = None
    temperature: float | None = None
    top_p: float | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Commentary:
    """The model's words about what it is doing; shown as status, never as the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The next piece of the model's own refusal to answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model wants a tool run. `arguments` is the JSON text as the model wrote it."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The call has not begun: `reason` is "slot" (too many at once) or "retry" (`seconds` until then)."""

    reason: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Sent:
    """The request goes to the server now: what comes of it may have to be paid."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The server refuses a part of the request, which went without it: `what` is "tools", "pictures" or "documents".

    `lasting`: it takes none of the kind. Otherwise it could not use these, and the next call shows its own again.
    """

    what: str
    lasting: bool = True


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server reported them; zeros where it does not report."""

    input: int = 0
    cached: int = 0
    output: int = 0
    reasoning: int = 0


class Reason(Enum):
    """Why a stream ended in good order."""

    COMPLETE = "complete"
    TOOL_CALLS = "tool_calls"
    LENGTH = "length"  # cut by max_output_tokens: the partial answer is kept
    REFUSED = "refused"  # the model refused in words of its own
    FILTERED = "filtered"  # the server's content filter cut the answer


@dataclass(frozen=True, slots=True)
class Done:
    """The end of one model call."""

    reason: Reason
    replay: Replay
    calls: tuple[ToolCall, ...]
    usage: Usage
    model: str
    request_id: str


Event = TextDelta | Commentary | Refusal | ToolCall | Usage | Waiting | Sent | LeftOut


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """One picture to be made from words, or from `pictures` where there are any.

    `size` is "auto" or "WIDTHxHEIGHT"; `quality` "auto", "low", "medium" or "high"; `background` "auto", "opaque" or
    "transparent"; `fidelity` to the given pictures "auto", "low" or "high". `mask` has the size of the first picture;
    where it is transparent the picture may change.
    """

    model: str
    prompt: str
    person: str
    size: str = "auto"
    quality: str = "auto"
    background: str = "auto"
    fidelity: str = "auto"
    pictures: tuple[Picture, ...] = ()
    mask: Picture | None = None


@dataclass(frozen=True, slots=True)
class MadeImage:
    """A picture that a model made."""

    data: bytes
    media_type: str
    usage: Usage
    model: str


EventSink = Callable[[Event], None]
"""Receives events as they arrive. Must not block: it appends to buffers and sets flags."""
