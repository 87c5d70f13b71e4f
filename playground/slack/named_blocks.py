"""Ids for blocks and elements that came without: Slack gives them some, other ones each time."""

import secrets
from collections.abc import Sequence

from playground.slack.fields import FIELDS
from playground.slack.json_parts import objects, part, word
from playground.slack.wire import JsonObject

PRESSED = {"button", "feedback_buttons", "icon_button"}


def named(blocks: Sequence[JsonObject]) -> list[JsonObject]:
    """The same blocks; those with something to press or to fill in have ids everywhere."""
    return [_named_block(block) for block in blocks]


def _named_block(block: JsonObject) -> JsonObject:
    elements = [*objects(block.get("elements")), part(block, "accessory"), part(block, "element")]
    if not any(word(element, "type") in FIELDS | PRESSED for element in elements):
        return block
    changed = dict(block)
    changed.setdefault("block_id", _new())
    if "elements" in block:
        changed["elements"] = [_named_element(element) for element in objects(block["elements"])]
    for name in ("accessory", "element"):
        if inner := part(block, name):
            changed[name] = _named_element(inner)
    return changed


def _named_element(element: JsonObject) -> JsonObject:
    if word(element, "type") in FIELDS | PRESSED:
        return {**element, "action_id": word(element, "action_id") or _new()}
    return element


def _new() -> str:
    return secrets.token_urlsafe(4)
