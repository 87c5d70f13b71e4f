"""The two APIs as a server writes them, so that one suite can be run against both."""

from typing import Protocol

from openai_client.events import Json

TEXT_ID = "msg_1"


class Dialect(Protocol):
    """Wire events of one API."""

    @property
    def api(self) -> str: ...

    @property
    def path(self) -> str: ...

    def opening(self) -> Json: ...

    def text(self, piece: str) -> Json: ...

    def refusal(self, piece: str) -> Json: ...

    def keepalive(self) -> Json: ...

    def thought(self) -> Json: ...

    def tool_call(self, call_id: str, name: str, arguments: str) -> list[Json]: ...

    def ending(self, whole: str = "", *, cut: str = "", tools: bool = False) -> list[Json]:
        """The end of an answer: usage 11 in (4 cached), 7 out (2 reasoning); `cut` is "length" or "filter"."""


class ResponsesDialect:
    api = "responses"
    path = "/v1/responses"

    def opening(self) -> Json:
        return {"type": "response.created", "response": {"id": "resp_1", "status": "in_progress"}}

    def text(self, piece: str) -> Json:
        return {"type": "response.output_text.delta", "item_id": TEXT_ID, "delta": piece}

    def refusal(self, piece: str) -> Json:
        return {"type": "response.refusal.delta", "item_id": TEXT_ID, "delta": piece}

    def keepalive(self) -> Json:
        return {"type": "keepalive", "sequence_number": 1}

    def thought(self) -> Json:
        return {"type": "response.reasoning_text.delta", "item_id": "rs_1", "delta": "Hm. "}

    def tool_call(self, call_id: str, name: str, arguments: str) -> list[Json]:
        item: Json = {"type": "function_call", "id": "fc", "call_id": call_id, "name": name, "arguments": arguments}
        return [
            {"type": "response.output_item.added", "item": {**item, "arguments": ""}},
            {"type": "response.function_call_arguments.delta", "delta": arguments},
            {"type": "response.output_item.done", "item": {**item, "status": "completed"}},
        ]

    def ending(self, whole: str = "", *, cut: str = "", tools: bool = False) -> list[Json]:
        content = [{"type": "output_text", "text": whole}]
        item: Json = {"type": "message", "id": TEXT_ID, "role": "assistant", "content": content}
        usage = {
            "input_tokens": 11,
            "input_tokens_details": {"cached_tokens": 4},
            "output_tokens": 7,
            "output_tokens_details": {"reasoning_tokens": 2},
        }
        response: Json = {"model": "served-model", "status": "completed", "usage": usage}
        if cut:
            reason = {"length": "max_output_tokens", "filter": "content_filter"}[cut]
            response |= {"status": "incomplete", "incomplete_details": {"reason": reason}}
        last: Json = {"type": f"response.{response['status']}", "response": response}
        return [{"type": "response.output_item.done", "item": item}, last] if whole else [last]


class ChatDialect:
    api = "chat_completions"
    path = "/v1/chat/completions"

    def opening(self) -> Json:
        return self._chunk({"role": "assistant", "content": ""})

    def text(self, piece: str) -> Json:
        return self._chunk({"content": piece})

    def refusal(self, piece: str) -> Json:
        return self._chunk({"refusal": piece})

    def keepalive(self) -> Json:
        return self._chunk({"content": ""})

    def thought(self) -> Json:
        return self._chunk({"reasoning_content": "Hm. "})

    def tool_call(self, call_id: str, name: str, arguments: str) -> list[Json]:
        middle = len(arguments) // 2
        first: Json = {"index": 0, "id": call_id, "function": {"name": name, "arguments": arguments[:middle]}}
        second: Json = {"index": 0, "function": {"arguments": arguments[middle:]}}
        return [self._chunk({"tool_calls": [first]}), self._chunk({"tool_calls": [second]})]

    def ending(self, whole: str = "", *, cut: str = "", tools: bool = False) -> list[Json]:
        finish = {"length": "length", "filter": "content_filter"}.get(cut, "tool_calls" if tools else "stop")
        usage = {
            "prompt_tokens": 11,
            "prompt_tokens_details": {"cached_tokens": 4},
            "completion_tokens": 7,
            "completion_tokens_details": {"reasoning_tokens": 2},
        }
        return [self._chunk({}, finish), {"model": "served-model", "choices": [], "usage": usage}]

    @staticmethod
    def _chunk(delta: Json, finish: str | None = None) -> Json:
        return {"model": "served-model", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
