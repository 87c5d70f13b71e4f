"""Checks of what a call carries: input items of the Responses API, messages of Chat Completions."""

from collections.abc import Iterator, Mapping, Sequence

from playground.model.checks import array, mapping
from playground.model.errors import ApiError, missing, wrong_value
from playground.model.part_checks import (
    CHAT_PARTS,
    CHAT_TEXT_ONLY,
    INPUT_PARTS,
    OUTPUT_PARTS,
    TOOL_OUTPUT_PARTS,
    check_content,
)

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
    items = [mapping(f"input[{at}]", item) for at, item in enumerate(array("input", given))]
    for at, item in enumerate(items):
        _check_item(f"input[{at}]", item)
    _check_pairs(items)


def check_messages(body: Mapping[str, object]) -> None:
    """Raises ApiError unless `messages` is a list of messages with at least one."""
    if body.get("messages") is None:
        raise missing("messages")
    messages = array("messages", body["messages"])
    if not messages:
        message = "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array."
        raise wrong_value("messages", message, "empty_array")
    open_calls: set[object] = set()
    for at, given in enumerate(messages):
        place = f"messages[{at}]"
        message_ = mapping(place, given)
        _check_chat_message(place, message_)
        open_calls = _follow_calls(place, message_, open_calls)


def _check_item(place: str, item: Mapping[str, object]) -> None:
    kind = item.get("type", "message" if "role" in item else None)
    if kind == "message":
        _check_message(place, item)
    elif isinstance(kind, str) and kind in _REQUIRED:
        for name in _REQUIRED[kind]:
            if item.get(name) is None:
                raise missing(f"{place}.{name}")
        if kind == "function_call_output":
            check_content(f"{place}.output", item["output"], TOOL_OUTPUT_PARTS)
    elif not isinstance(kind, str) or kind not in _OTHER_ITEMS:
        raise wrong_value(f"{place}.type" if kind else place, f"Invalid value: '{kind}'.")


def _check_message(place: str, item: Mapping[str, object]) -> None:
    role = item.get("role")
    if role not in _ROLES:
        known = ", ".join(f"'{name}'" for name in _ROLES)
        raise wrong_value(f"{place}.role", f"Invalid value: '{role}'. Supported values are: {known}.")
    allowed = OUTPUT_PARTS if role == "assistant" else INPUT_PARTS
    check_content(f"{place}.content", item.get("content"), allowed)
    phase = item.get("phase")
    if phase is not None and (role != "assistant" or phase not in ("commentary", "final_answer")):
        raise wrong_value(f"{place}.phase", f"Invalid value: '{phase}'.")


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
    check_content(f"{place}.content", message.get("content"), CHAT_PARTS.get(str(role), CHAT_TEXT_ONLY))
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
