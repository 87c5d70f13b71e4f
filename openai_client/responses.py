"""The Responses API: requests out, stream events in."""

from collections.abc import Callable
from typing import Final

from openai_client.attachments import Attachment, DataUrl
from openai_client.errors import Failure
from openai_client.events import (
    AssistantText,
    Commentary,
    Document,
    Done,
    EventSink,
    Item,
    Json,
    ModelRequest,
    Picture,
    Reason,
    Refusal,
    Replay,
    TextDelta,
    ToolCall,
    ToolResult,
    ToolSpec,
    Usage,
    UserText,
)
from openai_client.faults import Fault, dropped, server_fault
from openai_client.refusals import without
from openai_client.wire import child, children, clean, string, tokens

_INCOMPLETE = {"max_output_tokens": Reason.LENGTH, "content_filter": Reason.FILTERED}
# Sent while nothing happens; servers repeat some of them.
_NO_PROGRESS = {"keepalive", "ping", "response.created", "response.in_progress", "response.queued"}


class ResponsesApi:
    """`POST /responses`, streaming, nothing stored by the server."""

    name: Final = "responses"
    path: Final = "/responses"
    optional: Final = frozenset({
        "include", "include_obfuscation", "prompt_cache_key", "reasoning", "safety_identifier", "stream_options",
        "temperature", "text", "top_p",
    })  # fmt: skip

    def body(self, request: ModelRequest, refused: frozenset[str]) -> Json:
        body: Json = {
            "model": request.model,
            "input": [wire for item in request.items for wire in _input(item)],
            "max_output_tokens": request.max_output_tokens,
            "stream": True,
            "stream_options": {"include_obfuscation": False},
            "store": False,
            "include": ["reasoning.encrypted_content"],
            "safety_identifier": request.person,
            "prompt_cache_key": request.cache_key,
        }
        return without(body | _optional(request), refused)

    def decoder(self, request: ModelRequest, emit: EventSink) -> "ResponsesDecoder":
        return ResponsesDecoder(request, emit)


def _optional(request: ModelRequest) -> Json:
    optional: Json = {
        "instructions": request.instructions or None,
        "tools": [_tool(tool) for tool in request.tools] or None,
        "reasoning": {"effort": request.effort} if request.effort else None,
        "text": {"verbosity": request.verbosity} if request.verbosity else None,
        "temperature": request.temperature,
        "top_p": request.top_p,
    }
    return {name: value for name, value in optional.items() if value is not None}


def _tool(tool: ToolSpec) -> Json:
    # Strict is this API's default, and a strict schema must list every property as required: ours need not.
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
        "strict": False,
    }


def _input(item: Item) -> tuple[Json, ...]:
    match item:
        case UserText(text, shown):
            return ({"role": "user", "content": _content(text, shown)},)
        case AssistantText(text):
            return ({"role": "assistant", "content": text},)
        case ToolResult(call_id, output, pictures):
            return ({"type": "function_call_output", "call_id": call_id, "output": _content(output, pictures)},)
        case Replay(items):
            return items


def _content(text: str, shown: tuple[Attachment, ...]) -> str | list[Json]:
    return [{"type": "input_text", "text": text}, *(_part(each) for each in shown)] if shown else text


def _part(shown: Attachment) -> Json:
    match shown:
        case Picture(detail=detail):
            return {"type": "input_image", "detail": detail, "image_url": DataUrl(shown)}
        case Document(name=name):
            return {"type": "input_file", "filename": name, "file_data": DataUrl(shown)}


