"""Files of threads: how they come, what is found out about them, and what is left once they are gone."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from uuid import uuid4

from sqlalchemy import Connection, bindparam, case, exists, func, or_, select, update

from base_client import FileRef, MessageKey, ThreadKey
from store import pages
from store.file_rows import LIVES, row_of, stored
from store.file_values import FileKind, FileOrigin, FileState, Page, StoredFile
from store.keys import in_thread, thread_columns
from store.sqlite import insert
from store.tables import files, messages, turns

PER_MESSAGE = 100
"""How many files of one message are kept."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the bytes of a file were found to be."""

    kind: FileKind
    media_type: str
    dimensions: str
    parts: int
    kept: bool


_BLANK = {"name": "", "url": "", "note": "", "kept": False, "done": 0}
_FILE = files.c.uid == bindparam("file")

_new = insert(files).values(serial=select(func.coalesce(func.max(files.c.serial), 0) + 1).scalar_subquery())
# A file that is gone comes back with another message only, and then as another one: under a uid of its own.
_ADD = _new.on_conflict_do_update(
    index_elements=[files.c.team, files.c.channel, files.c.thread_ts, files.c.id],
    set_={
        name: _new.excluded[name]
        for name in ("uid", "message_ts", "turn_id", "origin", "state", "name", "url", "trouble", "size", "note")
    }
    | {"detail": "", "created_at": _new.excluded.created_at},
    where=~LIVES & (files.c.message_ts != _new.excluded.message_ts),
)
_BY_ID = select(files).where(in_thread(files), files.c.id == bindparam("id"))
_GET = select(files).where(_FILE)
_NEXT_NUMBER = select(func.coalesce(func.max(files.c.number), 0) + 1).where(
    in_thread(files), files.c.kind == bindparam("kind")
)
_RECOGNISE = (
    update(files)
    .where(_FILE)
    .values({name: bindparam(f"its_{name}") for name in ("kind", "state", "media_type", "dimensions", "parts", "kept")})
    .values(number=bindparam("its_number"), detail="")
)
_SET_STATE = update(files).where(_FILE, LIVES).values(state=bindparam("its_state"), detail=bindparam("its_detail"))
_SET_DONE = (
    update(files)
    .where(_FILE)
    .values(done=case((files.c.done < bindparam("its_done"), bindparam("its_done")), else_=files.c.done))
)
# Of somebody who is forgotten: such a turn has no author, and neither has such a message.
_OF_NOBODY = select(files.c.uid).where(
    _FILE,
    or_(
        exists().where(turns.c.id == files.c.turn_id, turns.c.author == ""),
        exists().where(
            messages.c.team == files.c.team,
            messages.c.channel == files.c.channel,
            messages.c.ts == files.c.message_ts,
            messages.c.own.is_(False),
            messages.c.author == "",
            messages.c.deleted.is_(True),
        ),
    ),
)
_BURY = update(files).where(_FILE).values(state=FileState.GONE.value, **_BLANK)


def add(connection: Connection, file: StoredFile, now: float) -> StoredFile:
    """Keep a file, unless its thread has one of that id; what is stored under it then. GONE where it is nobody's."""
    connection.execute(_ADD, row_of(file, now))
    bury(connection, connection.execute(_OF_NOBODY, {"file": file.uid}).scalars().all())
    return stored(connection.execute(_BY_ID, {**thread_columns(file.thread), "id": file.id}).one())


def attach(
    connection: Connection, thread: ThreadKey, attached: Iterable[tuple[MessageKey, Sequence[FileRef]]], now: float
) -> None:
    """Keep the files of messages, each once in its thread."""
    rows = [row_of(_attached(thread, key, ref), now) for key, refs in attached for ref in refs[:PER_MESSAGE]]
    if rows:
        connection.execute(_ADD, rows)


def get(connection: Connection, uid: str) -> StoredFile | None:
    """A file, also one that is gone."""
    row = connection.execute(_GET, {"file": uid}).one_or_none()
    return stored(row) if row else None


def recognise(connection: Connection, uid: str, found: Found) -> StoredFile:
    """Keep what the bytes were found to be, and number the file; LookupError where there is no such file.

    A file that is gone meanwhile stays as it is.
    """
    row = connection.execute(_GET, {"file": uid}).one_or_none()
    if row is None:
        raise LookupError(uid)
    if row.state == FileState.GONE.value:
        return stored(row)
    number = row.number if row.kind == found.kind.value else None
    if number is None:
        place = {"team": row.team, "channel": row.channel, "thread_ts": row.thread_ts, "kind": found.kind.value}
        number = connection.execute(_NEXT_NUMBER, place).scalar_one()
    state = _recognised(found.kind, FileState(row.state))
    its = {**asdict(found), "kind": found.kind.value, "state": state.value, "number": number}
    connection.execute(_RECOGNISE, {"file": uid, **{f"its_{name}": value for name, value in its.items()}})
    return stored(connection.execute(_GET, {"file": uid}).one())


def set_state(connection: Connection, uid: str, state: FileState, detail: str = "") -> None:
    """How far a file is; nothing changes for one that is gone."""
    connection.execute(_SET_STATE, {"file": uid, "its_state": state.value, "its_detail": detail})


def add_pages(connection: Connection, uid: str, batch: Sequence[Page]) -> bool:
    """Keep a batch of a document's pages; false where the file is gone or unknown, and nothing is kept."""
    row = connection.execute(_GET, {"file": uid}).one_or_none()
    if row is None or row.state == FileState.GONE.value:
        return False
    if batch:
        pages.put(connection, uid, row.serial, batch)
        connection.execute(_SET_DONE, {"file": uid, "its_done": max(page.number for page in batch)})
    return True


def bury(connection: Connection, uids: Iterable[str]) -> tuple[str, ...]:
    """Remove what is kept of files, and leave their rows; the uids of those that were not gone before."""
    gone = []
    for uid in uids:
        row = connection.execute(_GET, {"file": uid}).one_or_none()
        if row is not None and row.state != FileState.GONE.value:
            pages.drop(connection, uid, row.serial)
            connection.execute(_BURY, {"file": uid})
            gone.append(uid)
    return tuple(gone)


def _attached(thread: ThreadKey, key: MessageKey, ref: FileRef) -> StoredFile:
    file = StoredFile(uuid4().hex, ref.id, thread, key.ts, origin=FileOrigin.ATTACHED)
    return replace(file, name=ref.name, url=ref.url, trouble=ref.trouble, size=ref.size)


def _recognised(kind: FileKind, state: FileState) -> FileState:
    if state is FileState.READ or kind is FileKind.UNKNOWN:
        return state
    return FileState.READ if kind is FileKind.PICTURE else FileState.INDEXING
