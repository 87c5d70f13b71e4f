"""The context window of a turn: which messages of the thread the model sees, and how they are written down."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from database import StoredMessage
from message_processor.exhibits import NOTHING, Exhibits
from message_processor.fences import inert, label
from openai_client.events import AssistantText, Item, UserText
from openai_client.token_counter import estimate

_MENTION = re.compile(r"@([UW][A-Z0-9]{4,})\b")
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


def fenced(
    message: StoredMessage, names: Mapping[str, str], tokens: int | None = None, marks: Sequence[str] = ()
) -> str:
    """A person's message as data, its middle left out where it would cost more than `tokens`; `marks` name its files.

    Nothing that people choose, their names included, can end its fence. What no turn has taken up was overheard, read
    from before the bot's time, or refused by a full line: it is context and marked as such.
    """
    context = "" if message.turn_id else ' answer="no"'
    name = label(names.get(message.author, message.author))
    beginning, end = f'<message from="{name}"{context}>\n', "".join(f"\n{mark}" for mark in marks) + "\n</message>"
    text = inert(named(message.text, names))
    if tokens is not None:
        text = _shortened(text, tokens - _cost(beginning + end))
    return beginning + text + end


Group = list[StoredMessage]
"""What one turn says: the messages it answers and its answer, or one message that no turn has taken up."""


def groups(history: Sequence[StoredMessage]) -> list[Group]:
    """The history by turns. A picture that the bot shared is a message without words, and left out."""
    said = [message for message in history if message.text or not message.own]
    return [list(group) for _, group in groupby(said, key=lambda message: message.turn_id or message.key)]


def cost(group: Group, names: Mapping[str, str]) -> int:
    """What a group takes of the window, in estimated tokens."""
    return _total([_item(message, names, NOTHING) for message in group])


def said_by(messages: Sequence[StoredMessage], names: Mapping[str, str], tokens: int) -> Iterator[str]:
    """Each message fenced, of `tokens` at most; the bot's own as answers."""
    for message in messages:
        if message.own:
            yield f"<answer>\n{inert(_shortened(message.text, tokens))}\n</answer>"
        else:
            yield fenced(message, names, tokens)


def summary_item(text: str) -> UserText:
    """A summary of the thread's older part, as the model gets it."""
    return UserText(f'<summary of="the older part of this thread">\n{inert(text)}\n</summary>')


def clock_line(now: float) -> str:
    """The time, in the last place of the request because it changes with each."""
    return f"<now>{datetime.fromtimestamp(now, UTC):%A %Y-%m-%d %H:%M} UTC</now>"


def build_window(
    history: Sequence[StoredMessage],
    newest: Sequence[StoredMessage],
    names: Mapping[str, str],
    budget: int,
    now: float,
    shown: Exhibits = NOTHING,
    summary: str = "",
) -> Window:
    """The request's messages within `budget` estimated tokens, with the thread's files at the end.

    The oldest turns leave first; `newest` and the beginning stay, shortened where they are too long: that is the
    summary of what came before `history`, or the thread's first message.
    """
    clock = clock_line(now)
    before = [summary_item(_shortened(summary, budget // 4))] if summary else []
    budget -= shown.tokens + _total(before)
    # The newest messages may not push the first one out.
    room = (budget * 3 // 4 if history else budget) - estimate(clock) - 1
    asked = _asked(newest, names, room, shown)
    asked[-1] = UserText("\n".join(filter(None, [asked[-1].text, shown.block, clock])), shown.attachments)
    room = budget + estimate(shown.block) - _total(asked)
    earlier = _earlier(history, names, room, shown, keeps_first=not summary)
    items = (*before, *earlier, *asked)
    return Window(items, _total(items) - estimate(shown.block) + shown.tokens)


def _asked(newest: Sequence[StoredMessage], names: Mapping[str, str], room: int, shown: Exhibits) -> list[UserText]:
    marks = [shown.marks.get(message.key.ts, ()) for message in newest]
    whole = [UserText(fenced(message, names, None, mark)) for message, mark in zip(newest, marks, strict=True)]
    if _total(whole) <= room:
        return whole
    share = room // len(newest)
    return [UserText(fenced(message, names, share, mark)) for message, mark in zip(newest, marks, strict=True)]


def _earlier(
    history: Sequence[StoredMessage], names: Mapping[str, str], room: int, shown: Exhibits, *, keeps_first: bool
) -> list[Item]:
    said = groups(history)
    turns = [[_item(message, names, shown) for message in group] for group in said]
    if sum(map(_total, turns)) <= room:
        return [item for turn in turns for item in turn]
    if not keeps_first:
        return _latest(turns, room)
    first = _first(said[0][0], turns[0], names, room)
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


def _item(message: StoredMessage, names: Mapping[str, str], shown: Exhibits) -> Item:
    if message.own:
        return AssistantText(message.text)
    return UserText(fenced(message, names, None, shown.marks.get(message.key.ts, ())))


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
