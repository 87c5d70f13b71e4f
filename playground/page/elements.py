"""What people press and choose in blocks: buttons, feedback, selects. Fields of forms are in `fields`."""

import html
import json
from urllib.parse import urlsplit

from playground.page.icons import icon
from playground.page.options import select
from playground.page.surface import Surface
from playground.slack.json_parts import part, word, words_of
from playground.slack.wire import JsonObject

_VOTES = (("positive_button", "thumb-up"), ("negative_button", "thumb-down"))
_ICON_BUTTONS = {"trash": "delete"}


def control(element: JsonObject, block_id: str, surface: Surface, *, named_by: str = "") -> str:
    """An element of an `actions` or `context_actions` block, or beside a section; `named_by` is its label's id."""
    match word(element, "type"):
        case "button":
            return _button(element, block_id, surface)
        case "feedback_buttons":
            return _feedback(element, block_id, surface)
        case "icon_button":
            return _icon_button(element, block_id)
        case "static_select":
            return _select(element, block_id, surface, named_by)
        case "image":
            return f'<span class="context-picture">{icon("picture")}{html.escape(word(element, "alt_text"))}</span>'
        case kind:
            return f'<span class="context">An element of type {html.escape(kind)}</span>'


def _button(element: JsonObject, block_id: str, surface: Surface) -> str:
    style = word(element, "style")
    looks = f' class="{style}"' if style in {"primary", "danger"} else ""
    spoken = word(element, "accessibility_label")
    name = f' aria-label="{html.escape(spoken)}"' if spoken else ""
    own_id = surface.element(block_id, word(element, "action_id"))
    about = f'data-do="block" id="{own_id}"{looks}{name}{_marks(element, block_id)}'
    face = html.escape(words_of(element))
    if address := _address(word(element, "url")):
        return f'<a {about} href="{address}" target="_blank" rel="noopener noreferrer">{face}</a>'
    return f'<button type="button" {about}>{face}</button>'


def _address(url: str) -> str:
    try:
        known = urlsplit(url).scheme.lower() in {"http", "https"}
    except ValueError:
        return ""
    return html.escape(url) if known else ""


def _marks(element: JsonObject, block_id: str) -> str:
    """What a press tells: block, action, and the question that comes before it."""
    asked = part(element, "confirm")
    marks = f' data-block="{html.escape(block_id)}" data-action="{html.escape(word(element, "action_id"))}"'
    return f'{marks} data-confirm="{html.escape(json.dumps(_question(asked)))}"' if asked else marks


def _question(confirm: JsonObject) -> JsonObject:
    words: JsonObject = {name: words_of(confirm, name) for name in ("title", "text", "confirm", "deny")}
    return words | {"danger": word(confirm, "style") == "danger"}


def _feedback(element: JsonObject, block_id: str, surface: Surface) -> str:
    chosen = surface.chosen.get(word(element, "action_id"))
    marks = _marks(element, block_id)
    return "".join(_vote(part(element, name), marks, picture, chosen) for name, picture in _VOTES)


def _vote(button: JsonObject, marks: str, picture: str, chosen: str | None) -> str:
    value = word(button, "value")
    pressed = str(value == chosen).lower()
    title = html.escape(words_of(button))
    spoken = html.escape(word(button, "accessibility_label")) or title
    return (
        f'<button type="button" class="vote" data-do="block"{marks} data-value="{html.escape(value)}"'
        f' aria-pressed="{pressed}" aria-label="{spoken}" title="{title}">{icon(picture)}</button>'
    )


def _icon_button(element: JsonObject, block_id: str) -> str:
    name = html.escape(word(element, "accessibility_label") or words_of(element))
    picture = icon(_ICON_BUTTONS.get(word(element, "icon"), "help"))
    return (
        f'<button type="button" class="vote" data-do="block"{_marks(element, block_id)} aria-label="{name}"'
        f' title="{name}">{picture}</button>'
    )


def _select(element: JsonObject, block_id: str, surface: Surface, named_by: str) -> str:
    action_id = word(element, "action_id")
    own = html.escape(words_of(element, "placeholder") or action_id)
    name = f' aria-labelledby="{named_by}"' if named_by else f' aria-label="{own}"'
    marks = f"{_marks(element, block_id)}{name} data-tells"
    return select(element, surface.element(block_id, action_id), surface.held(block_id, action_id), marks)
