"""Files as rows of their table, and back."""

from typing import Any

from sqlalchemy import Row, literal_column

from base_client import ThreadKey
from store.file_values import FileKind, FileOrigin, FileState, StoredFile
from store.keys import thread_columns
from store.tables import files
from store.text import storable

# Written out, not bound: the partial index `files_age` is only used where its own words stand in the query.
LIVES = files.c.state != literal_column(f"'{FileState.GONE.value}'")
"""A file that is not gone."""


def row_of(file: StoredFile, now: float) -> dict[str, str | int | float | bool | None]:
    """For an INSERT; `now` is the Unix time of its arrival, in seconds."""
    return {
        "uid": file.uid,
        "id": file.id,
        **thread_columns(file.thread),
        "message_ts": file.message_ts,
        "turn_id": file.turn_id,
        "origin": file.origin.value,
        "kind": file.kind.value,
        "state": file.state.value,
        "name": storable(file.name),
        "url": storable(file.url),
        "trouble": file.trouble,
        "size": file.size,
        "detail": file.detail,
        "media_type": file.media_type,
        "note": storable(file.note),
        "dimensions": file.dimensions,
        "parts": file.parts,
        "done": file.done,
        "number": file.number,
        "kept": file.kept,
        "created_at": now,
    }


def stored(row: Row[*tuple[Any, ...]]) -> StoredFile:
    """A whole row, as it is handed out."""
    return StoredFile(
        uid=row.uid,
        id=row.id,
        thread=ThreadKey(row.team, row.channel, row.thread_ts),
        message_ts=row.message_ts,
        turn_id=row.turn_id,
        origin=FileOrigin(row.origin),
        kind=FileKind(row.kind),
        state=FileState(row.state),
        name=row.name,
        url=row.url,
        trouble=row.trouble,
        size=row.size,
        detail=row.detail,
        media_type=row.media_type,
        note=row.note,
        dimensions=row.dimensions,
        parts=row.parts,
        done=row.done,
        number=row.number,
        kept=row.kept,
    )
