"""Messages on their way in: accepted, claimed by a turn, or refused."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, bindparam, literal_column, select, update

from base_client import Message, MessageKey, ThreadKey
from budgets import Limit
from store import spending
from store.files import attach
from store.keys import IN_INBOX, has_key, in_thread, key_columns, key_parameters, thread_columns
from store.spending_values import CallUsage
from store.sqlite import insert
from store.tables import inbox, messages, threads, turns
from store.text import storable
from store.values import Claim, InboxState, StoredMessage, TurnState

# Written out, not bound: the partial index `inbox_waiting` is only used where its own words stand in the query.
_WAITS = inbox.c.state == literal_column(f"'{InboxState.ACCEPTED.value}'")

_TAKE_IN = insert(inbox).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
_KEEP = insert(messages).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
_JOIN_THREAD = insert(threads).on_conflict_do_nothing()
_KNOWN_KEY = select(inbox.c.state).where(has_key(inbox))
_KNOWN_THREAD = select(threads.c.read).where(in_thread(threads))
_STILL_WAITING = (
    select(
        messages.c.team,
        messages.c.channel,
        messages.c.ts,
        messages.c.author,
        messages.c.text,
        messages.c.anchor,
        inbox.c.received_at,
    )
    .join(inbox, IN_INBOX)
    .where(
        in_thread(messages),
        messages.c.ts.between(bindparam("oldest"), bindparam("latest")),
        inbox.c.state == InboxState.ACCEPTED.value,
    )
    .order_by(messages.c.ts)
)
_BEGIN_TURN = insert(turns)
_TAKE_UP = update(inbox).where(has_key(inbox)).values(state=InboxState.WORKING.value, turn_id=bindparam("turn"))
_ANCHOR = update(messages).where(has_key(messages)).values(turn_id=bindparam("turn"), anchor=bindparam("first"))
_REFUSE = (
    update(inbox)
    .where(has_key(inbox), inbox.c.state == InboxState.ACCEPTED.value)
    .values(state=InboxState.REFUSED.value)
)
_UNCLAIMED = (
    select(messages.c.team, messages.c.channel, messages.c.ts, messages.c.thread_ts, messages.c.author, messages.c.text)
    .join(inbox, IN_INBOX)
    .where(_WAITS)
    .order_by(messages.c.ts)
)
_OLD = select(inbox.c.team, inbox.c.channel, inbox.c.ts).where(_WAITS, inbox.c.received_at < bindparam("before"))


def accept(connection: Connection, message: Message, now: float, thread_known: bool) -> bool:
    """Store a message once; false where its key is known, be it answered, overheard or deleted."""
    if not message.wants_answer:
        if connection.execute(_KNOWN_KEY, key_parameters(message.key)).first() is not None:
            return False
        return _keep(connection, message, now)
    row = {**key_columns(message.key), "state": InboxState.ACCEPTED.value, "received_at": now}
    if connection.execute(_TAKE_IN, row).rowcount == 0:
        _attach_late(connection, message, now)
        return False
    # A message that was overheard or read as the thread's past before has its text here already.
    _keep(connection, message, now)
    if not thread_known:
        # A thread that begins with this very message has no past to read.
        begins = message.key.ts == message.thread.thread_ts
        connection.execute(_JOIN_THREAD, {**thread_columns(message.thread), "read": begins, "known_since": now})
    return True


def _attach_late(connection: Connection, message: Message, now: float) -> None:
    """One message comes as two events, and only one of them may name its files."""
    if message.files:
        state = connection.execute(_KNOWN_KEY, key_parameters(message.key)).scalar_one_or_none()
        if state != InboxState.DELETED.value:
            attach(connection, message.thread, [(message.key, message.files)], now)


def knows_thread(connection: Connection, thread: ThreadKey) -> bool:
    """Whether the bot takes part in the thread."""
    return connection.execute(_KNOWN_THREAD, thread_columns(thread)).first() is not None


Estimate = Callable[[int], CallUsage]
"""What the first call of a turn may take, given the tokens of the newest one in its thread."""


def claim(
    connection: Connection,
    turn_id: str,
    thread: ThreadKey,
    keys: Sequence[MessageKey],
    estimate: Estimate | None,
    limits: Sequence[Limit],
    now: float,
) -> Claim:
    """Begin a turn with those of `keys` that still wait, and hold what its first call may take.

    Nothing is begun where none waits. Where a limit has no room the turn is begun, and holds nothing.
    """
    messages = _begin(connection, turn_id, thread, keys, now)
    if not messages or estimate is None:
        return Claim(messages)
    before = spending.size_before(connection, thread.team, thread.channel, thread.thread_ts)
    return Claim(messages, spending.reserve(connection, turn_id, estimate(before), (), None, limits, now))


def _begin(
    connection: Connection, turn_id: str, thread: ThreadKey, keys: Sequence[MessageKey], now: float
) -> tuple[StoredMessage, ...]:
    wanted = {key.ts for key in keys}
    if not wanted:
        return ()
    span = {**thread_columns(thread), "oldest": min(wanted), "latest": max(wanted)}
    rows = [row for row in connection.execute(_STILL_WAITING, span) if row.ts in wanted]
    if not rows:
        return ()
    # A message that is answered again keeps its anchor, also where the first one beside it is deleted meanwhile.
    anchor = min(row.anchor for row in rows)
    begun = {"author": rows[0].author, "anchor": anchor, "state": TurnState.WORKING.value, "attempts": 1}
    times = {"created_at": min(row.received_at for row in rows), "started_at": now}
    turn = {"id": turn_id, **thread_columns(thread), **begun, **times, "text": "", "error": ""}
    connection.execute(_BEGIN_TURN, turn)
    taken = [{"key_team": row.team, "key_channel": row.channel, "key_ts": row.ts, "turn": turn_id} for row in rows]
    connection.execute(_TAKE_UP, taken)
    connection.execute(_ANCHOR, [{**one, "first": anchor} for one in taken])
    return tuple(
        StoredMessage(MessageKey(row.team, row.channel, row.ts), thread, row.author, False, row.text, turn_id)
        for row in rows
    )


def refuse(connection: Connection, keys: Sequence[MessageKey]) -> None:
    """Close messages that did not fit the line; those that a turn has taken up stay as they are."""
    if keys:
        connection.execute(_REFUSE, [key_parameters(key) for key in keys])


def unclaimed(connection: Connection) -> tuple[Message, ...]:
    """Accepted messages that no turn has taken up, in order of ts."""
    return tuple(
        Message(
            MessageKey(row.team, row.channel, row.ts),
            ThreadKey(row.team, row.channel, row.thread_ts),
            row.author,
            row.text,
        )
        for row in connection.execute(_UNCLAIMED)
    )


def old(connection: Connection, before: float) -> frozenset[MessageKey]:
    """Accepted messages that no turn has taken up and that came before a Unix time."""
    rows = connection.execute(_OLD, {"before": before})
    return frozenset(MessageKey(row.team, row.channel, row.ts) for row in rows)


def _keep(connection: Connection, message: Message, now: float) -> bool:
    attach(connection, message.thread, [(message.key, message.files)], now)
    row = {
        **key_columns(message.key),
        "thread_ts": message.thread.thread_ts,
        "author": message.author,
        "own": False,
        "text": storable(message.text),
        "anchor": message.key.ts,
        "deleted": False,
    }
    return connection.execute(_KEEP, row).rowcount == 1
