"""What is kept of a thread: looked at, and forgotten."""

from sqlalchemy import Connection, func, or_, select

from base_client import MessageKey, ThreadKey
from store import files, history, inbox, preferences, summaries, turns
from store.keys import IN_INBOX, in_thread, thread_columns
from store.tables import files as file_table
from store.tables import inbox as inbox_table
from store.tables import messages
from store.tables import turns as turn_table
from store.values import Forgotten, InboxState, Remembered, TurnState

_KEPT = select(
    func.count().label("messages"),
    func.min(messages.c.ts).label("oldest"),
    func.max(messages.c.ts).label("newest"),
    func.count(messages.c.turn_id.distinct()).label("turns"),
).where(in_thread(messages), messages.c.deleted.is_(False))

_at_work = (turn_table.c.ended_at.is_(None)) & (turn_table.c.state != TurnState.UNDELIVERED.value)
_SETTLED = (
    select(messages.c.ts)
    .outerjoin(inbox_table, IN_INBOX)
    .outerjoin(turn_table, (turn_table.c.id == messages.c.turn_id) & _at_work)
    .where(
        in_thread(messages),
        messages.c.deleted.is_(False),
        or_(inbox_table.c.state.is_(None), inbox_table.c.state != InboxState.ACCEPTED.value),
        turn_table.c.id.is_(None),
    )
)
_UNDELIVERED = select(turn_table.c.id).where(
    in_thread(turn_table), turn_table.c.ended_at.is_(None), turn_table.c.state == TurnState.UNDELIVERED.value
)
_left = select(messages.c.ts).where(in_thread(messages), messages.c.deleted.is_(False))
_FILES = select(file_table.c.uid).where(in_thread(file_table), file_table.c.message_ts.not_in(_left))


def remembered(connection: Connection, thread: ThreadKey) -> Remembered:
    """What is kept of a thread's messages."""
    row = connection.execute(_KEPT, thread_columns(thread)).one()
    # An answer without a ts of the platform has its turn's anchor in front of the "+".
    newest = row.newest.partition("+")[0] if row.newest else None
    return Remembered(row.messages, row.oldest, newest, row.turns)


def forget(connection: Connection, thread: ThreadKey, now: float) -> Forgotten:
    """Remove what is kept of a thread, but for what waits or is being answered. It stays known, and read."""
    place = thread_columns(thread)
    settled = connection.execute(_SETTLED, place).scalars()
    keys = [MessageKey(thread.team, thread.channel, ts) for ts in settled]
    history.blank(connection, keys, now)
    for turn_id in connection.execute(_UNDELIVERED, place).scalars().all():
        turns.save_text(connection, turn_id, "", "")
    summaries.drop(connection, thread)
    preferences.clear(connection, thread.team, ("thread", str(thread)))
    if inbox.knows_thread(connection, thread):
        history.import_past(connection, thread, (), now)
    gone = files.bury(connection, connection.execute(_FILES, place).scalars().all())
    return Forgotten(len(keys), gone)
