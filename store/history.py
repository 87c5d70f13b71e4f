"""What was said in a thread, in the order a reader of the thread understands it."""

from collections.abc import Sequence

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select, update

from base_client import Edit, MessageKey, PastMessage, ThreadKey
from store.keys import IN_INBOX, has_key, in_thread, key_parameters, thread_columns
from store.sqlite import insert
from store.tables import deliveries, inbox, messages, threads, turns
from store.text import storable
from store.values import InboxState, StoredMessage, ThreadState

NEWEST = 1_000
"""How many of a thread's newest messages are read; the first one comes on top."""

_SAID = (
    select(messages.c.ts, messages.c.author, messages.c.own, messages.c.text, messages.c.turn_id)
    .outerjoin(inbox, IN_INBOX)
    .where(
        in_thread(messages),
        messages.c.deleted.is_(False),
        or_(inbox.c.state.is_(None), inbox.c.state != InboxState.ACCEPTED.value),
        # An empty name is no turn's: nothing is left out then.
        or_(messages.c.turn_id.is_(None), messages.c.turn_id != bindparam("turn")),
    )
)
_NEWEST = _SAID.order_by(messages.c.anchor.desc(), messages.c.own.desc(), messages.c.ts.desc()).limit(NEWEST)
_FIRST = _SAID.order_by(messages.c.anchor, messages.c.own, messages.c.ts).limit(1)

_newest_settled: Select[str] = (
    select(func.max(messages.c.ts))
    .outerjoin(inbox, IN_INBOX)
    .where(
        messages.c.team == threads.c.team,
        messages.c.channel == threads.c.channel,
        messages.c.thread_ts == threads.c.thread_ts,
        or_(
            inbox.c.state.is_(None),
            and_(inbox.c.state != InboxState.ACCEPTED.value, inbox.c.state != InboxState.WORKING.value),
        ),
    )
    .correlate(threads)
)
_THREAD_STATE = select(threads.c.read, _newest_settled.scalar_subquery().label("newest")).where(in_thread(threads))
_POSTED = select(deliveries.c.ts).join(turns, turns.c.id == deliveries.c.turn_id).where(in_thread(turns))
_TOMBSTONES = select(inbox.c.ts).where(
    inbox.c.team == bindparam("team"),
    inbox.c.channel == bindparam("channel"),
    inbox.c.ts.between(bindparam("oldest"), bindparam("latest")),
    inbox.c.state == InboxState.DELETED.value,
)
_IMPORT = insert(messages).on_conflict_do_nothing()
_MARK_READ = insert(threads).on_conflict_do_update(
    index_elements=[threads.c.team, threads.c.channel, threads.c.thread_ts], set_={"read": True}
)
_EDIT = update(messages).where(has_key(messages), messages.c.deleted.is_(False)).values(text=bindparam("words"))
_DELETE = update(messages).where(has_key(messages), messages.c.deleted.is_(False)).values(text="", deleted=True)
_BURY = insert(inbox).on_conflict_do_update(
    index_elements=[inbox.c.team, inbox.c.channel, inbox.c.ts],
    set_={"state": InboxState.DELETED.value},
)


def thread_state(connection: Connection, thread: ThreadKey) -> ThreadState:
    """What is known of a thread."""
    row = connection.execute(_THREAD_STATE, thread_columns(thread)).one_or_none()
    if row is None:
        return ThreadState(known=False, read=False, newest_ts=None)
    # An answer without a ts of the platform has its turn's anchor in front of the "+".
    newest = row.newest.partition("+")[0] if row.newest else None
    return ThreadState(known=True, read=row.read, newest_ts=newest)


def history(connection: Connection, thread: ThreadKey, before_turn: str | None) -> tuple[StoredMessage, ...]:
    """What was said, oldest first: the first message and the newest thousand, without that turn's and what waits."""
    wanted = {**thread_columns(thread), "turn": before_turn or ""}
    rows = list(connection.execute(_NEWEST, wanted).all())
    if len(rows) == NEWEST:
        first = connection.execute(_FIRST, wanted).one()
        if first.ts != rows[-1].ts:
            rows.append(first)
    return tuple(
        StoredMessage(MessageKey(thread.team, thread.channel, ts), thread, author, own, text, turn_id)
        for ts, author, own, text, turn_id in reversed(rows)
    )


def import_past(connection: Connection, thread: ThreadKey, past: Sequence[PastMessage], now: float) -> None:
    """Store what is unknown of a thread's past and mark the thread read.

    Left out are deleted messages and what deliveries recorded: the history has those answers, each in one piece.
    """
    connection.execute(_MARK_READ, {**thread_columns(thread), "read": True, "known_since": now})
    if not past:
        return
    stamps = [message.key.ts for message in past]
    around = {"team": thread.team, "channel": thread.channel, "oldest": min(stamps), "latest": max(stamps)}
    known = set(connection.execute(_POSTED, thread_columns(thread)).scalars())
    known |= set(connection.execute(_TOMBSTONES, around).scalars())
    rows = [_past_row(thread, message) for message in past if message.key.ts not in known]
    if rows:
        connection.execute(_IMPORT, rows)


def edit(connection: Connection, change: Edit) -> bool:
    """Give a stored message new text; false where it is unknown or deleted."""
    return connection.execute(_EDIT, {**key_parameters(change.key), "words": storable(change.text)}).rowcount == 1


def delete(connection: Connection, key: MessageKey, now: float) -> bool:
    """Blank a message and keep its key, also where it was never seen; false where nothing was stored under it."""
    gone = connection.execute(_DELETE, key_parameters(key)).rowcount == 1
    row = {"team": key.team, "channel": key.channel, "ts": key.ts, "state": InboxState.DELETED.value}
    connection.execute(_BURY, {**row, "received_at": now})
    return gone


def _past_row(thread: ThreadKey, message: PastMessage) -> dict[str, str | bool]:
    return {
        "team": thread.team,
        "channel": thread.channel,
        "ts": message.key.ts,
        "thread_ts": thread.thread_ts,
        "author": message.author,
        "own": message.own,
        "text": storable(message.text),
        "anchor": message.key.ts,
        "deleted": False,
    }
