"""Keys as columns and parameters, the same for every statement."""

from sqlalchemy import ColumnElement, Table, bindparam

from base_client import MessageKey, ThreadKey
from store.tables import inbox, messages

IN_INBOX = (inbox.c.team == messages.c.team) & (inbox.c.channel == messages.c.channel) & (inbox.c.ts == messages.c.ts)
"""A message and its row in the inbox."""


def has_key(table: Table) -> ColumnElement[bool]:
    """The row of the parameters that `key_parameters` gives."""
    return (
        (table.c.team == bindparam("key_team"))
        & (table.c.channel == bindparam("key_channel"))
        & (table.c.ts == bindparam("key_ts"))
    )


def in_thread(table: Table) -> ColumnElement[bool]:
    """The rows of the parameters that `thread_columns` gives."""
    return (
        (table.c.team == bindparam("team"))
        & (table.c.channel == bindparam("channel"))
        & (table.c.thread_ts == bindparam("thread_ts"))
    )


def key_parameters(key: MessageKey) -> dict[str, str]:
    """For `has_key`. An UPDATE may not use the names of its columns."""
    return {"key_team": key.team, "key_channel": key.channel, "key_ts": key.ts}


def key_columns(key: MessageKey) -> dict[str, str]:
    """For an INSERT."""
    return {"team": key.team, "channel": key.channel, "ts": key.ts}


def thread_columns(thread: ThreadKey) -> dict[str, str]:
    """For an INSERT and for `in_thread`."""
    return {"team": thread.team, "channel": thread.channel, "thread_ts": thread.thread_ts}
