"""What Slack demands of each element of a block."""

from collections.abc import Callable
from decimal import Decimal

from playground.slack.field_checks import number_of
from playground.slack.strict_parts import StrictPart
from playground.slack.wire import Json

ID_CHARACTERS = 255
LABEL_CHARACTERS = 75
OPTION_VALUE_CHARACTERS = 150
BUTTON_VALUE_CHARACTERS = 2_000
INPUT_CHARACTERS = 3_000
PLACEHOLDER_CHARACTERS = 150
MAX_OPTIONS, MAX_BOXES = 100, 10


def check_element(element: StrictPart, allowed: tuple[str, ...]) -> None:
    """An element, of one of the types that its block takes."""
    kind = element.given.get("type")
    if kind is None:
        element.required("type")
    elif not isinstance(kind, str) or kind not in allowed:
        element.note(f"unsupported type: {kind}", "type")
    else:
        element.word("action_id", ID_CHARACTERS)
        _CHECKS[kind](element)


def _button(element: StrictPart) -> None:
    element.only("text", "url", "value", "style", "confirm", "accessibility_label")
    element.text("text", LABEL_CHARACTERS, required=True)
    element.word("url", 3_000)
    element.word("value", BUTTON_VALUE_CHARACTERS)
    element.one_of("style", ("primary", "danger"))
    element.word("accessibility_label", LABEL_CHARACTERS)
    _confirm(element)


def _confirm(element: StrictPart) -> None:
    if (asked := element.part("confirm")) is not None:
        asked.only("title", "text", "confirm", "deny", "style")
        asked.text("title", 100, required=True)
        asked.text("text", 300, plain=False, required=True)
        asked.text("confirm", 30, required=True)
        asked.text("deny", 30, required=True)
        asked.one_of("style", ("primary", "danger"))


def _select(element: StrictPart) -> None:
    element.only("placeholder", "options", "option_groups", "initial_option", "confirm", "focus_on_load")
    element.text("placeholder", PLACEHOLDER_CHARACTERS)
    element.flag("focus_on_load")
    _confirm(element)
    if ("options" in element.given) == ("option_groups" in element.given):
        element.note("must provide exactly one of: options, option_groups")
    offered = [_option(option) for option in element.parts("options", MAX_OPTIONS, required=False)]
    for group in element.parts("option_groups", MAX_OPTIONS, required=False):
        group.only("label", "options")
        group.text("label", LABEL_CHARACTERS, required=True)
        offered += [_option(option) for option in group.parts("options", MAX_OPTIONS)]
    _check_initial(element, offered)


def _option(option: StrictPart, *, plain: bool = True) -> Json:
    option.only("text", "value", "description")
    option.text("text", LABEL_CHARACTERS, plain=plain, required=True)
    option.word("value", OPTION_VALUE_CHARACTERS, required=True)
    option.text("description", LABEL_CHARACTERS, plain=plain)
    return option.given


def _check_initial(element: StrictPart, offered: list[Json]) -> None:
    first = element.part("initial_option")
    if first is not None and first.given not in offered:
        first.note("must be one of the provided options")


def _radio_buttons(element: StrictPart) -> None:
    element.only("options", "initial_option", "confirm", "focus_on_load")
    element.flag("focus_on_load")
    _confirm(element)
    _check_initial(element, [_option(option, plain=False) for option in element.parts("options", MAX_BOXES)])


def _checkboxes(element: StrictPart) -> None:
    element.only("options", "initial_options", "confirm", "focus_on_load")
    element.flag("focus_on_load")
    _confirm(element)
    offered = [_option(option, plain=False) for option in element.parts("options", MAX_BOXES)]
    for first in element.parts("initial_options", MAX_BOXES, required=False):
        if first.given not in offered:
            first.note("must be one of the provided options")


def _text_input(element: StrictPart) -> None:
    _check_typed(element, "multiline", "min_length", "max_length")
    element.flag("multiline")
    element.number("min_length", 0, INPUT_CHARACTERS)
    longest = element.number("max_length", 1, INPUT_CHARACTERS)
    element.word("initial_value", longest or INPUT_CHARACTERS, shortest=0)


def _number_input(element: StrictPart) -> None:
    _check_typed(element, "is_decimal_allowed", "min_value", "max_value")
    element.flag("is_decimal_allowed", required=True)
    numbers = [_number(element, name) for name in ("min_value", "initial_value", "max_value")]
    present = [number for number in numbers if number is not None]
    if present != sorted(present):
        element.note("must have min_value <= initial_value <= max_value")


def _number(element: StrictPart, name: str) -> Decimal | None:
    if not (text := element.word(name, INPUT_CHARACTERS, shortest=0)):
        return None
    if (number := number_of(text)) is None:
        element.note("must be a number", name)
    elif element.given.get("is_decimal_allowed") is False and number != number.to_integral_value():
        element.note("must be a whole number", name)
    return number


def _check_typed(element: StrictPart, *names: str) -> None:
    element.only("placeholder", "initial_value", "dispatch_action_config", "focus_on_load", *names)
    element.text("placeholder", PLACEHOLDER_CHARACTERS)
    element.flag("focus_on_load")
    element.part("dispatch_action_config")


def _feedback_buttons(element: StrictPart) -> None:
    element.only("positive_button", "negative_button")
    for name in ("positive_button", "negative_button"):
        if (button := element.part(name, required=True)) is not None:
            button.only("text", "value", "accessibility_label")
            button.text("text", LABEL_CHARACTERS, required=True)
            button.word("value", BUTTON_VALUE_CHARACTERS, required=True)
            button.word("accessibility_label", LABEL_CHARACTERS)


def _icon_button(element: StrictPart) -> None:
    element.only("icon", "text", "value", "confirm", "accessibility_label", "visible_to_user_ids")
    element.required("icon")
    element.one_of("icon", ("trash",))
    element.text("text", LABEL_CHARACTERS, required=True)
    element.word("value", BUTTON_VALUE_CHARACTERS)
    _confirm(element)


def _image(element: StrictPart) -> None:
    element.only("image_url", "slack_file", "alt_text")
    element.word("alt_text", 2_000, required=True)
    if ("image_url" in element.given) == ("slack_file" in element.given):
        element.note("must provide exactly one of: image_url, slack_file")


_CHECKS: dict[str, Callable[[StrictPart], None]] = {
    "button": _button,
    "static_select": _select,
    "radio_buttons": _radio_buttons,
    "checkboxes": _checkboxes,
    "plain_text_input": _text_input,
    "number_input": _number_input,
    "feedback_buttons": _feedback_buttons,
    "icon_button": _icon_button,
    "image": _image,
}
