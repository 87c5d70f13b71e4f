"""What model calls are expected to take and have taken: one row for each, and running totals where there are limits.

The totals are in a temporary table of the connection that writes: they are part of its transactions, and each opening
makes them anew from the rows.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Insert,
    MetaData,
    Row,
    Table,
    Text,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    literal_column,
    select,
    update,
)

from budgets import Limit, Span, Unit
from store import forgotten
from store.spending_values import CallKind, CallState, CallUsage, LeftCall, Payer, Standing
from store.sqlite import insert
from store.tables import deliveries, turns, usage

_AMOUNTS = ("tokens", "money", "held_tokens", "held_money")
_spent = Table(
    "spent",
    MetaData(),
    Column("team", Text, primary_key=True),
    Column("person", Text, primary_key=True),  # empty: everybody together
    Column("period", Text, primary_key=True),
    *(Column(name, BigInteger, nullable=False) for name in _AMOUNTS),
    prefixes=["TEMPORARY"],
)
_new_spent = insert(_spent)
_ADD = _new_spent.on_conflict_do_update(
    index_elements=[_spent.c.team, _spent.c.person, _spent.c.period],
    set_={name: _spent.c[name] + _new_spent.excluded[name] for name in _AMOUNTS},
)
_TOTAL = select(_spent).where(
    _spent.c.team == bindparam("team"), _spent.c.person == bindparam("person"), _spent.c.period == bindparam("period")
)

_key = (
    (usage.c.turn_id == bindparam("turn"))
    & (usage.c.attempt == bindparam("try"))
    & (usage.c.number == bindparam("place"))
)
_CALL = select(usage).where(_key)
_new_call = insert(usage)
_PUT = _new_call.on_conflict_do_update(
    index_elements=[usage.c.turn_id, usage.c.attempt, usage.c.number],
    set_={
        name: _new_call.excluded[name]
        for name in ("model", "input", "cached", "output", "reasoning", "kind", "state", "images", "cost")
    },
)
_REMOVE = delete(usage).where(_key)
_UNNAME = update(usage).where(_key).values(person="")
_OF_TURN = select(usage).where(usage.c.turn_id == bindparam("turn"))
_OF_PERSON = select(usage).where(
    usage.c.team == bindparam("team"), usage.c.person == bindparam("person"), usage.c["at"] <= bindparam("before")
)
# Written out, not bound: the partial index `usage_reserved` is only used where its own words stand in the query.
_RESERVED = usage.c.state == literal_column(f"'{CallState.RESERVED.value}'")
_UNENDED = select(usage).where(usage.c.turn_id == bindparam("turn"), _RESERVED)
_held = usage.c.state == CallState.RESERVED.value
_tokens, _money = usage.c.input + usage.c.output, func.coalesce(usage.c.cost, 0)


def _sum_of(amount: ColumnElement[int], condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, amount), else_=0)), 0)


def _sum_up(*, of_person: bool) -> Insert:
    """Adds up what was called since a time, of each person or of everybody together."""
    person = usage.c.person if of_person else literal("")
    sums = (_sum_of(_tokens, ~_held), _sum_of(_money, ~_held), _sum_of(_tokens, _held), _sum_of(_money, _held))
    period = cast(bindparam("in_period"), Text)
    found = select(usage.c.team, person, period, *sums).where(usage.c["at"] >= bindparam("since"))
    if of_person:
        found = found.where(usage.c.person != "")
    # Not the bare columns: in their order SQLite would read the calls of all times.
    whose = [func.coalesce(column, "") for column in ((usage.c.team, usage.c.person) if of_person else (usage.c.team,))]
    return insert(_spent).from_select(["team", "person", "period", *_AMOUNTS], found.group_by(*whose))


_SUM_UP = {of_person: _sum_up(of_person=of_person) for of_person in (True, False)}
_TURN = select(turns.c.team, turns.c.channel, turns.c.author, turns.c.attempts, turns.c.started_at).where(
    turns.c.id == bindparam("turn")
)
_shown = exists().where(deliveries.c.turn_id == usage.c.turn_id)
_LEFT = select(usage, _shown.label("shown")).where(_RESERVED).order_by(usage.c.turn_id, usage.c.number)
# What an earlier release recorded says nothing of the person; its turn does.
_COMPLETE = (
    update(usage)
    .where(usage.c["at"] == 0)
    .values(
        {
            name: func.coalesce(
                select(turns.c[of]).where(turns.c.id == usage.c.turn_id).scalar_subquery(), usage.c[name]
            )
            for name, of in (("team", "team"), ("person", "author"), ("channel", "channel"), ("at", "created_at"))
        }
    )
)
_BEFORE = (
    select(usage.c.input + usage.c.output)
    .join(turns, turns.c.id == usage.c.turn_id)
    .where(
        turns.c.team == bindparam("team"),
        turns.c.channel == bindparam("channel"),
        turns.c.thread_ts == bindparam("thread_ts"),
        usage.c.kind == CallKind.ANSWER.value,
        usage.c.state == CallState.REPORTED.value,
    )
    # The first call of the turn: later ones had the results of tools before them, which the next turn has not.
    .order_by(turns.c.created_at.desc(), usage.c.attempt.desc(), usage.c.number)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a call is recorded, whose it is, and since when its turn is worked on."""

    turn_id: str
    attempt: int
    payer: Payer
    since: float


