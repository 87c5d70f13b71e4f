"""Which files there are: of a thread, of a message, of an age, in a state."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, func, or_, select

from base_client import MessageKey, ThreadKey
from store.file_rows import LIVES, stored
from store.file_values import FileState, StoredFile
from store.keys import in_thread, thread_columns
from store.tables import files

UNFINISHED_LIMIT = 1_000
_NAMES_STEP = 500

_OF_THREAD = select(files).where(in_thread(files)).order_by(files.c.message_ts, files.c.serial)
_OF_MESSAGE = select(files.c.uid).where(
    files.c.team == bindparam("team"), files.c.channel == bindparam("channel"), files.c.message_ts == bindparam("ts")
)
_OF_PLATFORM = select(files.c.uid).where(files.c.team == bindparam("team"), files.c.id == bindparam("id"), LIVES)
_EXPIRED = (
    select(files.c.uid)
    .where(LIVES, files.c.created_at < bindparam("before"))
    .order_by(files.c.created_at)
    .limit(bindparam("at_most"))
)
_LIVING = select(files.c.uid, files.c.serial).where(files.c.uid.in_(bindparam("uids", expanding=True)), LIVES)
# By state first: "indexing" comes before "new" as a word, and what was begun is to be ended first.
_UNFINISHED = (
    select(files)
    .where(or_(files.c.state == FileState.INDEXING.value, files.c.state == FileState.NEW.value))
    .order_by(files.c.state, files.c.serial)
    .limit(UNFINISHED_LIMIT)
)
_COUNTS = select(files.c.state, func.count()).group_by(files.c.state)


def of_thread(connection: Connection, thread: ThreadKey) -> tuple[StoredFile, ...]:
    """The files of a thread, those that are gone included, in order of their messages, then as they came."""
    return tuple(stored(row) for row in connection.execute(_OF_THREAD, thread_columns(thread)))


def of_message(connection: Connection, key: MessageKey) -> tuple[str, ...]:
    """The uids of a message's files, also of those that are gone."""
    wanted = {"team": key.team, "channel": key.channel, "ts": key.ts}
    return tuple(connection.execute(_OF_MESSAGE, wanted).scalars())


def of_platform(connection: Connection, team: str, file_id: str) -> tuple[str, ...]:
    """The uids of a file of the platform, in all threads it stands in."""
    return tuple(connection.execute(_OF_PLATFORM, {"team": team, "id": file_id}).scalars())


def expired(connection: Connection, before: float, limit: int) -> tuple[str, ...]:
    """The uids of files that came before that Unix time in seconds, the oldest first."""
    return tuple(connection.execute(_EXPIRED, {"before": before, "at_most": limit}).scalars())


def living(connection: Connection, uids: Sequence[str]) -> dict[str, int]:
    """Those of `uids` whose files are not gone, with their serials."""
    found: dict[str, int] = {}
    for start in range(0, len(uids), _NAMES_STEP):
        rows = connection.execute(_LIVING, {"uids": uids[start : start + _NAMES_STEP]})
        found.update((row.uid, row.serial) for row in rows)
    return found


def unfinished(connection: Connection) -> tuple[StoredFile, ...]:
    """Files that nothing is known of yet or that are being indexed, the latter first; at most 1,000."""
    return tuple(stored(row) for row in connection.execute(_UNFINISHED))


def counts(connection: Connection) -> dict[FileState, int]:
    """How many files are in each state."""
    found = {row[0]: row[1] for row in connection.execute(_COUNTS)}
    return {state: found.get(state.value, 0) for state in FileState}
