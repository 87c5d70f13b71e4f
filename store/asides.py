"""Threads that are still to be told what a stop has set aside: kept, because a crash may come before the line."""

from sqlalchemy import Connection, bindparam, delete, func, select

from base_client import ThreadKey
from store.facts import set_fact
from store.keys import IN_INBOX, in_thread, thread_columns
from store.tables import facts, inbox, messages
from store.values import InboxState, OwedAside

_PREFIX = "aside:"
_OWED = (
    select(facts.c.name, facts.c.value)
    .where(facts.c.name >= _PREFIX, facts.c.name < f"{_PREFIX[:-1]};")
    .order_by(facts.c.name)
)
_SETTLE = delete(facts).where(facts.c.name == bindparam("fact"))
_ASIDE = (
    select(func.count())
    .select_from(messages.join(inbox, IN_INBOX))
    .where(in_thread(messages), inbox.c.state == InboxState.ASIDE.value)
)


def owe(connection: Connection, thread: ThreadKey, stop_ts: str, person: str) -> None:
    """The thread is to be told that a person's stop has set messages aside."""
    set_fact(connection, _name(thread, stop_ts), person)


def settle(connection: Connection, thread: ThreadKey, stop_ts: str) -> None:
    """The thread has been told, or need not be any more."""
    connection.execute(_SETTLE, {"fact": _name(thread, stop_ts)})


def owed(connection: Connection) -> tuple[OwedAside, ...]:
    """What threads were not told yet, with the number of messages that are set aside there."""
    return tuple(_read(connection, row.name, row.value) for row in connection.execute(_OWED))


def _name(thread: ThreadKey, stop_ts: str) -> str:
    return f"{_PREFIX}{thread.team}/{thread.channel}/{thread.thread_ts}/{stop_ts}"


def _read(connection: Connection, name: str, person: str) -> OwedAside:
    team, channel, thread_ts, stop_ts = name.removeprefix(_PREFIX).split("/")
    thread = ThreadKey(team, channel, thread_ts)
    return OwedAside(thread, stop_ts, person, connection.execute(_ASIDE, thread_columns(thread)).scalar_one())
