"""What an open window refuses by itself before anything is sent."""

import re
from decimal import Decimal

from playground.slack.fields import TYPED, Element, fields_of, values_of
from playground.slack.interactive_records import View
from playground.slack.json_parts import word
from playground.slack.wire import JsonObject

_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")


def problems(view: View) -> dict[str, str]:
    """Lines by block id; empty where the window lets its form go."""
    found: dict[str, str] = {}
    for field in fields_of(view.blocks):
        if field.block.get("type") == "input" and (line := _problem(field, view.held.get(field.id, {}))):
            found[field.id[0]] = line
    return found


def _problem(field: Element, held: JsonObject) -> str:
    values = values_of(held)
    if not values:
        return "" if field.block.get("optional") is True else "Please complete this required field."
    if field.kind not in TYPED:
        return ""
    return _number(field.given, values[0]) if field.kind == "number_input" else _length(field.given, values[0])


def _length(element: JsonObject, text: str) -> str:
    longest, shortest = element.get("max_length"), element.get("min_length")
    if isinstance(longest, int) and len(text) > longest:
        return f"This field must be at most {longest} characters."
    if isinstance(shortest, int) and len(text) < shortest:
        return f"This field must be at least {shortest} characters."
    return ""


def _number(element: JsonObject, text: str) -> str:
    number = number_of(text)
    if number is None:
        return "Please enter a number."
    if element.get("is_decimal_allowed") is not True and number != number.to_integral_value():
        return "Please enter a whole number."
    least, most = number_of(word(element, "min_value")), number_of(word(element, "max_value"))
    if least is not None and number < least:
        return f"Must be {least} or more."
    if most is not None and number > most:
        return f"Must be {most} or less."
    return ""


def number_of(text: str) -> Decimal | None:
    """A number in plain digits, or None."""
    return Decimal(text.strip()) if _NUMBER.fullmatch(text.strip()) else None