class ResponsesDecoder:
    """Decoder for one stream. Unknown events are ignored; events are told apart by the word in `type` alone."""

    def __init__(self, request: ModelRequest, emit: EventSink) -> None:
        self._emit = emit
        self._cap = request.max_output_tokens
        self._model = request.model
        self._commentary: set[str] = set()
        self._items: list[Json] = []
        self._calls: list[ToolCall] = []
        self._usage = Usage()
        self._fault: Fault | None = None
        self._reason: Reason | None = None
        self._has_text = self._refused = False
        self._message_streamed = False  # deltas have come since the last whole message
        self._handlers: dict[str, Callable[[Json], None]] = {
            "response.output_text.delta": self._text_delta,
            "response.refusal.delta": self._refusal_delta,
            "response.output_item.added": self._item_added,
            "response.output_item.done": self._item_done,
            "response.completed": self._end,
            "response.incomplete": self._end,
            "response.failed": self._end,
            "response.cancelled": self._end,
            "error": self._error,
        }

    @property
    def ended(self) -> bool:
        return self._reason is not None or self._fault is not None

    def feed(self, event: Json) -> bool:
        kind = string(event, "type")
        if (handler := self._handlers.get(kind)) and not self.ended:
            handler(event)
        return kind not in _NO_PROGRESS

    def done(self, request_id: str) -> Done:
        if self._fault:
            raise self._fault
        if self._reason is None:
            raise dropped("the stream ended without a terminal event")
        if self._reason is Reason.COMPLETE and not self._has_text:
            raise Fault(Failure.EMPTY, "completed without text")
        calls = tuple(self._calls) if self._reason is Reason.TOOL_CALLS else ()
        return Done(self._reason, Replay(tuple(self._items)), calls, self._usage, self._model, request_id)

    def _text_delta(self, event: Json) -> None:
        self._message_streamed = True
        self._say(string(event, "delta"), string(event, "item_id") in self._commentary)

    def _say(self, raw: str, commentary: bool) -> None:
        text = clean(raw)
        if text and commentary:
            self._emit(Commentary(text))
        elif text:
            self._has_text = True
            self._emit(TextDelta(text))

    def _refusal_delta(self, event: Json) -> None:
        self._message_streamed = True
        self._refuse(string(event, "delta"))

    def _refuse(self, raw: str) -> None:
        self._refused = True
        if text := clean(raw):
            self._emit(Refusal(text))

    def _item_added(self, event: Json) -> None:
        item = child(event, "item")
        if string(item, "phase") == "commentary":
            self._commentary.add(string(item, "id"))

    def _item_done(self, event: Json) -> None:
        self._take(child(event, "item"))

    def _take(self, item: Json) -> None:
        """A finished output item: kept for the replay, its call passed on, its text too if no deltas brought it."""
        self._items.append(item)
        kind = string(item, "type")
        if kind == "function_call" and string(item, "status") != "incomplete":
            call = ToolCall(string(item, "call_id"), string(item, "name"), string(item, "arguments"))
            self._calls.append(call)
            self._emit(call)
        elif kind == "message":
            if not self._message_streamed:
                self._whole_message(item)
            self._message_streamed = False

    def _whole_message(self, item: Json) -> None:
        for part in children(item, "content"):
            if refusal := string(part, "refusal"):
                self._refuse(refusal)
            self._say(string(part, "text"), string(item, "phase") == "commentary")

    def _error(self, event: Json) -> None:
        # Flat: {type: "error", code, message, param}; its `type` says nothing about the cause.
        self._fault = server_fault({**event, "type": ""})

    def _end(self, event: Json) -> None:
        response = child(event, "response")
        self._model = string(response, "model") or self._model
        self._read_usage(response)
        if not self._items:
            for item in children(response, "output"):
                self._take(item)
        # Some servers close a cut answer with "completed": the status inside is the better word.
        outcome = string(response, "status") or string(event, "type").removeprefix("response.")
        if outcome == "incomplete":
            self._incomplete(string(child(response, "incomplete_details"), "reason"))
        elif outcome == "completed":
            self._reason = self._good_reason()
        else:
            self._fault = server_fault(child(response, "error") or {"code": outcome})

    def _read_usage(self, response: Json) -> None:
        usage = child(response, "usage")
        if not usage:
            return
        self._usage = Usage(
            input=tokens(usage, "input_tokens"),
            cached=tokens(child(usage, "input_tokens_details"), "cached_tokens"),
            output=tokens(usage, "output_tokens"),
            reasoning=tokens(child(usage, "output_tokens_details"), "reasoning_tokens"),
        )
        self._emit(self._usage)

    def _incomplete(self, why: str) -> None:
        self._reason = _INCOMPLETE.get(why)
        if self._reason is None:
            self._fault = Fault(Failure.INCOMPLETE, str(server_fault({"code": why}).said))

    def _good_reason(self) -> Reason:
        if self._refused:
            return Reason.REFUSED
        if self._calls:
            return Reason.TOOL_CALLS
        # Engines exist that call an answer complete although it ran into the cap.
        return Reason.LENGTH if self._has_text and self._usage.output >= self._cap else Reason.COMPLETE
