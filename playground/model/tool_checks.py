"""Checks of the tools that a call offers, in both APIs."""

import re
from collections.abc import Mapping

from playground.model.checks import array, mapping
from playground.model.errors import ApiError, missing, wrong_value
from playground.model.journal import Api

_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_NEEDS_TOOLS = ("tool_choice", "parallel_tool_calls")  # Chat Completions refuses them alone


def check_tools(api: Api, body: Mapping[str, object]) -> None:
    """Raises ApiError unless every function tool has a proper name and a schema of an object."""
    tools = body.get("tools")
    if tools is None:
        lonely = next((name for name in _NEEDS_TOOLS if api is Api.CHAT_COMPLETIONS and body.get(name) is not None), "")
        if lonely:
            raise wrong_value(lonely, f"Invalid value for '{lonely}': '{lonely}' is only allowed with 'tools'.")
        return
    for at, given in enumerate(array("tools", tools)):
        _check_tool(api, f"tools[{at}]", mapping(f"tools[{at}]", given))


def _check_tool(api: Api, place: str, tool: Mapping[str, object]) -> None:
    if not isinstance(tool.get("type"), str):
        raise missing(f"{place}.type")
    if tool["type"] != "function":
        return
    if api is Api.CHAT_COMPLETIONS:  # one level more
        if tool.get("function") is None:
            raise missing(f"{place}.function")
        place, tool = f"{place}.function", mapping(f"{place}.function", tool["function"])
    name = tool.get("name")
    if not isinstance(name, str):
        raise missing(f"{place}.name")
    if not _TOOL_NAME.fullmatch(name):
        message = f"Invalid '{place}.name': string does not match pattern '^[a-zA-Z0-9_-]+$'."
        raise wrong_value(f"{place}.name", message)
    if (parameters := tool.get("parameters")) is not None:
        _check_schema(place, name, mapping(f"{place}.parameters", parameters), tool.get("strict") is True)


def _check_schema(place: str, name: str, schema: Mapping[str, object], strict: bool) -> None:
    problem = ""
    if schema.get("type") != "object":
        problem = f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{schema.get('type')}\"'."
    elif strict and schema.get("additionalProperties") is not False:
        problem = "'additionalProperties' is required to be supplied and to be false."
    elif strict and not _all_required(schema):
        problem = "'required' is required to be supplied and to be an array including every key in properties."
    if problem:
        message = f"Invalid schema for function '{name}': In context=(), {problem}"
        raise ApiError(400, message, code="invalid_function_parameters", param=f"{place}.parameters")


def _all_required(schema: Mapping[str, object]) -> bool:
    properties, required = schema.get("properties"), schema.get("required")
    names = list(properties) if isinstance(properties, Mapping) else []
    return isinstance(required, list) and all(name in required for name in names)