def begin(connection: Connection, limits: Sequence[Limit], now: float) -> None:
    """Complete what an earlier release has recorded, and add up the present month where there are limits."""
    connection.execute(_COMPLETE)
    if not limits:
        return
    _spent.create(connection)
    for span in Span:
        since, period = span.begins(now), span.period(now)
        connection.execute(_SUM_UP[span.of_person], {"since": since, "in_period": period})


def size_before(connection: Connection, team: str, channel: str, thread_ts: str) -> int:
    """Tokens of the newest turn's first call in a thread: what its next turn begins with, roughly."""
    place = {"team": team, "channel": channel, "thread_ts": thread_ts}
    return connection.execute(_BEFORE, place).scalar_one_or_none() or 0


def reserve(
    connection: Connection,
    turn_id: str,
    call: CallUsage,
    ended: Sequence[CallUsage],
    payer: Payer | None,
    limits: Sequence[Limit],
    now: float,
) -> Standing | None:
    """Hold what a call may take, in the place of what the same call held before; the limit that has no room for it.

    What the calls before it took is recorded first. Without a `payer` they are the turn's author's.
    """
    place = _place(connection, turn_id, payer, now)
    if place is None:
        return None
    for each in ended:
        _put(connection, place, each, limits, place.since)
    held = connection.execute(_CALL, _where(place, call.number)).one_or_none()
    # A reservation that is renewed counts for the day on which it was made, also over midnight.
    at = now if held is None else held.at
    for limit in _concerning(limits, place.payer):
        standing = _standing(connection, limit, place.payer, at)
        before = _usage(held).amount(limit.unit) if held is not None else 0
        others, needed = standing.held - before, call.amount(limit.unit)
        if standing.used + others + needed > limit.amount:
            return replace(standing, held=others, needed=needed)
    _put(connection, place, call, limits, at)
    return None


def settle(
    connection: Connection,
    turn_id: str,
    calls: Sequence[CallUsage],
    payer: Payer | None,
    limits: Sequence[Limit],
    now: float,
) -> tuple[Standing, ...]:
    """Record what calls took, in the place of what they held; how the limits stand then for who is not forgotten.

    What is still held for a call of theirs is let go: it was never made.
    """
    place = _place(connection, turn_id, payer, now)
    if place is None:
        return ()
    for call in calls:
        _put(connection, place, call, limits, place.since)
    _release(connection, turn_id, limits)
    return standings(connection, place.payer, limits, now) if place.payer.person else ()


def standings(connection: Connection, payer: Payer, limits: Sequence[Limit], now: float) -> tuple[Standing, ...]:
    """How the limits stand that concern somebody."""
    return tuple(_standing(connection, limit, payer, now) for limit in _concerning(limits, payer))


def _release(connection: Connection, turn_id: str, limits: Sequence[Limit]) -> None:
    for row in connection.execute(_UNENDED, {"turn": turn_id}).all():
        connection.execute(_REMOVE, {"turn": turn_id, "try": row.attempt, "place": row.number})
        if limits:
            _add(connection, _payer(row), _usage(row), row.at, -1)


def left(connection: Connection) -> tuple[LeftCall, ...]:
    """Calls that are reserved and not settled."""
    rows = connection.execute(_LEFT)
    return tuple(LeftCall(row.turn_id, row.attempt, _usage(row), bool(row.shown)) for row in rows)


