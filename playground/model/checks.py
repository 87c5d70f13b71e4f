"""Checks of single parameters: each raises ApiError in OpenAI's words when a value does not fit."""

from collections.abc import Callable, Mapping

from playground.model.errors import wrong_type, wrong_value

Check = Callable[[str, object], None]
"""Takes the parameter's name and its value."""


def text(longest: int | None = None) -> Check:
    """A string, at most `longest` characters long."""

    def test(name: str, value: object) -> None:
        if not isinstance(value, str):
            raise wrong_type(name, "a string", value)
        if longest is not None and len(value) > longest:
            message = f"Invalid '{name}': string too long. Expected a string with maximum length {longest}."
            raise wrong_value(name, message, "string_above_max_length")

    return test


def switch(name: str, value: object) -> None:
    """True or false."""
    if not isinstance(value, bool):
        raise wrong_type(name, "a boolean", value)


def number(low: float, high: float) -> Check:
    """A number within bounds."""

    def test(name: str, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong_type(name, "a number", value)
        _within(name, value, low, high, "decimal")

    return test


def whole(low: int, high: float = float("inf")) -> Check:
    """A whole number within bounds."""

    def test(name: str, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(name, "an integer", value)
        _within(name, value, low, high, "integer")

    return test


def _within(name: str, value: float, low: float, high: float, kind: str) -> None:
    if value < low:
        message = f"Invalid '{name}': {kind} below minimum value. Expected a value >= {low}, but got {value} instead."
        raise wrong_value(name, message, f"{kind}_below_min_value")
    if value > high:
        message = f"Invalid '{name}': {kind} above maximum value. Expected a value <= {high}, but got {value} instead."
        raise wrong_value(name, message, f"{kind}_above_max_value")


def choice(*choices: str) -> Check:
    """One of `choices`."""

    def test(name: str, value: object) -> None:
        if value not in choices:
            known = ", ".join(f"'{choice}'" for choice in choices)
            raise wrong_value(name, f"Invalid value: '{value}'. Supported values are: {known}.")

    return test


def group(**inner: Check) -> Check:
    """An object; its known members are checked, others pass."""

    def test(name: str, value: object) -> None:
        if not isinstance(value, Mapping):
            raise wrong_type(name, "an object", value)
        for key, inner_test in inner.items():
            if value.get(key) is not None:
                inner_test(f"{name}.{key}", value[key])

    return test


def metadata(name: str, value: object) -> None:
    """At most 16 properties."""
    group()(name, value)
    if isinstance(value, Mapping) and len(value) > 16:
        raise wrong_value(name, f"Invalid '{name}': too many properties.", "object_above_max_properties")


def array(name: str, value: object) -> list[object]:
    """`value`, which has to be an array."""
    if not isinstance(value, list):
        raise wrong_type(name, "an array", value)
    return value


def mapping(name: str, value: object) -> Mapping[str, object]:
    """`value`, which has to be an object."""
    if not isinstance(value, Mapping):
        raise wrong_type(name, "an object", value)
    return value
