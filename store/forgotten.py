"""Who was forgotten and when, how far the deletion is, and the audit of exports and deletions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Connection, Row, bindparam, select, update

from store.sqlite import insert
from store.tables import audit, forgotten

Counts = dict[str, int]
"""How many things of each kind."""


@dataclass(frozen=True, slots=True)
class Forgetting:
    """A deletion that was begun at a Unix time in seconds, and what it has deleted so far."""

    team: str
    person: str
    at: float
    by: str
    counts: Mapping[str, int]


_PERSON = (forgotten.c.team == bindparam("of_team")) & (forgotten.c.person == bindparam("of_person"))
_GET = select(forgotten).where(_PERSON, forgotten.c.done.is_(False))
_PENDING = select(forgotten).where(forgotten.c.done.is_(False)).order_by(forgotten.c.at)
_MOMENTS = select(forgotten.c.person, forgotten.c.at).where(forgotten.c.team == bindparam("team"))
_new = insert(forgotten)
_BEGIN = _new.on_conflict_do_update(
    index_elements=[forgotten.c.team, forgotten.c.person],
    set_={name: _new.excluded[name] for name in ("at", "by", "done", "counts")},
)
_PROGRESS = update(forgotten).where(_PERSON).values(counts=bindparam("numbers"), done=bindparam("is_done"))
_AUDIT = insert(audit)


def moments(connection: Connection, team: str) -> dict[str, float]:
    """When people of a team were forgotten, the last time, in Unix seconds."""
    return {row.person: row.at for row in connection.execute(_MOMENTS, {"team": team})}


def pending(connection: Connection) -> tuple[Forgetting, ...]:
    """Deletions that have not come to their end."""
    return tuple(_forgetting(row) for row in connection.execute(_PENDING))


def under_way(connection: Connection, team: str, person: str) -> Forgetting | None:
    """A person's deletion that has not come to its end, or None."""
    row = connection.execute(_GET, {"of_team": team, "of_person": person}).one_or_none()
    return None if row is None else _forgetting(row)


def begin(connection: Connection, forgetting: Forgetting) -> None:
    """Remember that a deletion was begun, instead of an earlier one."""
    row = {"team": forgetting.team, "person": forgetting.person, "at": forgetting.at, "by": forgetting.by}
    connection.execute(_BEGIN, {**row, "done": False, "counts": json.dumps(dict(forgetting.counts))})


def progress(connection: Connection, forgetting: Forgetting, counts: Counts, done: bool) -> None:
    """Remember how far a deletion is; its end is written into the audit."""
    where = {"of_team": forgetting.team, "of_person": forgetting.person}
    connection.execute(_PROGRESS, {**where, "numbers": json.dumps(counts), "is_done": done})


def note(
    connection: Connection, action: str, team: str, person: str, by: str, counts: Mapping[str, int], now: float
) -> None:
    """A line of the audit."""
    row = {"id": uuid4().hex, "at": now, "action": action, "team": team, "person": person, "by": by}
    connection.execute(_AUDIT, {**row, "counts": json.dumps(dict(counts))})


def _forgetting(row: Row[*tuple[object, ...]]) -> Forgetting:
    given = row._mapping
    counts: Counts = json.loads(str(given["counts"]))
    return Forgetting(str(given["team"]), str(given["person"]), float(str(given["at"])), str(given["by"]), counts)
