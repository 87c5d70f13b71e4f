"""The context window of a turn: which messages of the thread the model sees, and how they are written down."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from database import StoredMessage
from openai_client.events import AssistantText, Item, UserText
from openai_client.token_counter import estimate

_MENTION = re.compile(r"@([UW][A-Z0-9]{4,})\b")
_FENCE = re.compile(r"<(?=\s*/?\s*message\b)", re.IGNORECASE)
_NOT_IN_A_NAME = re.compile(r"[\s<>\"]+")
_CUT_MARK = "\n[… a part in the middle of this message was left out …]\n"
_KEPT_ENDS = 40
"""Characters of a shortened message that stay in any case, half at its beginning and half at its end."""
_OVERHEAD = 12
"""Tokens that a message's place in the request costs."""


@dataclass(frozen=True, slots=True)
class Window:
    """The messages of a request, and their estimated size in tokens."""

    items: tuple[Item, ...]
    tokens: int


def people_in(messages: Sequence[StoredMessage]) -> set[str]:
    """Ids of everybody who wrote or is mentioned."""
    found = {message.author for message in messages if not message.own}
    for message in messages:
        found.update(_MENTION.findall(message.text))
    return found


def named(text: str, names: Mapping[str, str]) -> str:
    """`@U012AB3CD` as `@Ann`, where the name is known."""
    return _MENTION.sub(lambda match: f"@{names.get(match[1], match[1])}", text)


def fenced(message: StoredMessage, names: Mapping[str, str], tokens: int | None = None) -> str:
    """A person's message as data, its middle left out where it would cost more than `tokens`.

    Nothing that people choose, their names included, can end its fence. What no turn has taken up was overheard, read
    from before the bot's time, or refused by a full line: it is context and marked as such.
    """
    context = "" if message.turn_id else ' answer="no"'
    name = _NOT_IN_A_NAME.sub(" ", names.get(message.author, message.author)).strip()
    beginning, end = f'<message from="{name}"{context}>\n', "\n</message>"
    text = _FENCE.sub("&lt;", named(message.text, names))
    if tokens is not None:
        text = _shortened(text, tokens - _cost(beginning + end))
    return beginning + text + end


def clock_line(now: float) -> str:
    """The time, in the last place of the request because it changes with each."""
    return f"<now>{datetime.fromtimestamp(now, UTC):%A %Y-%m-%d %H:%M} UTC</now>"


def build_window(
    history: Sequence[StoredMessage],
    newest: Sequence[StoredMessage],
    names: Mapping[str, str],
    budget: int,
    now: float,
) -> Window:
    """The request's messages within `budget` estimated tokens.

    The oldest turns leave first; the thread's first message and `newest` stay, shortened where they are too long.
    """
    clock = clock_line(now)
    # The newest messages may not push the first one out.
    room = (budget * 3 // 4 if history else budget) - estimate(clock) - 1
    asked = _asked(newest, names, room)
    asked[-1] = UserText(f"{asked[-1].text}\n{clock}")
    earlier = _earlier(history, names, budget - _total(asked))
    items = (*earlier, *asked)
    return Window(items, _total(items))


def _asked(newest: Sequence[StoredMessage], names: Mapping[str, str], room: int) -> list[UserText]:
    whole = [UserText(fenced(message, names)) for message in newest]
    if _total(whole) <= room:
        return whole
    return [UserText(fenced(message, names, room // len(newest))) for message in newest]


def _earlier(history: Sequence[StoredMessage], names: Mapping[str, str], room: int) -> list[Item]:
    turns = [
        [_item(message, names) for message in group]
        for _, group in groupby(history, key=lambda message: message.turn_id or message.key)
    ]
    if sum(map(_total, turns)) <= room:
        return [item for turn in turns for item in turn]
    first = _first(history[0], turns[0], names, room)
    return [*first, *_latest(turns[1:], room - _total(first))]


def _first(message: StoredMessage, turn: list[Item], names: Mapping[str, str], room: int) -> list[Item]:
    """The thread's first turn; only its first message, shortened, where it would take most of the room."""
    if _total(turn) <= room // 2:
        return turn
    if message.own:
        return [AssistantText(_shortened(message.text, room // 2 - _OVERHEAD))]
    return [UserText(fenced(message, names, room // 2))]


def _latest(turns: Sequence[list[Item]], room: int) -> list[Item]:
    kept: list[list[Item]] = []
    for turn in reversed(turns):
        room -= _total(turn)
        if room < 0:
            break
        kept.append(turn)
    return [item for turn in reversed(kept) for item in turn]


def _item(message: StoredMessage, names: Mapping[str, str]) -> Item:
    return AssistantText(message.text) if message.own else UserText(fenced(message, names))


def _cost(text: str) -> int:
    return estimate(text) + _OVERHEAD


def _total(items: Sequence[Item]) -> int:
    return sum(_cost(item.text) for item in items if isinstance(item, AssistantText | UserText))


def _shortened(text: str, tokens: int) -> str:
    """`text`, its middle left out so that it costs about `tokens`; its very beginning and end stay in any case."""
    size = estimate(text)
    if size <= tokens or len(text) <= _KEPT_ENDS + len(_CUT_MARK):
        return text
    keep = max(_KEPT_ENDS, int(len(text) * tokens / size) - len(_CUT_MARK))
    # Characters of different scripts differ in cost: what was kept may be the dear ones.
    while keep > _KEPT_ENDS and estimate(text[: keep // 2] + _CUT_MARK + text[-(keep // 2) :]) > tokens:
        keep = max(_KEPT_ENDS, keep * 3 // 4)
    return text[: keep // 2] + _CUT_MARK + text[-(keep // 2) :]
