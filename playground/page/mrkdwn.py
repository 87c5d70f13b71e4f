"""People's messages: Slack's mrkdwn to HTML. Nothing of the text itself ever becomes markup."""

import html
import re
from collections.abc import Callable, Iterable
from itertools import groupby

from playground.page import emoji
from playground.page.dates import date

Names = Callable[[str], str]
"""A person's name by id."""

# Every repetition excludes its own end mark, so that hostile texts are read in linear time.
_TOKEN = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<reference>[^<>\n]+)>"
    r"|(?<![\w*])\*(?P<b>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<i>[^\s_](?:[^_\n]*[^\s_])?)_(?![\w_])"
    r"|(?<![\w~])~(?P<s>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])"
    r"|:(?P<emoji>[a-z0-9_+'-]{1,64}):"
)
_FENCE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))
_LINK = re.compile(r"(?:https?://|mailto:)[^\s]+", re.IGNORECASE)
_QUOTE = ("&gt;", ">")


def render(text: str, names: Names) -> str:
    """A text as it is on the wire, as HTML."""
    parts = _FENCE.split(text)
    shown: list[str] = []
    for number, part in enumerate(parts):
        if number % 2:
            shown.append(f'<pre tabindex="0"><code>{literal(part)}</code></pre>')
        elif part.strip("\n") or len(parts) == 1:
            shown += _paragraphs(part.strip("\n") if len(parts) > 1 else part, names)
    return "".join(shown)


def literal(text: str) -> str:
    """Text of the wire, entities decoded once, as HTML that shows exactly that."""
    return html.escape(_ENTITY.sub(lambda match: _ENTITIES[match[0]], text))


def mention(user: str, names: Names) -> str:
    """A person's name as a pill."""
    return f'<span class="mention">@{html.escape(names(user))}</span>'


def broadcast(name: str) -> str:
    """A mention of everybody as a pill."""
    return f'<span class="mention loud">@{html.escape(name)}</span>'


def link(address: str, label: str) -> str:
    """A link that opens elsewhere and tells nothing about where it was clicked; both parts are HTML already."""
    return f'<a href="{address}" target="_blank" rel="noopener noreferrer">{label}</a>'


def _paragraphs(text: str, names: Names) -> Iterable[str]:
    for quoted, lines in groupby(text.split("\n"), lambda line: line.startswith(_QUOTE)):
        if quoted:
            inner = (_inline(line.removeprefix("&gt;").removeprefix(">").lstrip(), names) for line in lines)
            yield f"<blockquote>{'<br>'.join(inner)}</blockquote>"
        else:
            yield f"<p>{'<br>'.join(_inline(line, names) for line in lines)}</p>"


def _inline(text: str, names: Names) -> str:
    shown: list[str] = []
    end = 0
    for match in _TOKEN.finditer(text):
        shown.append(literal(text[end : match.start()]))
        shown.append(_token(match, names))
        end = match.end()
    return "".join([*shown, literal(text[end:])])


def _token(match: re.Match[str], names: Names) -> str:
    kind = match.lastgroup or ""
    inner = match[kind]
    if kind == "code":
        return f"<code>{literal(inner)}</code>"
    if kind == "emoji":
        return html.escape(emoji.shown(inner))
    if kind == "reference":
        return _reference(inner, names)
    return f"<{kind}>{_inline(inner, names)}</{kind}>"


def _reference(inner: str, names: Names) -> str:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return mention(target[1:], names)
    if target.startswith("!date^") and label:  # Slack takes none without a fallback
        return literal(date(target, label))
    if target.startswith("!"):
        return broadcast(label.removeprefix("@") or target[1:].partition("^")[0])
    if target.startswith("#"):
        return f'<span class="mention">#{literal(label or target[1:])}</span>'
    if _LINK.fullmatch(target):
        return link(literal(target), literal(label or target.removeprefix("mailto:")))
    return literal(f"<{inner}>")
