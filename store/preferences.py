"""What people have set: a text for each name, in a place of a scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, select

from store.sqlite import insert
from store.tables import preferences
from store.text import storable

Placed = tuple[str, str]
"""A scope and a place in it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """New values by name, None for one that is removed, and the person who made them."""

    values: Mapping[str, str | None]
    by: str


_OF_PLACES = select(preferences.c.scope, preferences.c.place, preferences.c.name, preferences.c.value).where(
    preferences.c.team == bindparam("team"),
    # Two lists, not one of pairs: for pairs SQLite reads all that is set in the team.
    preferences.c.scope.in_(bindparam("scopes", expanding=True)),
    preferences.c.place.in_(bindparam("places", expanding=True)),
)
_new = insert(preferences)
_SET = _new.on_conflict_do_update(
    index_elements=[preferences.c.team, preferences.c.scope, preferences.c.place, preferences.c.name],
    set_={name: _new.excluded[name] for name in ("value", "changed_by", "changed_at")},
)
_IN_PLACE = (
    (preferences.c.team == bindparam("team"))
    & (preferences.c.scope == bindparam("scope"))
    & (preferences.c.place == bindparam("place"))
)
_REMOVE = delete(preferences).where(_IN_PLACE, preferences.c.name == bindparam("name"))
_CLEAR = delete(preferences).where(_IN_PLACE)


def of_places(connection: Connection, team: str, places: Sequence[Placed]) -> dict[Placed, dict[str, str]]:
    """What is set in each of the places, by name; empty for a place where nothing is."""
    found: dict[Placed, dict[str, str]] = {place: {} for place in places}
    if places:
        scopes, names = zip(*found, strict=True)
        for row in connection.execute(_OF_PLACES, {"team": team, "scopes": scopes, "places": names}):
            if (row.scope, row.place) in found:
                found[row.scope, row.place][row.name] = row.value
    return found


def change(connection: Connection, team: str, placed: Placed, changes: Changes, now: float) -> None:
    """Set and remove values of one place."""
    where = {"team": team, "scope": placed[0], "place": placed[1]}
    made = {"changed_by": changes.by, "changed_at": now}
    kept = [
        {**where, **made, "name": name, "value": storable(value)}
        for name, value in changes.values.items()
        if value is not None
    ]
    removed = [{**where, "name": name} for name, value in changes.values.items() if value is None]
    if kept:
        connection.execute(_SET, kept)
    if removed:
        connection.execute(_REMOVE, removed)


def clear(connection: Connection, team: str, placed: Placed) -> None:
    """Remove all that is set in a place."""
    connection.execute(_CLEAR, {"team": team, "scope": placed[0], "place": placed[1]})