def settle_left(connection: Connection, calls: Sequence[LeftCall], limits: Sequence[Limit]) -> None:
    """Record what calls took that an earlier process did not end."""
    for left_call in calls:
        where = {"turn": left_call.turn_id, "try": left_call.attempt, "place": left_call.usage.number}
        row = connection.execute(_CALL, where).one()
        place = _Place(left_call.turn_id, left_call.attempt, _payer(row), row.at)
        _put(connection, place, left_call.usage, limits, row.at)


def forget_turn(connection: Connection, turn_id: str, limits: Sequence[Limit]) -> None:
    """The calls of a turn are nobody's from now on; what they took stays."""
    _disown(connection, connection.execute(_OF_TURN, {"turn": turn_id}).all(), limits)


def forget(connection: Connection, team: str, person: str, before: float, limits: Sequence[Limit]) -> None:
    """The same for all calls of a person from before a Unix time."""
    _disown(
        connection, connection.execute(_OF_PERSON, {"team": team, "person": person, "before": before}).all(), limits
    )


def _disown(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]], limits: Sequence[Limit]) -> None:
    for row in rows:
        connection.execute(_UNNAME, {"turn": row.turn_id, "try": row.attempt, "place": row.number})
        if limits:
            _add(connection, _payer(row), _usage(row), row.at, -1)
            _add(connection, replace(_payer(row), person=""), _usage(row), row.at, 1)


def _place(connection: Connection, turn_id: str, payer: Payer | None, now: float) -> _Place | None:
    if payer is not None:
        moment = forgotten.moments(connection, payer.team).get(payer.person, -math.inf)
        return _Place(turn_id, 0, payer if moment < payer.asked_at else replace(payer, person=""), now)
    turn = connection.execute(_TURN, {"turn": turn_id}).one_or_none()
    return turn and _Place(turn_id, turn.attempts, Payer(turn.team, turn.author, turn.channel), turn.started_at)


def _where(place: _Place, number: int) -> dict[str, str | int]:
    return {"turn": place.turn_id, "try": place.attempt, "place": number}


def _put(connection: Connection, place: _Place, call: CallUsage, limits: Sequence[Limit], at: float) -> None:
    """Record a call that was begun at a Unix time; that of its reservation counts, where there is one."""
    payer = place.payer
    if (row := connection.execute(_CALL, _where(place, call.number)).one_or_none()) is not None:
        at, payer = row.at, _payer(row)
        if limits:
            _add(connection, payer, _usage(row), at, -1)
    if limits:
        _add(connection, payer, call, at, 1)
    figures = {
        name: getattr(call, name) for name in ("model", "input", "cached", "output", "reasoning", "images", "cost")
    }
    whose = {"team": payer.team, "person": payer.person, "channel": payer.channel, "at": at}
    key = {"turn_id": place.turn_id, "attempt": place.attempt, "number": call.number}
    connection.execute(_PUT, {**key, **figures, **whose, "kind": call.kind.value, "state": call.state.value})


def _add(connection: Connection, payer: Payer, call: CallUsage, at: float, sign: int) -> None:
    """Count a call, or take it back, in all the totals that it is part of."""
    held = "held_" if call.state is CallState.RESERVED else ""
    amounts = dict.fromkeys(_AMOUNTS, 0)
    for unit in Unit:
        amounts[held + unit.value] = sign * call.amount(unit)
    for span in Span:
        if not span.of_person or payer.person:
            person = payer.person if span.of_person else ""
            connection.execute(_ADD, {"team": payer.team, "person": person, "period": span.period(at), **amounts})


def _concerning(limits: Sequence[Limit], payer: Payer) -> list[Limit]:
    """The limits that a call counts for: who is forgotten has none of their own."""
    return [limit for limit in limits if payer.person or not limit.span.of_person]


def _standing(connection: Connection, limit: Limit, payer: Payer, now: float) -> Standing:
    person = payer.person if limit.span.of_person else ""
    where = {"team": payer.team, "person": person, "period": limit.span.period(now)}
    row = connection.execute(_TOTAL, where).one_or_none()
    found = row._mapping if row is not None else dict.fromkeys(_AMOUNTS, 0)
    return Standing(limit, int(found[limit.unit.value]), int(found[f"held_{limit.unit.value}"]), now)


def _payer(row: Row[*tuple[Any, ...]]) -> Payer:
    return Payer(row.team, row.person, row.channel)


def _usage(row: Row[*tuple[Any, ...]]) -> CallUsage:
    return CallUsage(
        row.model,
        row.input,
        row.cached,
        row.output,
        row.reasoning,
        row.number,
        CallKind(row.kind),
        CallState(row.state),
        row.images,
        row.cost,
    )
