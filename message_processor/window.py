"""The context window of a turn: which messages of the thread the model sees, and how they are written down."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from database import StoredMessage
from openai_client.events import AssistantText, Item, UserText
from openai_client.token_counter import estimate

_MENTION = re.compile(r"@([UW][A-Z0-9]{4,})\b")
_FENCE = re.compile(r"<(?=/?message\b)", re.IGNORECASE)
_CUT_MARK = "\n[… a part in the middle of this message was left out …]\n"
_OVERHEAD = 12
"""Tokens that a message's frame costs."""


@dataclass(frozen=True, slots=True)
class Window:
    """The messages of a request, and their estimated size in tokens."""

    items: tuple[Item, ...]
    tokens: int
    left_out: int


def people_in(messages: Sequence[StoredMessage]) -> set[str]:
    """Ids of everybody who wrote or is mentioned."""
    found = {message.author for message in messages if not message.own}
    for message in messages:
        found.update(_MENTION.findall(message.text))
    return found


def named(text: str, names: Mapping[str, str]) -> str:
    """`@U012AB3CD` as `@Ann`, where the name is known."""
    return _MENTION.sub(lambda match: f"@{names.get(match[1], match[1])}", text)


def fenced(message: StoredMessage, names: Mapping[str, str]) -> str:
    """A person's message as data: nothing inside it can end its fence."""
    name = names.get(message.author, message.author).replace('"', "'")
    text = _FENCE.sub("&lt;", named(message.text, names))
    return f'<message from="{name}">\n{text}\n</message>'


def clock_line(now: float) -> str:
    """The time, in the last place of the request because it changes with each."""
    return f"<now>{datetime.fromtimestamp(now, UTC):%A %Y-%m-%d %H:%M} UTC</now>"


def _item(message: StoredMessage, names: Mapping[str, str]) -> Item:
    return AssistantText(message.text) if message.own else UserText(fenced(message, names))


def _text(item: Item) -> str:
    return item.text if isinstance(item, AssistantText | UserText) else ""


def _shortened(text: str, tokens: int, size: Callable[[str], int]) -> str:
    """`text` with its middle left out, so that it costs about `tokens`."""
    cost = size(text)
    if cost <= tokens:
        return text
    keep = max(40, int(len(text) * tokens / cost * 0.9) - len(_CUT_MARK))
    return text[: keep // 2] + _CUT_MARK + text[len(text) - keep // 2 :]


def build_window(
    history: Sequence[StoredMessage],
    newest: Sequence[StoredMessage],
    names: Mapping[str, str],
    budget: int,
    now: float,
    ratio: float = 1.0,
) -> Window:
    """The request's messages within `budget` tokens: oldest turns leave first, the first message and `newest` stay.

    `ratio` is what the server counts for one token of our estimate.
    """

    def size(text: str) -> int:
        return int((estimate(text) + _OVERHEAD) * ratio) + 1

    share = max(1, budget // max(1, len(newest)))
    asked: list[Item] = [UserText(_shortened(fenced(message, names), share, size)) for message in newest]
    asked[-1] = UserText(f"{_text(asked[-1])}\n{clock_line(now)}")
    left = budget - sum(size(_text(item)) for item in asked)

    turns = [
        [_item(message, names) for message in group]
        for _, group in groupby(history, key=lambda message: message.turn_id or message.key)
    ]
    costs = [sum(size(_text(item)) for item in turn) for turn in turns]
    first = turns[:1] if turns and costs[0] <= left else []
    left -= costs[0] if first else 0
    kept: list[list[Item]] = []
    for turn, cost in zip(reversed(turns[1:]), reversed(costs[1:]), strict=True):
        if cost > left:
            break
        left -= cost
        kept.append(turn)
    chosen = [*first, *reversed(kept)]
    items = [item for turn in chosen for item in turn]
    return Window((*items, *asked), budget - left, len(turns) - len(chosen))
