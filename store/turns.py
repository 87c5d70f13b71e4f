"""Turns: their attempts, what the platform holds of their answers, and how they end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, assert_never

from sqlalchemy import Connection, Row, bindparam, delete, func, select, update

from base_client import Earlier, MessageKey, Part, ThreadKey
from budgets import Limit
from store import spending
from store.keys import IN_INBOX, in_thread, thread_columns
from store.spending_values import CallUsage, Standing
from store.sqlite import insert
from store.tables import deliveries, inbox, messages, turns
from store.text import storable
from store.values import InboxState, StoredMessage, TurnState, UnfinishedTurn


@dataclass(frozen=True, slots=True)
class TurnEnding:
    """How a turn ended: what `Store.finish` is told."""

    state: TurnState
    text: str
    error: str
    usage: tuple[CallUsage, ...]


_TURN = turns.c.id == bindparam("turn")

_ATTEMPT = (
    update(turns)
    .where(_TURN, turns.c.ended_at.is_(None))
    .values(attempts=turns.c.attempts + 1, state=TurnState.WORKING.value, started_at=bindparam("now"))
    .returning(turns.c.attempts)
)
_new_part = insert(deliveries)
_RECORD_PART = _new_part.on_conflict_do_update(
    index_elements=[deliveries.c.turn_id, deliveries.c.part],
    set_={name: _new_part.excluded[name] for name in ("ts", "kind", "confirmed", "open")},
)
_PARTS = select(deliveries).where(deliveries.c.turn_id == bindparam("turn")).order_by(deliveries.c.part)
_OTHERS = (
    select(deliveries.c.ts)
    .join(turns, turns.c.id == deliveries.c.turn_id)
    .where(in_thread(turns), turns.c.id != bindparam("turn"))
)
_MESSAGES = (
    select(messages.c.team, messages.c.channel, messages.c.ts, messages.c.thread_ts, messages.c.author, messages.c.text)
    .select_from(messages.join(inbox, IN_INBOX))
    .where(inbox.c.turn_id == bindparam("turn"), messages.c.own.is_(False), messages.c.deleted.is_(False))
    .order_by(messages.c.ts)
)
# A turn without an author was asked by somebody who is forgotten since: it keeps no words.
_SAVE_TEXT = (
    update(turns).where(_TURN, turns.c.author != "").values(text=bindparam("words"), error=bindparam("trouble"))
)

_first_part = select(func.min(deliveries.c.part)).where(deliveries.c.turn_id == bindparam("turn")).scalar_subquery()
_ANSWERED = (
    select(
        turns.c.team,
        turns.c.channel,
        turns.c.thread_ts,
        turns.c.anchor,
        turns.c.author,
        turns.c.state,
        turns.c.attempts,
        deliveries.c.ts.label("posted"),
        inbox.c.state.label("trace"),
    )
    .outerjoin(deliveries, (deliveries.c.turn_id == turns.c.id) & (deliveries.c.part == _first_part))
    .outerjoin(
        inbox,
        (inbox.c.team == turns.c.team) & (inbox.c.channel == turns.c.channel) & (inbox.c.ts == deliveries.c.ts),
    )
    .where(_TURN)
)
_END = (
    update(turns)
    .where(_TURN)
    .values(state=bindparam("ending"), error=bindparam("trouble"), ended_at=bindparam("now"), text=bindparam("words"))
)
# What `save_text` knows of a failure outlives an interruption.
_trouble = func.coalesce(func.nullif(bindparam("trouble"), ""), turns.c.error)
_BREAK_OFF = update(turns).where(_TURN).values(state=bindparam("ending"), error=_trouble)
_SETTLE = (
    update(inbox)
    .where(inbox.c.turn_id == bindparam("turn"), inbox.c.state != InboxState.DELETED.value)
    .values(state=bindparam("ending"))
)
_FORGET_ANSWER = delete(messages).where(
    in_thread(messages),
    messages.c.own.is_(True),
    messages.c.turn_id == bindparam("turn"),
)
_new_answer = insert(messages)
_ANSWER = _new_answer.on_conflict_do_update(
    index_elements=[messages.c.team, messages.c.channel, messages.c.ts],
    set_={name: _new_answer.excluded[name] for name in ("own", "text", "turn_id", "anchor")},
    where=messages.c.deleted.is_(False),
)
_UNFINISHED = (
    select(turns, inbox.c.ts.label("key_ts"))
    .outerjoin(inbox, inbox.c.turn_id == turns.c.id)
    .where(turns.c.ended_at.is_(None))
    .order_by(turns.c.created_at, turns.c.id, inbox.c.ts)
)


def attempt(connection: Connection, turn_id: str, now: float) -> int:
    """Count one more attempt and return their number; LookupError where no such turn is unfinished."""
    count = connection.execute(_ATTEMPT, {"turn": turn_id, "now": now}).scalar_one_or_none()
    if count is None:
        raise LookupError(turn_id)
    return int(count)


def record_part(connection: Connection, turn_id: str, part: Part) -> None:
    """Remember what the platform holds of one message of an answer; the newest record of a part counts."""
    row = {"ts": part.ts, "kind": part.kind, "confirmed": part.confirmed, "open": part.open}
    connection.execute(_RECORD_PART, {"turn_id": turn_id, "part": part.number, **row})


def parts(connection: Connection, turn_id: str) -> tuple[Part, ...]:
    """The recorded messages of an answer, by number."""
    rows = connection.execute(_PARTS, {"turn": turn_id})
    return tuple(Part(row.part, row.ts, row.kind, row.confirmed, row.open) for row in rows)


def earlier(connection: Connection, thread: ThreadKey, turn_id: str) -> Earlier:
    """What is recorded of an answer, and which messages of its thread are parts of others."""
    others = connection.execute(_OTHERS, {**thread_columns(thread), "turn": turn_id}).scalars()
    return Earlier(parts(connection, turn_id), frozenset(others))


def messages_of(connection: Connection, turn_id: str) -> tuple[StoredMessage, ...]:
    """The messages that a turn answers, in order of ts, with their present text; deleted ones are left out."""
    return tuple(
        StoredMessage(
            MessageKey(row.team, row.channel, row.ts),
            ThreadKey(row.team, row.channel, row.thread_ts),
            row.author,
            False,
            row.text,
            turn_id,
        )
        for row in connection.execute(_MESSAGES, {"turn": turn_id})
    )


def save_text(connection: Connection, turn_id: str, text: str, error: str) -> None:
    """Keep the complete text before its final delivery, and what ended the answer early, if anything did."""
    connection.execute(_SAVE_TEXT, {"turn": turn_id, "words": storable(text), "trouble": storable(error)})


def finish(
    connection: Connection, turn_id: str, ending: TurnEnding, limits: Sequence[Limit], now: float
) -> tuple[Standing, ...]:
    """End a turn, settle its messages and its calls, and put the answer into the history; how the limits stand then.

    LookupError where there is no such turn.
    """
    turn = connection.execute(_ANSWERED, {"turn": turn_id}).one_or_none()
    if turn is None:
        raise LookupError(turn_id)
    if not turn.author:
        ending = replace(ending, text="")
    _record_ending(connection, turn_id, ending, now)
    connection.execute(_SETTLE, {"turn": turn_id, "ending": _settled(ending.state).value})
    if ending.text:
        _put_into_history(connection, turn_id, turn, ending.text)
    return spending.settle(connection, turn_id, ending.usage, None, limits, now)


def unfinished(connection: Connection) -> tuple[UnfinishedTurn, ...]:
    """Turns that have not ended, the oldest first, with the keys of their messages."""
    found: dict[str, tuple[Row[*tuple[Any, ...]], list[MessageKey]]] = {}
    for row in connection.execute(_UNFINISHED):
        _, keys = found.setdefault(row.id, (row, []))
        if row.key_ts is not None:
            keys.append(MessageKey(row.team, row.channel, row.key_ts))
    return tuple(
        UnfinishedTurn(
            turn.id,
            ThreadKey(turn.team, turn.channel, turn.thread_ts),
            turn.author,
            TurnState(turn.state),
            turn.attempts,
            turn.created_at,
            turn.text,
            tuple(keys),
            turn.stop_ts is not None,
            turn.error,
        )
        for turn, keys in found.values()
    )


def _record_ending(connection: Connection, turn_id: str, ending: TurnEnding, now: float) -> None:
    row = {"turn": turn_id, "ending": ending.state.value, "trouble": storable(ending.error)}
    match ending.state:
        case TurnState.DONE | TurnState.FAILED | TurnState.STOPPED:
            # The history has the text from now on. One copy of it, so that a deletion leaves none behind.
            connection.execute(_END, {**row, "now": now, "words": ""})
        case TurnState.UNDELIVERED:
            connection.execute(_END, {**row, "now": None, "words": storable(ending.text)})
        case TurnState.INTERRUPTED | TurnState.WORKING:
            # What was written so far is no complete text: the turn's own column stays as `save_text` left it.
            connection.execute(_BREAK_OFF, row)
        case _:
            assert_never(ending.state)


def _settled(state: TurnState) -> InboxState:
    match state:
        case TurnState.DONE | TurnState.STOPPED:
            return InboxState.DONE
        case TurnState.FAILED | TurnState.UNDELIVERED:
            return InboxState.FAILED
        case TurnState.INTERRUPTED | TurnState.WORKING:
            return InboxState.WORKING
        case _:
            assert_never(state)


def _put_into_history(connection: Connection, turn_id: str, turn: Row[*tuple[Any, ...]], text: str) -> None:
    place = {"team": turn.team, "channel": turn.channel, "thread_ts": turn.thread_ts, "anchor": turn.anchor}
    if turn.attempts > 1 or turn.state != TurnState.WORKING.value:
        # An earlier ending may have stored its text under another ts, or under none of the platform's.
        connection.execute(_FORGET_ANSWER, {**place, "turn": turn_id})
    if turn.trace == InboxState.DELETED.value:
        return
    # A ts of the platform has no "+": the key of an answer that nothing is known to be posted of clashes with none.
    ts = turn.posted or f"{turn.anchor}+{turn_id}"
    row = {"ts": ts, "author": "", "own": True, "text": storable(text), "turn_id": turn_id, "deleted": False}
    connection.execute(_ANSWER, {**place, **row})
