"""Chat Completions: requests out, stream chunks in. For servers without `/responses`."""

from dataclasses import dataclass
from typing import Final

from openai_client.attachments import Attachment, DataUrl, beside
from openai_client.errors import Failure
from openai_client.events import (
    AssistantText,
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
from openai_client.faults import Fault, dropped
from openai_client.refusals import without
from openai_client.wire import child, children, clean, number, string, tokens

_BROKEN_FINISHES = {"error", "abort", "cancelled"}
# Fields of a delta that carry a part of the answer or of the thinking before it.
_PROGRESS = ("content", "refusal", "tool_calls", "reasoning", "reasoning_content")


class ChatCompletionsApi:
    """`POST /chat/completions`, streaming."""

    name: Final = "chat_completions"
    path: Final = "/chat/completions"
    optional: Final = frozenset({
        "include_obfuscation", "include_usage", "max_completion_tokens", "max_tokens", "prompt_cache_key",
        "reasoning_effort", "safety_identifier", "store", "stream_options", "temperature", "top_p", "verbosity",
    })  # fmt: skip

    def body(self, request: ModelRequest, refused: frozenset[str]) -> Json:
        # Older servers know the cap by its older name only.
        cap = "max_tokens" if "max_completion_tokens" in refused else "max_completion_tokens"
        body: Json = {
            "model": request.model,
            "messages": _messages(request),
            cap: request.max_output_tokens,
            "stream": True,
            "stream_options": {"include_usage": True, "include_obfuscation": False},
            "store": False,
            "safety_identifier": request.person,
            "prompt_cache_key": request.cache_key,
        }
        return without(body | _optional(request), refused)

    def decoder(self, request: ModelRequest, emit: EventSink) -> "ChatDecoder":
        return ChatDecoder(request, emit)


def _optional(request: ModelRequest) -> Json:
    optional: Json = {
        "tools": [_tool(tool) for tool in request.tools] or None,
        "reasoning_effort": request.effort,
        "verbosity": request.verbosity,
        "temperature": request.temperature,
        "top_p": request.top_p,
    }
    return {name: value for name, value in optional.items() if value is not None}


def _tool(tool: ToolSpec) -> Json:
    function: Json = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _messages(request: ModelRequest) -> list[Json]:
    messages: list[Json] = [{"role": "system", "content": request.instructions}] if request.instructions else []
    # This API's tool messages hold text only.
    for item in beside(request.items):
        messages.extend(_message(item))
    return messages


def _message(item: Item) -> tuple[Json, ...]:
    match item:
        case UserText(text, shown):
            return ({"role": "user", "content": _content(text, shown)},)
        case AssistantText(text):
            return ({"role": "assistant", "content": text},)
        case ToolResult(call_id, output):
            return ({"role": "tool", "tool_call_id": call_id, "content": output},)
        case Replay(items):
            return items


def _content(text: str, shown: tuple[Attachment, ...]) -> str | list[Json]:
    return [{"type": "text", "text": text}, *(_part(each) for each in shown)] if shown else text


def _part(shown: Attachment) -> Json:
    match shown:
        case Picture(detail=detail):
            return {"type": "image_url", "image_url": {"url": DataUrl(shown), "detail": detail}}
        case Document(name=name):
            return {"type": "file", "file": {"filename": name, "file_data": DataUrl(shown)}}


@dataclass(slots=True)
class _PartialCall:
    """A tool call that arrives in pieces."""

    call_id: str
    name: str = ""
    arguments: str = ""

    def wire(self) -> Json:
        return {
            "id": self.call_id,
            "type": "function",
            "function": {"name": self.name, "arguments": self.arguments},
        }


class ChatDecoder:
    """Decoder for one stream. The end is the chunk with a finish_reason; usage may follow it."""

    def __init__(self, request: ModelRequest, emit: EventSink) -> None:
        self._emit = emit
        self._model = request.model
        self._text: list[str] = []
        self._refused = False
        self._calls: list[_PartialCall] = []
        self._at: dict[int, _PartialCall] = {}
        self._usage = Usage()
        self._finish = ""

    @property
    def ended(self) -> bool:
        return bool(self._finish)

    def feed(self, event: Json) -> bool:
        if event.get("usage"):
            self._read_usage(event)
        choices = children(event, "choices")
        if not choices or self.ended:
            return False
        delta = child(choices[0], "delta")
        self._read_delta(delta)
        if finish := string(choices[0], "finish_reason"):
            self._model = string(event, "model") or self._model
            self._end(finish)
        return self.ended or any(delta.get(name) for name in _PROGRESS)

    def done(self, request_id: str) -> Done:
        if not self._finish:
            raise dropped("the stream ended without a finish_reason")
        if self._finish in _BROKEN_FINISHES:
            raise Fault(Failure.INCOMPLETE, f"finish_reason={self._finish}")
        reason = self._reason()
        if reason is Reason.COMPLETE and not self._text:
            raise Fault(Failure.EMPTY, "completed without text")
        calls = tuple(_tool_call(call) for call in self._calls) if reason is Reason.TOOL_CALLS else ()
        return Done(reason, Replay((self._message(),)), calls, self._usage, self._model, request_id)

    def _read_delta(self, delta: Json) -> None:
        if delta.get("content") and (text := clean(string(delta, "content"))):
            self._text.append(text)
            self._emit(TextDelta(text))
        if delta.get("refusal") and (refusal := clean(string(delta, "refusal"))):
            self._refused = True
            self._emit(Refusal(refusal))
        if delta.get("tool_calls"):
            for piece in children(delta, "tool_calls"):
                self._read_call(piece)

    def _read_call(self, piece: Json) -> None:
        index, call_id = number(piece, "index"), string(piece, "id")
        call = self._at.get(index)
        # Some servers give every call the index 0: a new id is a new call.
        if call is None or (call_id and call_id != call.call_id):
            call = self._at[index] = _PartialCall(call_id or f"call_{len(self._calls)}")
            self._calls.append(call)
        function = child(piece, "function")
        call.name += string(function, "name")
        call.arguments += string(function, "arguments")

    def _end(self, finish: str) -> None:
        self._finish = finish
        if self._reason() is Reason.TOOL_CALLS:
            for call in self._calls:
                self._emit(_tool_call(call))

    def _reason(self) -> Reason:
        if self._finish == "content_filter":
            return Reason.FILTERED
        if self._finish == "length":
            return Reason.LENGTH
        if self._refused:
            return Reason.REFUSED
        return Reason.TOOL_CALLS if self._calls else Reason.COMPLETE

    def _read_usage(self, event: Json) -> None:
        usage = child(event, "usage")
        self._usage = Usage(
            input=tokens(usage, "prompt_tokens"),
            cached=tokens(child(usage, "prompt_tokens_details"), "cached_tokens"),
            output=tokens(usage, "completion_tokens"),
            reasoning=tokens(child(usage, "completion_tokens_details"), "reasoning_tokens"),
        )
        self._emit(self._usage)

    def _message(self) -> Json:
        message: Json = {"role": "assistant", "content": "".join(self._text) or None}
        if self._calls:
            message["tool_calls"] = [call.wire() for call in self._calls]
        return message


def _tool_call(call: _PartialCall) -> ToolCall:
    return ToolCall(call.call_id, call.name, call.arguments)
