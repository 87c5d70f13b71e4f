"""Blocks of messages, modals and home tabs as HTML."""

import html
from collections.abc import Callable

from playground.page import emoji, markdown, mrkdwn
from playground.page.elements import control
from playground.page.fields import field
from playground.page.icons import icon
from playground.page.mrkdwn import Names
from playground.page.surface import Surface
from playground.slack.json_parts import objects, part, parts, word, words_of
from playground.slack.wire import Json, JsonObject


def blocks(given: Json, surface: Surface) -> str:
    """All blocks in a row; empty without any."""
    shown = "".join(_block(block, surface, number) for number, block in enumerate(objects(given)))
    return f'<div class="blocks">{shown}</div>' if shown else ""


def own_blocks(given: Json) -> list[JsonObject]:
    """The blocks of a message beside the one that Slack makes of its text."""
    return [block for block in objects(given) if block.get("type") != "rich_text"]


def _block(block: JsonObject, surface: Surface, number: int) -> str:
    kind = word(block, "type")
    draw = _DRAWN.get(kind)
    name = surface.element(word(block, "block_id") or str(number))
    inner = draw(block, surface) if draw else f'<p class="context">A block of type {html.escape(kind)}</p>'
    return f'<div class="block" id="{name}">{inner}</div>'


def _markdown(block: JsonObject, surface: Surface) -> str:
    return f'<div class="text">{markdown.render(word(block, "text"), surface.names)}</div>'


def _section(block: JsonObject, surface: Surface) -> str:
    name = f"{surface.element(word(block, 'block_id'))}-text"
    text = _words(part(block, "text"), surface.names)
    fields = "".join(f'<div class="text">{_words(entry, surface.names)}</div>' for entry in parts(block, "fields"))
    beside = part(block, "accessory")
    drawn = control(beside, word(block, "block_id"), surface, named_by=name) if beside else ""
    first = f'<div class="text" id="{name}">{text}</div>' if text else ""
    columns = f'<div class="columns">{fields}</div>' if fields else ""
    return f'<div class="section"><div class="section-words">{first}{columns}</div>{drawn}</div>'


def _header(block: JsonObject, surface: Surface) -> str:
    return f'<h3 class="block-header">{_plain(words_of(block))}</h3>'


def _context(block: JsonObject, surface: Surface) -> str:
    shown = (
        f'<span class="context-picture">{icon("picture")}{html.escape(word(element, "alt_text"))}</span>'
        if word(element, "type") == "image"
        else f"<div>{_words(element, surface.names)}</div>"
        for element in parts(block, "elements")
    )
    return f'<div class="context">{"".join(shown)}</div>'


def _divider(block: JsonObject, surface: Surface) -> str:
    return '<hr class="divider">'


def _actions(block: JsonObject, surface: Surface) -> str:
    shown = (control(element, word(block, "block_id"), surface) for element in parts(block, "elements"))
    return f'<div class="{word(block, "type").replace("_", "-")}" role="group">{"".join(shown)}</div>'


def _image(block: JsonObject, surface: Surface) -> str:
    about = _plain(words_of(block, "title") or word(block, "alt_text"))
    note = "<small>A picture from elsewhere is not loaded</small>"
    return f'<figure class="placeholder">{icon("picture")}<figcaption>{about}{note}</figcaption></figure>'


_DRAWN: dict[str, Callable[[JsonObject, Surface], str]] = {
    "markdown": _markdown,
    "section": _section,
    "header": _header,
    "context": _context,
    "divider": _divider,
    "actions": _actions,
    "context_actions": _actions,
    "image": _image,
    "input": field,
}


def _words(text: JsonObject, names: Names) -> str:
    """A text object as HTML."""
    written = word(text, "text")
    if word(text, "type") == "mrkdwn":
        return mrkdwn.render(written, names)
    return f"<p>{_plain(written)}</p>" if written else ""


def _plain(text: str) -> str:
    shown = html.escape(emoji.CODE.sub(lambda match: emoji.shown(match[1]), text))
    return shown.replace("\n", "<br>")
