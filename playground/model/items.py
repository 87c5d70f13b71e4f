"""Checks of what a call carries: input items of the Responses API, messages of Chat Completions, tools of both."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from playground.model.errors import ApiError, missing, wrong_type, wrong_value

_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_INPUT_PARTS = frozenset({"input_text", "input_image", "input_file", "input_audio"})
_OUTPUT_PARTS = frozenset({"output_text", "refusal"})
_CHAT_PARTS = frozenset({"text", "image_url", "input_audio", "file", "refusal"})
_ROLES = ("user", "assistant", "system", "developer")
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "function_call": ("call_id", "name", "arguments"),
    "function_call_output": ("call_id", "output"),
    "item_reference": ("id",),
    "compaction": ("encrypted_content",),
}
_OTHER_ITEMS = frozenset({"reasoning", "image_generation_call", "web_search_call", "file_search_call"})


def check_input(body: Mapping[str, object]) -> None:
    """Raises ApiError unless `input` is text or a list of items that fit together."""
    if (previous := body.get("previous_response_id")) is not None:
        message = f"Previous response with id '{previous}' not found."
        raise wrong_value("previous_response_id", message, "previous_response_not_found")
    given = body.get("input")
    if given is None:
        if any(body.get(name) is not None for name in ("prompt", "conversation")):
            return
        raise missing("input")
    if isinstance(given, str):
        return
    items = [_object(f"input[{at}]", item) for at, item in enumerate(_list("input", given))]
    for at, item in enumerate(items):
        _check_item(f"input[{at}]", item)
    _check_pairs(items)


def check_messages(body: Mapping[str, object]) -> None:
    """Raises ApiError unless `messages` is a list of messages with at least one."""
    if body.get("messages") is None:
        raise missing("messages")
    messages = _list("messages", body["messages"])
    if not messages:
        message = "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array."
        raise wrong_value("messages", message, "empty_array")
    open_calls: set[object] = set()
    for at, given in enumerate(messages):
        place = f"messages[{at}]"
        message_ = _object(place, given)
        _check_chat_message(place, message_)
        open_calls = _follow_calls(place, message_, open_calls)


def check_tools(name: str, value: object) -> None:
    """Raises ApiError unless every function tool has a proper name."""
    for at, given in enumerate(_list(name, value)):
        place = f"{name}[{at}]"
        tool = _object(place, given)
        if not isinstance(tool.get("type"), str):
            raise missing(f"{place}.type")
        if tool["type"] != "function":
            continue
        if isinstance(tool.get("function"), Mapping):
            place, tool = f"{place}.function", _object(place, tool["function"])
        if not isinstance(tool.get("name"), str):
            raise missing(f"{place}.name")
        if not _TOOL_NAME.fullmatch(str(tool["name"])):
            message = f"Invalid '{place}.name': string does not match pattern '^[a-zA-Z0-9_-]+$'."
            raise wrong_value(f"{place}.name", message)


def _check_item(place: str, item: Mapping[str, object]) -> None:
    kind = item.get("type", "message" if "role" in item else None)
    if kind == "message":
        _check_message(place, item)
    elif isinstance(kind, str) and kind in _REQUIRED:
        for name in _REQUIRED[kind]:
            if item.get(name) is None:
                raise missing(f"{place}.{name}")
    elif not isinstance(kind, str) or kind not in _OTHER_ITEMS:
        raise wrong_value(f"{place}.type" if kind else place, f"Invalid value: '{kind}'.")


def _check_message(place: str, item: Mapping[str, object]) -> None:
    role = item.get("role")
    if role not in _ROLES:
        known = ", ".join(f"'{name}'" for name in _ROLES)
        raise wrong_value(f"{place}.role", f"Invalid value: '{role}'. Supported values are: {known}.")
    allowed = _OUTPUT_PARTS if role == "assistant" else _INPUT_PARTS
    _check_content(f"{place}.content", item.get("content"), allowed)
    phase = item.get("phase")
    if phase is not None and (role != "assistant" or phase not in ("commentary", "final_answer")):
        raise wrong_value(f"{place}.phase", f"Invalid value: '{phase}'.")


def _check_content(place: str, content: object, allowed: Collection[str]) -> None:
    if content is None:
        raise missing(place)
    if isinstance(content, str):
        return
    for at, given in enumerate(_list(place, content)):
        part = _object(f"{place}[{at}]", given)
        kind = part.get("type")
        if not isinstance(kind, str) or kind not in allowed:
            known = ", ".join(f"'{name}'" for name in sorted(allowed))
            message = f"Invalid value: '{kind}'. Supported values are: {known}."
            raise wrong_value(f"{place}[{at}].type", message)


def _check_pairs(items: Sequence[Mapping[str, object]]) -> None:
    calls = _call_ids(items, "function_call")
    outputs = _call_ids(items, "function_call_output")
    for lonely in (call for call in calls if call not in outputs):
        raise ApiError(400, f"No tool output found for function call {lonely}.", param="input")
    for lonely in (output for output in outputs if output not in calls):
        raise ApiError(400, f"No tool call found for function call output with call_id {lonely}.", param="input")


def _call_ids(items: Sequence[Mapping[str, object]], kind: str) -> list[object]:
    return [item.get("call_id") for item in items if item.get("type") == kind]


def _check_chat_message(place: str, message: Mapping[str, object]) -> None:
    role = message.get("role")
    if role not in (*_ROLES, "tool"):
        raise wrong_value(f"{place}.role", f"Invalid value: '{role}'.")
    if message.get("content") is None and role == "assistant" and (message.get("tool_calls") or message.get("refusal")):
        return
    _check_content(f"{place}.content", message.get("content"), _CHAT_PARTS)
    if role == "tool" and not isinstance(message.get("tool_call_id"), str):
        raise missing(f"{place}.tool_call_id")


def _follow_calls(place: str, message: Mapping[str, object], open_calls: set[object]) -> set[object]:
    """The tool calls that still need a result after this message."""
    if message.get("role") == "tool":
        if message.get("tool_call_id") not in open_calls:
            text = "messages with role 'tool' must be a response to a preceding message with 'tool_calls'."
            raise ApiError(400, f"Invalid parameter: {text}", param=f"{place}.role")
        return open_calls - {message.get("tool_call_id")}
    if open_calls:
        text = "An assistant message with 'tool_calls' must be followed by tool messages to each 'tool_call_id'."
        raise ApiError(400, text, param=place)
    return set(_chat_call_ids(message.get("tool_calls")))


def _chat_call_ids(calls: object) -> Iterator[object]:
    for call in calls if isinstance(calls, list) else []:
        if not isinstance(call, Mapping) or not isinstance(call.get("id"), str):
            raise missing("messages.tool_calls.id")
        yield call["id"]


def _list(place: str, value: object) -> list[object]:
    if not isinstance(value, list):
        raise wrong_type(place, "an array", value)
    return value


def _object(place: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise wrong_type(place, "an object", value)
    return value
