"""Chat Completions on the wire: its chunks and its completion object."""

from collections.abc import Iterator
from dataclasses import dataclass

from playground.model.answers import Ending, Reply
from playground.model.responses_api import failure_line
from playground.model.script import Frames, Json, Script, encode, pieces
from playground.model.usage import Usage

_KEEPALIVE = b": keepalive\n\n"
_MALFORMED = b'data: {"id":"chatcmpl-0","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"conte\n\n'
_DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class ChatMaker:
    """Makes the answer to one call. `usage` is None where it is not to be reported."""

    number: int
    created_at: int
    model: str
    reply: Reply
    usage: Usage | None
    include_usage: bool

    def document(self) -> Json:
        """The completion object of an answer without streaming."""
        reply = self.reply
        message: Json = {
            "role": "assistant",
            "content": None if reply.refused or reply.calls else reply.text,
            "refusal": reply.text if reply.refused else None,
            "annotations": [],
        }
        if reply.commentary:
            message["reasoning_content"] = reply.commentary
        if reply.calls:
            message["tool_calls"] = [self._call(at) | self._function(at) for at in range(len(reply.calls))]
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self._finish_reason()}
        usage = {"usage": self.usage.for_chat()} if self.usage else {}
        return self._head("chat.completion") | {"choices": [choice]} | usage

    def script(self) -> Script:
        """The same answer as chunks. With `include_usage`, one more chunk without choices reports it."""
        return Script(
            head=(self._chunk({"role": "assistant", "content": "", "refusal": None}),),
            chunks=tuple(self._chunks()),
            tail=tuple(self._tail()),
            keepalive=_KEEPALIVE,
            malformed=_MALFORMED,
            numbered=False,
        )

    def _chunks(self) -> Iterator[Frames]:
        if self.reply.commentary:
            yield (self._chunk({"reasoning_content": self.reply.commentary}),)
        name = "refusal" if self.reply.refused else "content"
        before, after = self._chunk({name: ""}).split(b'""', 1)
        for text in self.reply.chunks:
            yield (before + encode(text) + after,)
        for at, (_, arguments) in enumerate(self.reply.calls):
            opening: Frames = (self._chunk({"tool_calls": [{"index": at} | self._call(at) | self._function(at, "")]}),)
            for piece in pieces(arguments):
                function: Json = {"tool_calls": [{"index": at, "function": {"arguments": piece}}]}
                yield (*opening, self._chunk(function))
                opening = ()

    def _tail(self) -> Iterator[bytes]:
        if self.reply.ending not in (Ending.COMPLETE, Ending.INCOMPLETE):
            error = {"message": failure_line(self.reply), "type": "server_error", "code": self.reply.detail}
            yield b"data: %b\n\n" % encode({"error": error | {"param": None}})
            return
        yield self._chunk({}, self._finish_reason())
        if self.include_usage and self.usage:
            closing = self._head("chat.completion.chunk") | {"choices": [], "usage": self.usage.for_chat()}
            yield b"data: %b\n\n" % encode(closing)
        yield _DONE

    def _head(self, kind: str) -> Json:
        identity: Json = {"id": f"chatcmpl-{self.number:024x}", "object": kind, "created": self.created_at}
        return identity | {"model": self.model, "service_tier": "default", "system_fingerprint": None}

    def _chunk(self, delta: Json, finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return b"data: %b\n\n" % encode(self._head("chat.completion.chunk") | {"choices": [choice]})

    def _call(self, at: int) -> Json:
        return {"id": f"call_{self.number:x}_{at}", "type": "function"}

    def _function(self, at: int, arguments: str | None = None) -> Json:
        name, whole = self.reply.calls[at]
        return {"function": {"name": name, "arguments": whole if arguments is None else arguments}}

    def _finish_reason(self) -> str:
        if self.reply.calls:
            return "tool_calls"
        if self.reply.ending is Ending.INCOMPLETE:
            return "content_filter" if self.reply.detail == "content_filter" else "length"
        return "stop"
