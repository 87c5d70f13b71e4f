"""Refuses what OpenAI refuses: unknown parameters, wrong types, items that do not fit together."""

from collections.abc import Callable, Mapping

from playground.model import items
from playground.model.errors import ApiError, missing, wrong_type, wrong_value
from playground.model.journal import Api

Check = Callable[[str, object], None]

_RESPONSES_ONLY = """access_programs background background_options context_management conversation image include
input instructions max_output_tokens max_tool_calls previous_response_id prompt reasoning text truncation"""
_CHAT_ONLY = """audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens
messages modalities n prediction presence_penalty reasoning_effort response_format seed stop verbosity
web_search_options"""
_SHARED = """metadata model moderation parallel_tool_calls prompt_cache_key prompt_cache_options
prompt_cache_retention safety_identifier service_tier store stream stream_options temperature tool_choice tools
top_logprobs top_p user"""

KNOWN = {
    Api.RESPONSES: frozenset((_RESPONSES_ONLY + " " + _SHARED).split()),
    Api.CHAT_COMPLETIONS: frozenset((_CHAT_ONLY + " " + _SHARED).split()),
}
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
VERBOSITIES = ("low", "medium", "high")


def check(api: Api, body: Mapping[str, object]) -> None:
    """Raises ApiError with status 400 at the first thing that does not fit."""
    if unknown := sorted(body.keys() - KNOWN[api]):
        raise wrong_value(unknown[0], f"Unknown parameter: '{unknown[0]}'.", "unknown_parameter")
    if body.get("model") is None:
        raise missing("model")
    for name, test in _CHECKS.items():
        if body.get(name) is not None:
            test(name, body[name])
    if body.get("stream_options") is not None and body.get("stream") is not True:
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise wrong_value("stream_options", message)
    if api is Api.RESPONSES:
        items.check_input(body)
    else:
        items.check_messages(body)


def refuse(body: Mapping[str, object], names: frozenset[str]) -> None:
    """Raises ApiError when the body has one of `names`; a dot leads into an object, as in `reasoning.effort`."""
    for name in sorted(names):
        outer, _, inner = name.partition(".")
        value = body.get(outer)
        if inner:
            value = value.get(inner) if isinstance(value, Mapping) else None
        if value is not None:
            message = f"Unsupported parameter: '{name}' is not supported with this model."
            raise ApiError(400, message, code="unsupported_parameter", param=name)


def _text(longest: int | None = None) -> Check:
    def test(name: str, value: object) -> None:
        if not isinstance(value, str):
            raise wrong_type(name, "a string", value)
        if longest is not None and len(value) > longest:
            message = f"Invalid '{name}': string too long. Expected a string with maximum length {longest}."
            raise wrong_value(name, message, "string_above_max_length")

    return test


def _switch(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise wrong_type(name, "a boolean", value)


def _number(low: float, high: float) -> Check:
    def test(name: str, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong_type(name, "a number", value)
        _within(name, value, low, high, "decimal")

    return test


def _whole(low: int) -> Check:
    def test(name: str, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(name, "an integer", value)
        _within(name, value, low, float("inf"), "integer")

    return test


def _within(name: str, value: float, low: float, high: float, kind: str) -> None:
    if value < low:
        message = f"Invalid '{name}': {kind} below minimum value. Expected a value >= {low}, but got {value} instead."
        raise wrong_value(name, message, f"{kind}_below_min_value")
    if value > high:
        message = f"Invalid '{name}': {kind} above maximum value. Expected a value <= {high}, but got {value} instead."
        raise wrong_value(name, message, f"{kind}_above_max_value")


def _choice(*choices: str) -> Check:
    def test(name: str, value: object) -> None:
        if value not in choices:
            known = ", ".join(f"'{choice}'" for choice in choices)
            raise wrong_value(name, f"Invalid value: '{value}'. Supported values are: {known}.")

    return test


def _group(**inner: Check) -> Check:
    """An object; its known members are checked, others pass."""

    def test(name: str, value: object) -> None:
        if not isinstance(value, Mapping):
            raise wrong_type(name, "an object", value)
        for key, inner_test in inner.items():
            if value.get(key) is not None:
                inner_test(f"{name}.{key}", value[key])

    return test


def _metadata(name: str, value: object) -> None:
    _group()(name, value)
    if isinstance(value, Mapping) and len(value) > 16:
        raise wrong_value(name, f"Invalid '{name}': too many properties.", "object_above_max_properties")


_CHECKS: dict[str, Check] = {
    "model": _text(),
    "instructions": _text(),
    "stream": _switch,
    "store": _switch,
    "parallel_tool_calls": _switch,
    "background": _switch,
    "temperature": _number(0, 2),
    "top_p": _number(0, 1),
    "max_output_tokens": _whole(16),
    "max_completion_tokens": _whole(1),
    "max_tokens": _whole(1),
    "max_tool_calls": _whole(1),
    "safety_identifier": _text(128),
    "user": _text(),
    "prompt_cache_key": _text(),
    "previous_response_id": _text(),
    "metadata": _metadata,
    "stream_options": _group(include_usage=_switch, include_obfuscation=_switch),
    "reasoning": _group(effort=_choice(*EFFORTS), summary=_choice("auto", "concise", "detailed")),
    "text": _group(verbosity=_choice(*VERBOSITIES)),
    "reasoning_effort": _choice(*EFFORTS),
    "verbosity": _choice(*VERBOSITIES),
    "truncation": _choice("auto", "disabled"),
    "service_tier": _choice("auto", "default", "flex", "scale", "priority", "fast", "ultrafast"),
    "tools": items.check_tools,
}
