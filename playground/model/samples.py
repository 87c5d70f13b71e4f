"""Arguments that fit a tool's JSON schema, for calls the offline model makes up."""

import json
from collections.abc import Mapping


def sample_arguments(schema: Mapping[str, object]) -> str:
    """JSON text with a plain value for each required property."""
    return json.dumps(_object(schema))


def _sample(schema: object) -> object:
    if not isinstance(schema, Mapping):
        return "sample"
    options = schema.get("enum")
    if isinstance(options, list) and options:
        return options[0]
    kind = schema.get("type")
    if kind == "object":
        return _object(schema)
    plain: dict[object, object] = {"array": [], "integer": 1, "number": 1.5, "boolean": True, "null": None}
    return plain.get(kind, "sample") if isinstance(kind, str) else "sample"


def _object(schema: Mapping[str, object]) -> dict[str, object]:
    properties = schema.get("properties")
    required = schema.get("required")
    if not isinstance(properties, Mapping) or not isinstance(required, list):
        return {}
    return {name: _sample(properties.get(name)) for name in required if isinstance(name, str)}
