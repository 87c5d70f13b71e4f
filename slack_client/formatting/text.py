"""Slack's text to plain text, and the model's Markdown to text that pings nobody."""

import re

TEXT_LIMIT = 40_000
"""Longest message text that is taken; Slack itself truncates there."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_TOKEN = re.compile(r"<([^<>]*)>|&(amp|lt|gt);")
_ENTITY = {"amp": "&", "lt": "<", "gt": ">"}


def _readable_token(token: str) -> str:
    """One `<…>` of Slack's text as people would write it. Mentions keep their id: `@U012AB3CD`."""
    target, _, label = token.partition("|")
    if target.startswith("@"):
        return target
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        name = target[1:].partition("^")[0]
        return label or f"@{name}"
    if not label or target in {label, f"mailto:{label}"}:
        return label or target
    return f"{label} ({target})"


def plain_text(slack_text: str) -> str:
    """Slack's mrkdwn as plain text: no control characters, escapes and tokens decoded once, TEXT_LIMIT at most."""
    clean = _CONTROL.sub("", slack_text.replace("\r\n", "\n").replace("\r", "\n"))
    decoded = _TOKEN.sub(lambda m: _ENTITY[m[2]] if m[2] else _readable_token(m[1]), clean)
    return decoded[:TEXT_LIMIT].strip()


# Slack honours angle-bracket mentions inside Markdown too, so what would notify somebody gets an invisible joiner
# behind its first character. Only the forms Slack knows are touched: code such as `<!DOCTYPE` stays fit for copying.
_JOINER = "\u2060"
_PING = re.compile(
    r"<(?=@[A-Z0-9]|#[A-Z0-9]|!(?:channel|here|everyone|group|subteam|date))|(?<![\w@])@(?=(?:channel|here|everyone)\b)",
    re.IGNORECASE,
)
_WORDS = ("channel", "here", "everyone")
_OPENERS = tuple(
    [
        "<@",
        "<#",
        "<!",
        *(f"<!{word}" for word in (*_WORDS, "group", "subteam", "date")),
        *(f"@{word}" for word in _WORDS),
    ]
)
_LONGEST = max(map(len, _OPENERS))


def _undecided(text: str) -> int:
    """Length of the tail that may still turn into a mention with the next characters; 0 if there is none."""
    for length in range(min(_LONGEST, len(text)), 0, -1):
        tail = text[-length:].lower()
        if tail[0] in "<@" and any(opener.startswith(tail) for opener in _OPENERS):
            return length
    return 0


class Neutraliser:
    """Takes model text in pieces of any size and gives it back so that it pings nobody, whatever the cuts."""

    def __init__(self) -> None:
        self._held = ""
        self._before = ""

    def feed(self, piece: str) -> str:
        """The text that is decided now; a tail that may become a mention is held back."""
        if not self._held and "<" not in piece and "@" not in piece:
            self._before = piece[-1:] or self._before
            return piece  # by far the most pieces: nothing in them begins a mention
        text = self._held + piece
        held = _undecided(text)
        self._held = text[len(text) - held :]
        return self._release(text[: len(text) - held])

    def flush(self) -> str:
        """What was held back, at the end of the text."""
        text, self._held = self._held, ""
        return self._release(text)

    def _release(self, text: str) -> str:
        if not text:
            return ""
        # One character of context decides whether an @ stands inside a word, as in an address.
        joined = _PING.sub(lambda m: m[0] + _JOINER, self._before + text)[len(self._before) :]
        self._before = text[-1]
        return joined
