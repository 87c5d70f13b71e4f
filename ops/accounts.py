"""What was used in the present month, day by day, for the status page."""

import asyncio
import time
from collections.abc import Callable, Mapping

from budgets import NANOS, Limit, Span, Unit
from database import DayUsage, Store, StoreUnavailable

_PATIENCE = 10.0
_SKEW = 60.0
"""Seconds by which calls may seem to come from the future: the clock may have been set back."""


class Accounts:
    """Adds the month up, once in `interval` seconds at most, whoever asks: it is some work. `clock` gives Unix time."""

    def __init__(self, store: Store, interval: float, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._interval = interval
        self._clock = clock
        self._asking = asyncio.Lock()
        self._known: Mapping[str, object] = {}
        self._until = 0.0

    async def month(self) -> Mapping[str, object]:
        """Its days with tokens and dollars, their sums, and the limits; with a `reason` where that cannot be read."""
        async with self._asking:
            now = self._clock()
            if not self._known or not self._until - self._interval <= now < self._until:
                try:
                    async with asyncio.timeout(_PATIENCE):
                        self._known = await self._added_up(now)
                except (StoreUnavailable, TimeoutError):
                    return {"reason": "the database cannot be read"}
                self._until = now + self._interval
            return self._known

    async def _added_up(self, now: float) -> Mapping[str, object]:
        days = await self._store.spending.by_day(Span.USER_MONTH.begins(now), now + _SKEW)
        tokens, cost = sum(day.input + day.output for day in days), sum(day.cost for day in days)
        return {
            "month": Span.USER_MONTH.period(now),
            "days": [_day(day) for day in days],
            "tokens": tokens,
            "usd": _dollars(cost),
            "limits": [_limit(limit, tokens, cost) for limit in self._store.spending.limits],
        }


def _day(day: DayUsage) -> Mapping[str, object]:
    return {"day": day.day, "tokens": day.input + day.output, "usd": _dollars(day.cost)}


def _limit(limit: Limit, tokens: int, cost: int) -> Mapping[str, object]:
    """With what is used of it, where everybody shares it."""
    in_money = limit.unit is Unit.MONEY
    shown: dict[str, object] = {"name": limit.span.value, "unit": "USD" if in_money else "tokens"}
    shown["amount"] = _dollars(limit.amount) if in_money else limit.amount
    if not limit.span.of_person:
        shown["used"] = _dollars(cost) if in_money else tokens
    return shown


def _dollars(cost: int) -> float:
    return round(cost / NANOS, 4)
