"""Choices out of a list: selects, radio buttons, checkboxes."""

import html
from collections.abc import Iterable

from playground.slack.json_parts import part, parts, word, words_of
from playground.slack.wire import JsonObject


def select(element: JsonObject, name: str, held: JsonObject | None, marks: str) -> str:
    """A `static_select`, with groups where it has some; `held` is what was chosen, None: what it begins with."""
    chosen = _chosen(element, held)
    groups = "".join(_group(group, chosen) for group in parts(element, "option_groups"))
    empty = html.escape(words_of(element, "placeholder") or "Choose…")
    return (
        f'<select id="{name}"{marks}><option value=""{"" if chosen else " selected"}>{empty}</option>'
        f"{groups or _options(parts(element, 'options'), chosen)}</select>"
    )


def _group(group: JsonObject, chosen: set[str]) -> str:
    title = html.escape(words_of(group, "label"))
    return f'<optgroup label="{title}">{_options(parts(group, "options"), chosen)}</optgroup>'


def _options(options: Iterable[JsonObject], chosen: set[str]) -> str:
    return "".join(
        f'<option value="{html.escape(word(option, "value"))}"{" selected" if word(option, "value") in chosen else ""}>'
        f"{html.escape(words_of(option))}</option>"
        for option in options
    )


def boxes(element: JsonObject, name: str, held: JsonObject | None) -> str:
    """`radio_buttons` or `checkboxes`, one line each."""
    kind = "radio" if word(element, "type") == "radio_buttons" else "checkbox"
    chosen = _chosen(element, held)
    return "".join(
        _box(option, kind, f"{name}-{number}", name, checked=word(option, "value") in chosen)
        for number, option in enumerate(parts(element, "options"))
    )


def _box(option: JsonObject, kind: str, name: str, group: str, *, checked: bool) -> str:
    described = html.escape(words_of(option, "description"))
    note = f'<small id="{name}-note">{described}</small>' if described else ""
    about = f' aria-describedby="{name}-note"' if described else ""
    value, state = html.escape(word(option, "value")), " checked" if checked else ""
    return (
        f'<div class="choice"><input type="{kind}" id="{name}" name="{group}" value="{value}"{state}{about}>'
        f'<div><label for="{name}">{html.escape(words_of(option))}</label>{note}</div></div>'
    )


def _chosen(element: JsonObject, held: JsonObject | None) -> set[str]:
    source, prefix = (element, "initial") if held is None else (held, "selected")
    one = word(part(source, f"{prefix}_option"), "value")
    return {one} if one else {word(option, "value") for option in parts(source, f"{prefix}_options")}
