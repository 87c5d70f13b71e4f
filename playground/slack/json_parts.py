"""Reading JSON that was checked when it came in: what is not there is empty."""

from collections.abc import Mapping

from playground.slack.wire import Json, JsonObject


def word(given: Mapping[str, Json], name: str) -> str:
    """A text."""
    value = given.get(name)
    return value if isinstance(value, str) else ""


def part(given: Mapping[str, Json], name: str) -> JsonObject:
    """An object."""
    value = given.get(name)
    return dict(value) if isinstance(value, Mapping) else {}


def parts(given: Mapping[str, Json], name: str) -> list[JsonObject]:
    """The objects of a list."""
    return objects(given.get(name))


def objects(value: Json) -> list[JsonObject]:
    """The objects of what may be a list."""
    return [dict(item) for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


def words_of(given: Mapping[str, Json], name: str = "text") -> str:
    """The characters of a text object."""
    return word(part(given, name), "text")
