"""What people type and see, to and from what is on the wire."""

import re
from collections.abc import Iterable

from playground.slack.records import Person

_BROADCAST = re.compile(r"(?<![\w@])@(channel|here|everyone)\b")
_ADDRESS = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?'\")\]]")
_REFERENCE = re.compile(r"<([@!]?)([^<>|\n]+)(?:\|([^<>\n]*))?>")


def to_wire(typed: str, people: Iterable[Person]) -> str:
    """Typed text as Slack's own client sends it: escaped, names of people as mentions, addresses as links."""
    text = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    ids = {name.lower(): person.id for person in people for name in (person.real_name, person.name)}
    if ids:
        longest_first = "|".join(re.escape(name) for name in sorted(ids, key=len, reverse=True))
        mention = re.compile(rf"(?<![\w@])@({longest_first})(?!\w)", re.IGNORECASE)
        text = mention.sub(lambda match: f"<@{ids[match[1].lower()]}>", text)
    text = _BROADCAST.sub(r"<!\1>", text)
    return _ADDRESS.sub(r"<\g<0>>", text)


def to_typed(wire: str, people: Iterable[Person]) -> str:
    """The text of a message as its author would type it."""
    names = {person.id: person.real_name for person in people}

    def typed(match: re.Match[str]) -> str:
        sigil, target, label = match[1], match[2], match[3]
        if sigil == "@":
            return f"@{names.get(target, label or target)}"
        return f"@{target}" if sigil else target

    text = _REFERENCE.sub(typed, wire)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
