"""What was said in a thread, in the order a reader of the thread understands it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select, union, update

from base_client import Edit, MessageKey, PastMessage, ThreadKey
from store import file_lists, files, forgotten, summaries
from store.keys import IN_INBOX, has_key, in_thread, key_columns, key_parameters, thread_columns
from store.sqlite import insert
from store.tables import deliveries, inbox, messages, threads, turns
from store.text import storable
from store.values import InboxState, StoredMessage, ThreadState, TurnState

NEWEST = 1_000
"""How many of a thread's newest messages are read; the first one comes on top."""

# What a turn answers, as anchors of earlier answers to the same; none for a name that is no turn's.
_answered = union(
    select(turns.c.anchor).where(turns.c.id == bindparam("turn")),
    select(inbox.c.ts).where(inbox.c.turn_id == bindparam("turn")),
)
_question = select(func.max(inbox.c.ts)).where(inbox.c.turn_id == bindparam("turn")).scalar_subquery()
# A question that is younger than the turn's own and has no answer yet, or failed, is answered or offered by itself.
_told = or_(
    inbox.c.state.is_(None),
    inbox.c.state == InboxState.DONE.value,
    and_(
        inbox.c.state != InboxState.ACCEPTED.value,
        or_(_question.is_(None), and_(inbox.c.state != InboxState.WORKING.value, inbox.c.ts < _question)),
    ),
)
# What was told of a question goes with it.
_told_of = or_(
    messages.c.own.is_(False),
    _question.is_(None),
    messages.c.anchor < _question,
    messages.c.turn_id.in_(select(turns.c.id).where(in_thread(turns), turns.c.state != TurnState.FAILED.value)),
    messages.c.turn_id.is_(None),
)
_SAID = (
    select(messages.c.ts, messages.c.author, messages.c.own, messages.c.text, messages.c.turn_id)
    .outerjoin(inbox, IN_INBOX)
    .where(
        in_thread(messages),
        messages.c.deleted.is_(False),
        _told,
        _told_of,
        # An empty name is no turn's: nothing is left out then.
        or_(messages.c.turn_id.is_(None), messages.c.turn_id != bindparam("turn")),
        or_(messages.c.own.is_(False), messages.c.anchor.not_in(_answered)),
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
_not_edited_since = or_(messages.c.edited_ts.is_(None), messages.c.edited_ts <= bindparam("at"))
_EDIT = (
    update(messages)
    .where(has_key(messages), messages.c.deleted.is_(False), _not_edited_since)
    .values(text=bindparam("words"), edited_ts=bindparam("at"))
)
_DELETE = update(messages).where(has_key(messages), messages.c.deleted.is_(False)).values(text="", deleted=True)
_BURY = insert(inbox).on_conflict_do_update(
    index_elements=[inbox.c.team, inbox.c.channel, inbox.c.ts],
    set_={"state": InboxState.DELETED.value},
)


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a deletion found: whether the message was stored, and the uids of its files that were not gone before."""

    stored: bool
    files: tuple[str, ...]


def thread_state(connection: Connection, thread: ThreadKey) -> ThreadState:
    """What is known of a thread."""
    row = connection.execute(_THREAD_STATE, thread_columns(thread)).one_or_none()
    if row is None:
        return ThreadState(known=False, read=False, newest_ts=None)
    # An answer without a ts of the platform has its turn's anchor in front of the "+".
    newest = row.newest.partition("+")[0] if row.newest else None
    return ThreadState(known=True, read=row.read, newest_ts=newest)


def history(connection: Connection, thread: ThreadKey, before_turn: str | None) -> tuple[StoredMessage, ...]:
    """What was said, oldest first: the first message and the newest thousand.

    Without what waits, that turn's messages, and earlier answers to them. For a turn also without what other turns are
    at work on, and without younger questions that failed and what was told of them: a model that saw those would answer
    them as well.
    """
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

    Left out are deleted messages, what people wrote before they were forgotten, and what deliveries recorded: the
    history has those answers, each in one piece.
    """
    connection.execute(_MARK_READ, {**thread_columns(thread), "read": True, "known_since": now})
    if not past:
        return
    stamps = [message.key.ts for message in past]
    around = {"team": thread.team, "channel": thread.channel, "oldest": min(stamps), "latest": max(stamps)}
    known = set(connection.execute(_POSTED, thread_columns(thread)).scalars())
    known |= set(connection.execute(_TOMBSTONES, around).scalars())
    gone = forgotten.moments(connection, thread.team)
    unknown = [message for message in past if message.key.ts not in known and not _of_forgotten(message, gone)]
    if unknown:
        connection.execute(_IMPORT, [_past_row(thread, message) for message in unknown])
        files.attach(connection, thread, [(message.key, message.files) for message in unknown], now)


def _of_forgotten(message: PastMessage, gone: Mapping[str, float]) -> bool:
    return not message.own and message.author in gone and float(message.key.ts) <= gone[message.author]


def edit(connection: Connection, change: Edit) -> bool:
    """Give a stored message new text; false where it is unknown, deleted or already edited after that."""
    values = {**key_parameters(change.key), "words": storable(change.text), "at": storable(change.at)}
    edited = connection.execute(_EDIT, values).rowcount == 1
    if edited:
        summaries.outdate(connection, change.key)
    return edited


def delete(connection: Connection, key: MessageKey, now: float) -> Deleted:
    """Blank a message and keep its key, also where it was never seen; its files are gone with it."""
    gone = connection.execute(_DELETE, key_parameters(key)).rowcount == 1
    connection.execute(_BURY, _tombstone(key, now))
    if gone:
        summaries.outdate(connection, key)
    return Deleted(gone, files.bury(connection, file_lists.of_message(connection, key)))


def blank(connection: Connection, keys: Sequence[MessageKey], now: float) -> None:
    """Blank messages and keep their keys, as `delete` does; their files and a summary of them are the caller's."""
    if keys:
        connection.execute(_DELETE, [key_parameters(key) for key in keys])
        connection.execute(_BURY, [_tombstone(key, now) for key in keys])


def _tombstone(key: MessageKey, now: float) -> dict[str, str | float]:
    return {**key_columns(key), "state": InboxState.DELETED.value, "received_at": now}


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
