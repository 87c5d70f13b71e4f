"""Refuses what OpenAI refuses: unknown parameters, wrong types, items that do not fit together."""

from collections.abc import Mapping

from playground.model import checks, items, tool_checks
from playground.model.checks import Check
from playground.model.errors import ApiError, missing, wrong_value
from playground.model.journal import Api

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
    tool_checks.check_tools(api, body)
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


_CHECKS: dict[str, Check] = {
    "model": checks.text(),
    "instructions": checks.text(),
    "stream": checks.switch,
    "store": checks.switch,
    "parallel_tool_calls": checks.switch,
    "background": checks.switch,
    "temperature": checks.number(0, 2),
    "top_p": checks.number(0, 1),
    "max_output_tokens": checks.whole(16),
    "max_completion_tokens": checks.whole(1),
    "max_tokens": checks.whole(1),
    "max_tool_calls": checks.whole(1),
    "safety_identifier": checks.text(128),
    "user": checks.text(),
    "prompt_cache_key": checks.text(),
    "previous_response_id": checks.text(),
    "metadata": checks.metadata,
    "stream_options": checks.group(include_usage=checks.switch, include_obfuscation=checks.switch),
    "reasoning": checks.group(effort=checks.choice(*EFFORTS), summary=checks.choice("auto", "concise", "detailed")),
    "text": checks.group(verbosity=checks.choice(*VERBOSITIES)),
    "reasoning_effort": checks.choice(*EFFORTS),
    "verbosity": checks.choice(*VERBOSITIES),
    "truncation": checks.choice("auto", "disabled"),
    "service_tier": checks.choice("auto", "default", "flex", "scale", "priority", "fast", "ultrafast"),
}
