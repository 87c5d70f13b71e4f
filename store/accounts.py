"""What was used: by a person since a time, in their latest turns, and by everybody in a month."""

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, func, select

from base_client import ThreadKey
from budgets import Span
from store.people_values import TurnLine, UsageSum
from store.spending_values import CallKind, CallState, DayUsage, UsageLine
from store.tables import turns, usage
from store.values import TurnState

_OF_PERSON = (turns.c.team == bindparam("team")) & (turns.c.author == bindparam("person"))
_ended = usage.c.state != CallState.RESERVED.value


def _tokens(name: str) -> Select[tuple[int]]:
    return (
        select(func.coalesce(func.sum(usage.c[name]), 0)).where(usage.c.turn_id == turns.c.id, _ended).correlate(turns)
    )


_TURNS = select(func.count()).select_from(turns).where(_OF_PERSON, turns.c.created_at >= bindparam("since"))
_SINCE = select(
    _TURNS.scalar_subquery().label("turns"),
    *(func.coalesce(func.sum(usage.c[name]), 0).label(name) for name in ("input", "cached", "output")),
).where(
    usage.c.team == bindparam("team"),
    usage.c.person == bindparam("person"),
    usage.c["at"] >= bindparam("since"),
    _ended,
)
_LATEST = (
    select(turns, *(_tokens(name).scalar_subquery().label(name) for name in ("input", "output")))
    .where(_OF_PERSON)
    .order_by(turns.c.created_at.desc())
    .limit(bindparam("at_most"))
)


_tokens_of_call = usage.c.input + usage.c.output


def _counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


_SUMS = (
    _counted(usage.c.kind == CallKind.ANSWER.value).label("answers"),
    _counted(usage.c.kind.not_in([CallKind.ANSWER.value, CallKind.PICTURE.value])).label("utility"),
    *(
        func.coalesce(func.sum(usage.c[name]), 0).label(name)
        for name in ("images", "input", "cached", "output", "cost")
    ),
    _counted(usage.c.cost.is_(None) & (_tokens_of_call + usage.c.images > 0)).label("unpriced"),
    func.coalesce(func.sum(case((usage.c.state == CallState.ESTIMATED.value, _tokens_of_call), else_=0)), 0).label(
        "estimated"
    ),
)
_between = usage.c["at"] >= bindparam("start"), usage.c["at"] < bindparam("end"), _ended
_BY = {
    by: select(usage.c.team, usage.c[column].label("name"), *_SUMS)
    .where(*_between)
    .group_by(usage.c.team, usage.c[column])
    .order_by(usage.c.team, func.sum(_tokens_of_call).desc(), usage.c[column])
    for by, column in (("user", "person"), ("channel", "channel"), ("model", "model"))
}
_OF_DAY = select(
    *(func.coalesce(func.sum(usage.c[name]), 0).label(name) for name in ("input", "output", "cost"))
).where(*_between)
_DAY = 86_400.0


def by(connection: Connection, of: str, start: float, end: float) -> tuple[UsageLine, ...]:
    """What was used from one Unix time to another, by "user", "channel" or "model", the most first."""
    rows = connection.execute(_BY[of], {"start": start, "end": end})
    return tuple(UsageLine(**row._mapping) for row in rows)


def by_day(connection: Connection, start: float, end: float) -> tuple[DayUsage, ...]:
    """What was used on each day (UTC) from one Unix time to another; days without use are left out."""
    found = []
    day = Span.USER_DAY.begins(start)
    while day < end:
        span = {"start": max(start, day), "end": min(end, day + _DAY)}
        row = connection.execute(_OF_DAY, span).one()
        if row.input or row.output:
            found.append(DayUsage(Span.USER_DAY.period(day), row.input, row.output, row.cost))
        day += _DAY
    return tuple(found)


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
