"""The Responses API on the wire: its events and its response object."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from playground.model.answers import Ending, Reply
from playground.model.script import Frames, Json, Script, encode, pieces
from playground.model.usage import Usage

_ECHOED: Mapping[str, object] = {
    "background": False,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "reasoning": {"effort": None, "summary": None},
    "safety_identifier": None,
    "service_tier": "default",
    "store": True,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [],
    "top_p": 1.0,
    "truncation": "disabled",
}
_KEEPALIVE = b'event: keepalive\ndata: {"type":"keepalive"'
_MALFORMED = b'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"brok\n\n'


@dataclass(frozen=True, slots=True)
class ResponseMaker:
    """Makes the answer to one call. `usage` is None where the server does not report it.

    `repeat_created` is how many more times the stream says that it has begun.
    """

    number: int
    created_at: int
    body: Mapping[str, object]
    reply: Reply
    usage: Usage | None
    repeat_created: int

    def document(self) -> Json:
        """The final response object, which is also the answer without streaming."""
        ending = self.reply.ending
        if ending is Ending.COMPLETE:
            return self._response("completed", self._items("completed"), {})
        if ending is Ending.INCOMPLETE:
            reason: Json = {"incomplete_details": {"reason": self.reply.detail}}
            return self._response("incomplete", self._items("incomplete"), reason)
        return self._response("failed", [], {"error": {"code": self.reply.detail, "message": failure_line(self.reply)}})

    def script(self) -> Script:
        """The same answer as events."""
        begun = self._response("in_progress", [], {}, usage=False)
        opening = [_frame(f"response.{name}", response=begun) for name in ("created", "in_progress")]
        chunks, closing = self._parts()
        return Script(
            head=tuple(opening * (1 + self.repeat_created)),
            chunks=tuple(chunks),
            tail=(*closing, self._terminal()),
            keepalive=_KEEPALIVE,
            malformed=_MALFORMED,
            numbered=True,
        )

    def _response(self, status: str, output: list[Json], extra: Json, usage: bool = True) -> Json:
        counted = usage and self.usage is not None and status != "failed"
        return {
            "id": f"resp_{self.number:048x}",
            "object": "response",
            "created_at": self.created_at,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "model": self.body["model"],
            "output": output,
            **{name: self.body.get(name, default) for name, default in _ECHOED.items()},
            "usage": self.usage.for_responses() if counted and self.usage else None,
            **extra,
        }

    def _terminal(self) -> bytes:
        ending = self.reply.ending
        line = failure_line(self.reply)
        if ending is Ending.ERROR_FLAT:
            return _frame("error", code=self.reply.detail, message=line, param=None)
        if ending is Ending.ERROR_NESTED:
            error = {"type": "server_error", "code": self.reply.detail, "message": line, "param": None}
            return _frame("error", error=error)
        document = self.document()
        return _frame(f"response.{document['status']}", response=document)

    def _items(self, last_status: str) -> list[Json]:
        """The output items, finished; the last message has `last_status`."""
        items: list[Json] = []
        if self.reply.commentary:
            items.append(self._message(0, "commentary", [_text_part(self.reply.commentary)], "completed"))
        if self.reply.chunks:
            part = _refusal_part(self.reply.text) if self.reply.refused else _text_part(self.reply.text)
            items.append(self._message(len(items), "final_answer", [part], last_status))
        for name, arguments in self.reply.calls:
            items.append(self._call(len(items), name, arguments, "completed"))
        return items

    def _message(self, index: int, phase: str, content: list[Json], status: str) -> Json:
        identity: Json = {"id": f"msg_{self.number:040x}{index:08x}", "type": "message", "role": "assistant"}
        return identity | {"status": status, "content": content, "phase": phase}

    def _call(self, index: int, name: str, arguments: str, status: str) -> Json:
        identity: Json = {"id": f"fc_{self.number:040x}{index:08x}", "type": "function_call", "status": status}
        return identity | {"call_id": f"call_{self.number:x}_{index}", "name": name, "arguments": arguments}

    def _parts(self) -> tuple[list[Frames], Frames]:
        """Events of the items: chunks with a delta each, and what closes the last item.

        What opens an item goes with its first delta, what closes it with the next item's first or with the tail.
        A failing answer closes nothing: its terminal event follows at once.
        """
        chunks: list[Frames] = []
        closing: Frames = ()
        reply = self.reply
        cut = reply.ending is not Ending.COMPLETE
        for index, item in enumerate(self._items("incomplete" if cut else "completed")):
            opening, deltas, ends = _item_events(index, item, reply)
            for delta in deltas:
                chunks.append((*closing, *opening, delta))
                closing = opening = ()
            closing = (*closing, *opening, *ends)
        failed = reply.ending not in (Ending.COMPLETE, Ending.INCOMPLETE)
        return chunks, () if failed else closing


def failure_line(reply: Reply) -> str:
    """The message of an answer that fails half-way."""
    return f"The offline model was asked to fail ({reply.detail})."


def _text_part(text: str) -> Json:
    return {"type": "output_text", "annotations": [], "logprobs": [], "text": text}


def _refusal_part(text: str) -> Json:
    return {"type": "refusal", "refusal": text}


def _item_events(index: int, item: Json, reply: Reply) -> tuple[Frames, Iterable[bytes], Frames]:
    if item["type"] == "function_call":
        return _call_events(index, item)
    parts = [reply.commentary] if item["phase"] == "commentary" else reply.chunks
    refused = reply.refused and item["phase"] == "final_answer"
    return _message_events(index, item, parts, "refusal" if refused else "output_text")


def _message_events(index: int, item: Json, chunks: Iterable[str], kind: str) -> tuple[Frames, Iterable[bytes], Frames]:
    chunks = tuple(chunks)
    text = "".join(chunks)
    whole, empty = (_refusal_part(text), _refusal_part("")) if kind == "refusal" else (_text_part(text), _text_part(""))
    place: Json = {"item_id": item["id"], "output_index": index, "content_index": 0}
    logprobs: Json = {} if kind == "refusal" else {"logprobs": []}
    opening = (
        _frame("response.output_item.added", output_index=index, item=item | {"status": "in_progress", "content": []}),
        _frame("response.content_part.added", part=empty, **place),
    )
    name = "refusal" if kind == "refusal" else "text"
    closing = (
        _frame(f"response.{kind}.done", **{name: text}, **place, **logprobs),
        _frame("response.content_part.done", part=whole, **place),
        _frame("response.output_item.done", output_index=index, item=item),
    )
    return opening, _deltas(f"response.{kind}.delta", place | logprobs, chunks), closing


def _call_events(index: int, item: Json) -> tuple[Frames, Iterable[bytes], Frames]:
    place: Json = {"item_id": item["id"], "output_index": index}
    arguments = str(item["arguments"])
    kind = "response.function_call_arguments"
    started = item | {"status": "in_progress", "arguments": ""}
    opening = (_frame("response.output_item.added", output_index=index, item=started),)
    closing = (
        _frame(f"{kind}.done", arguments=arguments, name=item["name"], **place),
        _frame("response.output_item.done", output_index=index, item=item),
    )
    return opening, _deltas(f"{kind}.delta", place, pieces(arguments)), closing


def _deltas(kind: str, rest: Json, chunks: Iterable[str]) -> Iterator[bytes]:
    before = _frame(kind, **rest) + b',"delta":'
    return (before + encode(chunk) for chunk in chunks)


def _frame(kind: str, **fields: object) -> bytes:
    """An event without its sequence number and its end."""
    return b"event: %b\ndata: %b" % (kind.encode(), encode({"type": kind, **fields})[:-1])
