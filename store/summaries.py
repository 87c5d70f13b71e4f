"""Summaries of threads: one a thread, gone as soon as a message it may quote is changed."""

from sqlalchemy import Connection, bindparam, delete, exists, select

from base_client import MessageKey, ThreadKey
from store.keys import has_key, in_thread, key_parameters, thread_columns
from store.people_values import Summary
from store.sqlite import insert
from store.tables import forgotten, messages, summaries, turns
from store.text import storable

_GET = select(summaries.c.text, summaries.c.until_ts).where(in_thread(summaries))
_new = insert(summaries)
_SET = _new.on_conflict_do_update(
    index_elements=[summaries.c.team, summaries.c.channel, summaries.c.thread_ts],
    set_={name: _new.excluded[name] for name in ("text", "until_ts", "changed_at")},
)
_DROP = delete(summaries).where(in_thread(summaries))
# By the anchor: an answer stands right behind its question, however late it was posted.
_OUTDATE = delete(summaries).where(
    summaries.c.team == bindparam("key_team"),
    summaries.c.channel == bindparam("key_channel"),
    exists().where(
        has_key(messages),
        messages.c.thread_ts == summaries.c.thread_ts,
        messages.c.anchor <= summaries.c.until_ts,
    ),
)


_TOO_LATE = select(forgotten.c.person).where(
    forgotten.c.team == bindparam("team"),
    forgotten.c.at >= select(turns.c.started_at).where(turns.c.id == bindparam("turn")).scalar_subquery(),
)


def get(connection: Connection, thread: ThreadKey) -> Summary | None:
    """The summary of a thread, or None."""
    row = connection.execute(_GET, thread_columns(thread)).one_or_none()
    return None if row is None else Summary(row.text, row.until_ts)


def put(connection: Connection, thread: ThreadKey, summary: Summary, now: float, turn_id: str = "") -> None:
    """Keep a thread's summary instead of the one before, unless somebody was forgotten while `turn_id` made it."""
    if connection.execute(_TOO_LATE, {"team": thread.team, "turn": turn_id}).first() is not None:
        return
    row = {"text": storable(summary.text), "until_ts": summary.until_ts, "changed_at": now}
    connection.execute(_SET, {**thread_columns(thread), **row})


def drop(connection: Connection, thread: ThreadKey) -> None:
    """Remove the summary of a thread."""
    connection.execute(_DROP, thread_columns(thread))


def outdate(connection: Connection, key: MessageKey) -> None:
    """Remove the summary that may quote a message: it reaches as far as the message or further."""
    connection.execute(_OUTDATE, key_parameters(key))
