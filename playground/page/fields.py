"""The fields of a form: a label, the field, a hint, and what is wrong with what was typed."""

import html

from playground.page.options import boxes, select
from playground.page.surface import Surface
from playground.slack.json_parts import part, word, words_of
from playground.slack.wire import JsonObject

_GROUPS = {"radio_buttons": "radiogroup", "checkboxes": "group"}


def field(block: JsonObject, surface: Surface) -> str:
    """An `input` block."""
    element, block_id = part(block, "element"), word(block, "block_id")
    action_id = word(element, "action_id")
    name = surface.element(block_id, action_id)
    error = html.escape(surface.errors.get(block_id, ""))
    hint = html.escape(words_of(block, "hint"))
    optional = ' <span class="optional">(optional)</span>' if block.get("optional") is True else ""
    words = html.escape(words_of(block, "label")) + optional
    marks = _marks(block, action_id) + _described(name, hint=bool(hint), error=bool(error))
    wrong = f'<p class="field-error" id="{name}-error" role="alert">{error}</p>' if error else ""
    more = f'<p class="field-hint" id="{name}-hint">{hint}</p>' if hint else ""
    return f"{_labelled(element, name, words, marks, surface.held(block_id, action_id))}{wrong}{more}"


def _marks(block: JsonObject, action_id: str) -> str:
    """Whose value it is, and whether the app is told of each change."""
    tells = " data-tells" if block.get("dispatch_action") is True else ""
    return f' data-block="{html.escape(word(block, "block_id"))}" data-action="{html.escape(action_id)}"{tells}'


def _described(name: str, *, hint: bool, error: bool) -> str:
    lines = [f"{name}-error"] * error + [f"{name}-hint"] * hint
    marks = f' aria-describedby="{" ".join(lines)}"' if lines else ""
    return f'{marks} aria-invalid="true"' if error else marks


def _labelled(element: JsonObject, name: str, words: str, marks: str, held: JsonObject | None) -> str:
    kind = word(element, "type")
    if role := _GROUPS.get(kind):
        return (
            f'<p class="field-label" id="{name}-label">{words}</p>'
            f'<div class="boxes" id="{name}" role="{role}" aria-labelledby="{name}-label"{marks}>'
            f"{boxes(element, name, held)}</div>"
        )
    title = f'<label class="field-label" for="{name}">{words}</label>'
    if kind == "static_select":
        return f"{title}{select(element, name, held, marks)}"
    return f"{title}{_typed(element, name, marks, held)}"


def _typed(element: JsonObject, name: str, marks: str, held: JsonObject | None) -> str:
    """A field for text or a number. It takes more than it may: what is too much is said, not swallowed."""
    text = html.escape(word(element, "initial_value") if held is None else word(held, "value"))
    empty = html.escape(words_of(element, "placeholder"))
    about = f'id="{name}" placeholder="{empty}" autocomplete="off"{marks}'
    if word(element, "type") == "number_input":
        return f'<div class="typed"><input type="text" inputmode="decimal" value="{text}" {about}></div>'
    longest = element.get("max_length")
    limit = f' data-longest="{longest}"' if isinstance(longest, int) else ""
    if element.get("multiline") is True:
        return f'<div class="typed"><textarea rows="4" {about}{limit}>\n{text}</textarea></div>'
    return f'<div class="typed"><input type="text" value="{text}" {about}{limit}></div>'
