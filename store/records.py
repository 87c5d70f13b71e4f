"""Turns as they are looked up from outside: by a message of theirs, or by their id."""

from sqlalchemy import Connection, bindparam, select

from base_client import MessageKey, ThreadKey
from store.keys import has_key, key_columns, key_parameters
from store.tables import deliveries, messages, turns
from store.values import TurnRecord, TurnState

_NEWEST = (turns.c.created_at.desc(), turns.c.started_at.desc())
_same_place = (
    (messages.c.team == turns.c.team)
    & (messages.c.channel == turns.c.channel)
    & (messages.c.thread_ts == turns.c.thread_ts)
    & (messages.c.anchor == turns.c.anchor)
    & messages.c.own.is_(False)
)
_OF_QUESTION = select(turns.c.id).join(messages, _same_place).where(has_key(messages)).order_by(*_NEWEST).limit(1)
_OF_ANSWER = (
    select(turns.c.id)
    .join(deliveries, deliveries.c.turn_id == turns.c.id)
    .where(
        deliveries.c.ts == bindparam("ts"), turns.c.team == bindparam("team"), turns.c.channel == bindparam("channel")
    )
    .order_by(*_NEWEST)
    .limit(1)
)
_RECORD = (
    select(turns, messages.c.ts.label("key_ts"))
    .outerjoin(messages, _same_place & messages.c.deleted.is_(False))
    .where(turns.c.id == bindparam("turn"))
    .order_by(messages.c.ts)
)


def turn_of(connection: Connection, key: MessageKey) -> str | None:
    """The turn that a message is a part of the answer of, or else the newest one that answers it."""
    answered: str | None = connection.execute(_OF_ANSWER, key_columns(key)).scalar_one_or_none()
    if answered is not None:
        return answered
    asked: str | None = connection.execute(_OF_QUESTION, key_parameters(key)).scalar_one_or_none()
    return asked


def turn(connection: Connection, turn_id: str) -> TurnRecord | None:
    """A turn with the keys of its questions that are not deleted, or None."""
    rows = connection.execute(_RECORD, {"turn": turn_id}).all()
    if not rows:
        return None
    first = rows[0]
    keys = (MessageKey(row.team, row.channel, row.key_ts) for row in rows if row.key_ts is not None)
    return TurnRecord(
        first.id,
        ThreadKey(first.team, first.channel, first.thread_ts),
        first.author,
        TurnState(first.state),
        first.error,
        tuple(keys),
        first.created_at,
    )
