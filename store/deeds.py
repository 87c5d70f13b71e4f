"""Side effects of turns, recorded as they come about, so that a resumed turn repeats none."""

from sqlalchemy import Connection, bindparam, delete, select

from store.file_values import Deed, DeedState
from store.sqlite import insert
from store.tables import deeds

_new = insert(deeds)
_RECORD = _new.on_conflict_do_update(
    index_elements=[deeds.c.turn_id, deeds.c.ordinal],
    set_={name: _new.excluded[name] for name in ("file_id", "state", "uid")},
)
_OF_TURN = select(deeds).where(deeds.c.turn_id == bindparam("turn")).order_by(deeds.c.ordinal)

_DROP = delete(deeds).where(deeds.c.turn_id == bindparam("turn"))


def record(connection: Connection, deed: Deed) -> None:
    """Remember a deed; the newest record of it counts."""
    row = {"turn_id": deed.turn_id, "ordinal": deed.ordinal, "file_id": deed.file_id}
    connection.execute(_RECORD, {**row, "state": deed.state.value, "uid": deed.uid})


def of_turn(connection: Connection, turn_id: str) -> tuple[Deed, ...]:
    """The deeds of a turn, by their ordinal."""
    rows = connection.execute(_OF_TURN, {"turn": turn_id})
    return tuple(Deed(row.turn_id, row.ordinal, row.file_id, DeedState(row.state), row.uid) for row in rows)


def drop(connection: Connection, turn_id: str) -> None:
    """Forget what a turn has done: its question is another one."""
    connection.execute(_DROP, {"turn": turn_id})
