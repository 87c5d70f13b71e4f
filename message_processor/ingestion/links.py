"""Links in people's words."""

import re

LINKS = 5
"""Most links of one message that are read."""
_LONGEST = 2_000
"""Characters of an address: longer ones carry data, not a place."""

_LINK = re.compile(rf"(?<![\w.+-])https?://[^\s<>\"|\\^`{{}}]{{1,{_LONGEST}}}", re.IGNORECASE)
_TRAILING = ".,;:!?'*_~…"
_PAIRS = {")": "(", "]": "[", "”": "“", "»": "«"}


def links_in(text: str) -> tuple[str, ...]:
    """The http and https addresses in plain text, in their order, each once, LINKS at most."""
    found: dict[str, None] = {}
    for match in _LINK.finditer(text):
        link = _without_tail(match[0])
        if link.partition("://")[2].strip("/") and len(match[0]) < _LONGEST:
            found[link] = None
        if len(found) == LINKS:
            break
    return tuple(found)


def _without_tail(link: str) -> str:
    """The address without the sentence's own marks behind it; a bracket stays where the address opens it."""
    while link:
        last = link[-1]
        if last in _TRAILING or (last in _PAIRS and link.count(last) > link.count(_PAIRS[last])):
            link = link[:-1]
        else:
            break
    return link
