"""What people do from beside the lane: stop a thread, have what was set aside answered, have a question answered again.

All of it runs in the writer's transaction, so that each of two clicks sees what the other one did.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, or_, select, update

from base_client import Message, MessageKey, ThreadKey
from store.asides import owe
from store.keys import IN_INBOX, has_key, in_thread, key_parameters, thread_columns
from store.tables import inbox, messages, turns
from store.values import InboxState, Stopping

_SKEW = 5.0
"""Seconds by which the platform's clock and ours may differ."""

# By the platform's time; but what was accepted once more is as young as that, however old its words are.
_older = (inbox.c.ts < bindparam("stop")) & (inbox.c.again_at.is_(None) | (inbox.c.again_at <= bindparam("stop_time")))
_TO_STOP = (
    select(turns.c.id)
    .where(in_thread(turns), turns.c.ended_at.is_(None), ~exists().where(inbox.c.turn_id == turns.c.id, ~_older))
    .order_by(turns.c.created_at, turns.c.id)
)
_MARK = update(turns).where(turns.c.id == bindparam("turn")).values(stop_ts=bindparam("stop"))
_WAITING = (
    select(messages.c.ts)
    .join(inbox, IN_INBOX)
    .where(in_thread(messages), inbox.c.state == InboxState.ACCEPTED.value, _older)
    .order_by(messages.c.ts)
)
_SET_ASIDE = update(inbox).where(has_key(inbox)).values(state=InboxState.ASIDE.value)

_STORED = (
    select(
        messages.c.team,
        messages.c.channel,
        messages.c.ts,
        messages.c.thread_ts,
        messages.c.author,
        messages.c.text,
        inbox.c.state,
        turns.c.id.label("turn_at_work"),
    )
    .join(inbox, IN_INBOX)
    .outerjoin(turns, (turns.c.id == inbox.c.turn_id) & turns.c.ended_at.is_(None))
    .where(messages.c.own.is_(False), messages.c.deleted.is_(False))
    .order_by(messages.c.ts)
)
_ASIDE = _STORED.where(in_thread(messages), inbox.c.state == InboxState.ASIDE.value)
_UNANSWERED = _STORED.where(
    has_key(messages),
    or_(inbox.c.state == InboxState.ASIDE.value, inbox.c.state == InboxState.REFUSED.value),
)
_TURN = select(turns.c.team, turns.c.channel, turns.c.thread_ts, turns.c.anchor).where(turns.c.id == bindparam("turn"))
_QUESTIONS = _STORED.where(in_thread(messages), messages.c.anchor == bindparam("anchor"))
_ACCEPT_AGAIN = (
    update(inbox)
    .where(has_key(inbox))
    .values(state=InboxState.ACCEPTED.value, turn_id=None, received_at=bindparam("now"), again_at=bindparam("now"))
)
_UNDER_WAY = frozenset({InboxState.ACCEPTED.value, InboxState.WORKING.value})


def stop(connection: Connection, thread: ThreadKey, ts: str, person: str) -> Stopping:
    """Mark the turns at work and set aside what waits, as far as it is older than the platform's `ts`.

    Where something was set aside the thread is owed a line that says so.
    """
    older = {**thread_columns(thread), "stop": ts, "stop_time": float(ts) + _SKEW}
    marked = tuple(connection.execute(_TO_STOP, older).scalars())
    if marked:
        connection.execute(_MARK, [{"turn": turn_id, "stop": ts} for turn_id in marked])
    aside = tuple(MessageKey(thread.team, thread.channel, ts) for ts in connection.execute(_WAITING, older).scalars())
    if aside:
        connection.execute(_SET_ASIDE, [key_parameters(key) for key in aside])
        owe(connection, thread, ts, person)
    return Stopping(marked, aside)


def take_back(connection: Connection, thread: ThreadKey, now: float) -> tuple[Message, ...]:
    """Let what was set aside wait again, in order of ts."""
    return _accept(connection, connection.execute(_ASIDE, thread_columns(thread)), now)


def accept_again(connection: Connection, key: MessageKey, now: float) -> Message | None:
    """Let a message wait that was refused or set aside; None for any other."""
    accepted = _accept(connection, connection.execute(_UNANSWERED, key_parameters(key)), now)
    return accepted[0] if accepted else None


def repeat(connection: Connection, turn_id: str, now: float) -> tuple[Message, ...]:
    """Let the questions of an ended turn wait again; nothing where none is left or one is under way."""
    turn = connection.execute(_TURN, {"turn": turn_id}).one_or_none()
    if turn is None:
        return ()
    questions = connection.execute(_QUESTIONS, dict(turn._mapping)).all()
    if any(row.state in _UNDER_WAY or row.turn_at_work is not None for row in questions):
        return ()
    return _accept(connection, questions, now)


def _accept(connection: Connection, found: Iterable[Row[*tuple[Any, ...]]], now: float) -> tuple[Message, ...]:
    accepted = tuple(
        Message(
            MessageKey(row.team, row.channel, row.ts),
            ThreadKey(row.team, row.channel, row.thread_ts),
            row.author,
            row.text,
        )
        for row in found
    )
    _wait_again(connection, [message.key for message in accepted], now)
    return accepted


def _wait_again(connection: Connection, keys: Sequence[MessageKey], now: float) -> None:
    if keys:
        connection.execute(_ACCEPT_AGAIN, [{**key_parameters(key), "now": now} for key in keys])
