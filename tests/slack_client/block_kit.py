"""Views as tests look at them: what is in them, and what the playground's Slack would refuse in them."""

import json
from collections.abc import Mapping, Sequence

from playground.slack.view_checks import check_view
from playground.slack.wire import SlackError

Json = Mapping[str, object]


def refusals(view: Json) -> list[str]:
    """Why Slack would not take the view, a line for each reason."""
    try:
        check_view(json.loads(json.dumps(view)), "home" if view["type"] == "home" else "modal")
    except SlackError as refused:
        return [refused.code, *refused.messages]
    return []


def text_of(value: object) -> str:
    """The text of a text object."""
    assert isinstance(value, Mapping)
    return str(value["text"])


def parts(value: object, name: str) -> list[Json]:
    """The objects in a list."""
    found = value.get(name, []) if isinstance(value, Mapping) else []
    assert isinstance(found, Sequence)
    return [each for each in found if isinstance(each, Mapping)]


def part(value: object, name: str) -> Json:
    """An object in an object; empty where there is none."""
    found = value.get(name, {}) if isinstance(value, Mapping) else {}
    assert isinstance(found, Mapping)
    return found
