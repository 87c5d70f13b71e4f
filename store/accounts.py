"""What people used: tokens since a time, and their latest turns."""

from sqlalchemy import Connection, Select, bindparam, func, select

from base_client import ThreadKey
from store.people_values import TurnLine, UsageSum
from store.tables import turns, usage
from store.values import TurnState

_OF_PERSON = (turns.c.team == bindparam("team")) & (turns.c.author == bindparam("person"))


def _tokens(name: str) -> Select[tuple[int]]:
    return select(func.coalesce(func.sum(usage.c[name]), 0)).where(usage.c.turn_id == turns.c.id).correlate(turns)


_SINCE = (
    select(
        func.count(turns.c.id.distinct()).label("turns"),
        *(func.coalesce(func.sum(usage.c[name]), 0).label(name) for name in ("input", "cached", "output")),
    )
    .select_from(turns)
    .outerjoin(usage, usage.c.turn_id == turns.c.id)
    .where(_OF_PERSON, turns.c.created_at >= bindparam("since"))
)
_LATEST = (
    select(turns, *(_tokens(name).scalar_subquery().label(name) for name in ("input", "output")))
    .where(_OF_PERSON)
    .order_by(turns.c.created_at.desc())
    .limit(bindparam("at_most"))
)


def since(connection: Connection, team: str, person: str, since: float) -> UsageSum:
    """A person's turns that were created at that Unix time or later, and the tokens of all their calls."""
    row = connection.execute(_SINCE, {"team": team, "person": person, "since": since}).one()
    return UsageSum(row.turns, row.input, row.cached, row.output)


def latest(connection: Connection, team: str, person: str, limit: int) -> tuple[TurnLine, ...]:
    """A person's turns, the newest first."""
    rows = connection.execute(_LATEST, {"team": team, "person": person, "at_most": limit})
    return tuple(
        TurnLine(
            row.id,
            ThreadKey(row.team, row.channel, row.thread_ts),
            row.created_at,
            row.ended_at,
            TurnState(row.state),
            row.input,
            row.output,
        )
        for row in rows
    )
