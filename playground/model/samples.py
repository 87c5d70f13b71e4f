"""Arguments that fit a tool's JSON schema, for calls the offline model makes up."""

import json
from collections.abc import Mapping


def sample_arguments(schema: Mapping[str, object], **given: object) -> str:
    """JSON text with what is given, and a plain value for each required property that is not."""
    return json.dumps(_object(schema) | given)


def _sample(schema: object) -> object:
    if not isinstance(schema, Mapping):
        return "sample"
    if "default" in schema:
        return schema["default"]
    options = schema.get("enum")
    if isinstance(options, list) and options:
        return options[0]
    kind = schema.get("type")
    if kind == "object":
        return _object(schema)
    if kind == "array":
        return _array(schema)
    if kind == "integer":
        return _at_least(schema)
    if isinstance(choices := schema.get("anyOf"), list) and choices:
        return _sample(choices[0])
    plain: dict[object, object] = {"number": 1.5, "boolean": True, "null": None}
    return plain.get(kind, "sample") if isinstance(kind, str) else "sample"


def _at_least(schema: Mapping[str, object]) -> int:
    least = schema.get("minimum")
    return max(1, least) if isinstance(least, int) else 1


def _array(schema: Mapping[str, object]) -> list[object]:
    least = schema.get("minItems")
    return [_sample(schema.get("items"))] * min(least, 10) if isinstance(least, int) else []


def _object(schema: Mapping[str, object]) -> dict[str, object]:
    properties = schema.get("properties")
    required = schema.get("required")
    if not isinstance(properties, Mapping) or not isinstance(required, list):
        return {}
    return {name: _sample(properties.get(name)) for name in required if isinstance(name, str)}
