"""Threads in which nothing has happened for long: found a few at a time, and removed. Turns stay, without their words:
they are what usage is accounted by.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, select, tuple_, update

from base_client import MessageKey, ThreadKey
from store import files, preferences, summaries
from store.keys import IN_INBOX, has_key, in_thread, key_parameters, thread_columns
from store.tables import deeds, deliveries, facts, feedback, inbox, messages, threads, turns
from store.tables import files as file_table
from store.values import InboxState

LOOKED_AT = 200
"""Threads that one look takes."""
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
_KEYS = delete(inbox).where(
    tuple_(inbox.c.team, inbox.c.channel, inbox.c.ts).in_(
        select(messages.c.team, messages.c.channel, messages.c.ts).where(in_thread(messages))
    )
)
_MESSAGES = delete(messages).where(in_thread(messages))
_THREAD = delete(threads).where(in_thread(threads))
_TITLE = delete(facts).where(facts.c.name == bindparam("fact"))
_TOMBSTONES = (
    select(inbox.c.team, inbox.c.channel, inbox.c.ts)
    .where(inbox.c.state == InboxState.DELETED.value, inbox.c.received_at < bindparam("before"))
    .where(~exists().where(IN_INBOX))
    .limit(LOOKED_AT)
)
_DROP_KEY = delete(inbox).where(has_key(inbox), inbox.c.state == InboxState.DELETED.value)


def quiet(connection: Connection, after: ThreadKey, before: float) -> tuple[ThreadKey | None, Sequence[ThreadKey]]:
    """The next page of threads behind `after`: its last one, None at the end, and those that are silent since `before`.

    `before` is Unix time in seconds.
    """
    rows = connection.execute(_PAGE, thread_columns(after)).all()
    found = [(ThreadKey(row.team, row.channel, row.thread_ts), row) for row in rows]
    silent = [thread for thread, row in found if row.known_since < before and (row.newest or "") < f"{before:.6f}"]
    return (found[-1][0] if len(found) == LOOKED_AT else None), silent


def remove(connection: Connection, thread: ThreadKey, before: float) -> tuple[str, ...] | None:
    """Remove what is kept of a thread; the uids of files that went, None where it is not silent since `before`."""
    place = thread_columns(thread)
    if connection.execute(_BUSY, {**place, "before": f"{before:.6f}"}).scalar_one():
        return None
    gone = files.bury(connection, connection.execute(_FILES, place).scalars().all())
    for statement in (*_OF_TURNS, _KEYS, _MESSAGES, _THREAD):
        connection.execute(statement, place)
    connection.execute(_WORDS, {"its_team": thread.team, "its_channel": thread.channel, "its_thread": thread.thread_ts})
    summaries.drop(connection, thread)
    preferences.clear(connection, thread.team, ("thread", str(thread)))
    connection.execute(_TITLE, {"fact": f"title:{thread.team}/{thread}"})
    return gone


def tombstones(connection: Connection, before: float) -> tuple[MessageKey, ...]:
    """Some keys of messages that were deleted before a Unix time and never seen here."""
    return tuple(MessageKey(*row) for row in connection.execute(_TOMBSTONES, {"before": before}))


def prune(connection: Connection, keys: Sequence[MessageKey]) -> None:
    """Remove such keys."""
    connection.execute(_DROP_KEY, [key_parameters(key) for key in keys])
