"""What Slack demands of blocks, be they in a message, a modal or a home tab.

Blocks that only Slack's own answers have, such as tables and task cards, are taken as they are. Elements that the
playground does not show are refused.
"""

from collections.abc import Callable, Iterable
from typing import Literal

from playground.slack.element_checks import ID_CHARACTERS, check_element
from playground.slack.json_parts import parts, word
from playground.slack.strict_parts import StrictPart

Surface = Literal["message", "modal", "home"]
SECTION_CHARACTERS = 3_000
FIELD_CHARACTERS = 2_000
HEADER_CHARACTERS = 150
LABEL_CHARACTERS = 2_000
MARKDOWN_CHARACTERS = 12_000
_CONTROLS = ("button", "static_select", "radio_buttons", "checkboxes")
_INPUTS = ("plain_text_input", "number_input", "static_select", "radio_buttons", "checkboxes")
_AS_THEY_ARE = {"image", "rich_text", "video"}
_ONLY_IN_MESSAGES = {"markdown", "context_actions"}
_IN_MESSAGES_AS_THEY_ARE = {"table", "task_card", "plan", "file", "data_table", "data_visualization", "alert", "card"}


def check_blocks(blocks: Iterable[StrictPart], surface: Surface) -> None:
    """Note everything that is wrong with the blocks of a surface."""
    seen: set[str] = set()
    for block in blocks:
        kind = block.given.get("type")
        if kind is None:
            block.required("type")
        elif not isinstance(kind, str) or not _is_at_home(kind, surface):
            block.note(f"unsupported type: {kind}", "type")
        else:
            _check_id(block, seen)
            if check := _CHECKS.get(kind):
                check(block)
            _check_action_ids(block)


def _is_at_home(kind: str, surface: Surface) -> bool:
    if kind in _ONLY_IN_MESSAGES | _IN_MESSAGES_AS_THEY_ARE:
        return surface == "message"
    return kind in _CHECKS or kind in _AS_THEY_ARE


def _check_id(block: StrictPart, seen: set[str]) -> None:
    if block_id := block.word("block_id", ID_CHARACTERS):
        if block_id in seen:
            block.note("block_id already exists", "block_id")
        seen.add(block_id)


def _check_action_ids(block: StrictPart) -> None:
    given = [action_id for element in parts(block.given, "elements") if (action_id := word(element, "action_id"))]
    if len(set(given)) != len(given):
        block.note("action_id already exists", "elements")


def _section(block: StrictPart) -> None:
    block.only("text", "fields", "accessory", "expand")
    if "text" not in block.given and "fields" not in block.given:
        block.note("must provide text or fields")
    block.text("text", SECTION_CHARACTERS, plain=False)
    for field in block.parts("fields", 10, required=False):
        field.be_text(FIELD_CHARACTERS, plain=False)
    if (accessory := block.part("accessory")) is not None:
        check_element(accessory, (*_CONTROLS, "image"))


def _header(block: StrictPart) -> None:
    block.only("text", "level")
    block.text("text", HEADER_CHARACTERS, required=True)


def _context(block: StrictPart) -> None:
    block.only("elements")
    for element in block.parts("elements", 10):
        if element.given.get("type") == "image":
            check_element(element, ("image",))
        else:
            element.be_text(FIELD_CHARACTERS, plain=False)


def _divider(block: StrictPart) -> None:
    block.only()


def _actions(block: StrictPart) -> None:
    block.only("elements")
    for element in block.parts("elements", 25):
        check_element(element, _CONTROLS)


def _context_actions(block: StrictPart) -> None:
    block.only("elements")
    for element in block.parts("elements", 5):
        check_element(element, ("feedback_buttons", "icon_button"))


def _input(block: StrictPart) -> None:
    block.only("label", "element", "hint", "optional", "dispatch_action")
    block.text("label", LABEL_CHARACTERS, required=True)
    block.text("hint", LABEL_CHARACTERS)
    block.flag("optional")
    block.flag("dispatch_action")
    if (element := block.part("element", required=True)) is not None:
        check_element(element, _INPUTS)


def _markdown(block: StrictPart) -> None:
    block.only("text")
    block.word("text", MARKDOWN_CHARACTERS * 2, required=True)  # their sum has an error of its own


_CHECKS: dict[str, Callable[[StrictPart], None]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "divider": _divider,
    "actions": _actions,
    "context_actions": _context_actions,
    "input": _input,
    "markdown": _markdown,
}
