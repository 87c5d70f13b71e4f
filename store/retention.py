"""Threads in which nothing has happened for long: found a few at a time, and removed. Turns stay, without their words:
they are what usage is accounted by.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, select, tuple_, update

from base_client import MessageKey, ThreadKey
from store import files, preferences, summaries
from store.keys import IN_INBOX, has_key, in_thread, key_columns, key_parameters, thread_columns
from store.tables import deeds, deliveries, facts, feedback, inbox, messages, threads, turns
from store.tables import files as file_table
from store.values import InboxState

LOOKED_AT = 200
"""Threads, or keys, that one look takes."""
REMOVED_AT_ONCE = 500
"""Messages that one transaction removes."""
_UNDER_WAY = (InboxState.ACCEPTED.value, InboxState.WORKING.value)

_same_thread = and_(
    messages.c.team == threads.c.team,
    messages.c.channel == threads.c.channel,
    messages.c.thread_ts == threads.c.thread_ts,
)
_newest = select(func.max(messages.c.ts)).where(_same_thread).correlate(threads).scalar_subquery()
_PAGE = (
    select(threads.c.team, threads.c.channel, threads.c.thread_ts, threads.c.known_since, _newest.label("newest"))
    .where(
        tuple_(threads.c.team, threads.c.channel, threads.c.thread_ts)
        > tuple_(bindparam("team"), bindparam("channel"), bindparam("thread_ts"))
    )
    .order_by(threads.c.team, threads.c.channel, threads.c.thread_ts)
    .limit(LOOKED_AT)
)
_BUSY = select(
    exists().where(in_thread(turns), turns.c.ended_at.is_(None))
    | exists().where(in_thread(messages), IN_INBOX, inbox.c.state.in_(_UNDER_WAY))
    | exists().where(in_thread(messages), messages.c.ts >= bindparam("before"))
)
_FILES = select(file_table.c.uid).where(in_thread(file_table))
_turn_ids = select(turns.c.id).where(in_thread(turns))
_OF_TURNS = tuple(delete(table).where(table.c.turn_id.in_(_turn_ids)) for table in (deliveries, deeds, feedback))
_WORDS = (
    update(turns)
    .where(
        turns.c.team == bindparam("its_team"),
        turns.c.channel == bindparam("its_channel"),
        turns.c.thread_ts == bindparam("its_thread"),
    )
    .values(text="")
)
_BATCH = select(messages.c.team, messages.c.channel, messages.c.ts).where(in_thread(messages)).limit(REMOVED_AT_ONCE)
_MESSAGE = delete(messages).where(has_key(messages))
_THREAD = delete(threads).where(in_thread(threads))
_TITLE = delete(facts).where(facts.c.name == bindparam("fact"))
_KEYS = (
    select(
        inbox.c.team, inbox.c.channel, inbox.c.ts, inbox.c.state, inbox.c.received_at, messages.c.ts.label("message")
    )
    .outerjoin(messages, IN_INBOX)
    .where(
        tuple_(inbox.c.team, inbox.c.channel, inbox.c.ts)
        > tuple_(bindparam("team"), bindparam("channel"), bindparam("ts"))
    )
    .order_by(inbox.c.team, inbox.c.channel, inbox.c.ts)
    .limit(LOOKED_AT)
)
_DROP_KEY = delete(inbox).where(
    has_key(inbox), inbox.c.state != InboxState.ACCEPTED.value, inbox.c.state != InboxState.WORKING.value
)


@dataclass(frozen=True, slots=True)
class Removal:
    """One step of a thread's removal: the uids of files that went with it, and whether that was all."""

    files: tuple[str, ...]
    done: bool


def quiet(connection: Connection, after: ThreadKey, before: float) -> tuple[ThreadKey | None, Sequence[ThreadKey]]:
    """The next page of threads behind `after`: its last one, None at the end, and those that are silent since `before`.

    `before` is Unix time in seconds.
    """
    rows = connection.execute(_PAGE, thread_columns(after)).all()
    found = [(ThreadKey(row.team, row.channel, row.thread_ts), row) for row in rows]
    silent = [thread for thread, row in found if row.known_since < before and (row.newest or "") < f"{before:.6f}"]
    return (found[-1][0] if len(found) == LOOKED_AT else None), silent


def remove(connection: Connection, thread: ThreadKey, before: float) -> Removal | None:
    """Remove some of what is kept of a thread; None where it is not silent since `before`."""
    place = thread_columns(thread)
    if connection.execute(_BUSY, {**place, "before": f"{before:.6f}"}).scalar_one():
        return None
    some = [MessageKey(*row) for row in connection.execute(_BATCH, place)]
    if some:
        connection.execute(_MESSAGE, [key_parameters(key) for key in some])
    if len(some) == REMOVED_AT_ONCE:
        return Removal((), done=False)
    gone = files.bury(connection, connection.execute(_FILES, place).scalars().all())
    for statement in (*_OF_TURNS, _THREAD):
        connection.execute(statement, place)
    connection.execute(_WORDS, {"its_team": thread.team, "its_channel": thread.channel, "its_thread": thread.thread_ts})
    summaries.drop(connection, thread)
    preferences.clear(connection, thread.team, ("thread", str(thread)))
    connection.execute(_TITLE, {"fact": f"title:{thread.team}/{thread}"})
    return Removal(gone, done=True)


def idle_keys(
    connection: Connection, after: MessageKey, before: float
) -> tuple[MessageKey | None, Sequence[MessageKey]]:
    """The next page of keys behind `after`: its last one, None at the end, and those that nothing needs any more.

    Those came before a Unix time, their message is removed, and they are not under way.
    """
    rows = connection.execute(_KEYS, key_columns(after)).all()
    keys = [
        MessageKey(row.team, row.channel, row.ts)
        for row in rows
        if row.message is None and row.received_at < before and row.state not in _UNDER_WAY
    ]
    last = rows[-1] if len(rows) == LOOKED_AT else None
    return (MessageKey(last.team, last.channel, last.ts) if last is not None else None), keys


def drop_keys(connection: Connection, keys: Sequence[MessageKey]) -> None:
    """Remove such keys: a delivery that came so late would be taken for a new message."""
    connection.execute(_DROP_KEY, [key_parameters(key) for key in keys])
