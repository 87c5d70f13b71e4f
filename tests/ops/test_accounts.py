"""The month on the status page: added up once a minute, with its limits."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from budgets import NANOS, Limit, Span, Unit
from database import CallUsage, DayUsage, Payer, Store, StoreUnavailable
from ops.accounts import Accounts
from ops.figures import Figures

NOW = 1_795_700_000.0
"""2026-11-26, in the afternoon (UTC)."""
DAY = 86_400.0
LIMITS = (Limit(Span.USER_DAY, Unit.TOKENS, 5_000), Limit(Span.WORKSPACE_MONTH, Unit.MONEY, 20 * NANOS))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    now = NOW
    opened = await Store.open(f"sqlite+aiosqlite:///{tmp_path}/bot.db", Figures(), lambda: now, limits=LIMITS)
    for number, now in enumerate((NOW - 30 * DAY, NOW - 2 * DAY, NOW - 60.0)):  # noqa: B007  the clock reads it
        used = CallUsage("m", 1_000, 0, 100 * number, 0, cost=NANOS * (number + 1))
        await opened.spending.settle(f"call {number}", [used], Payer("T1", "U1", "C1"))
    yield opened
    await opened.close()


async def test_the_present_month_with_its_limits(store: Store) -> None:
    assert await Accounts(store, 60.0, lambda: NOW).month() == {
        "month": "2026-11",
        "days": [
            {"day": "2026-11-24", "tokens": 1_100, "usd": 2.0},
            {"day": "2026-11-26", "tokens": 1_200, "usd": 3.0},
        ],
        "tokens": 2_300,
        "usd": 5.0,
        "limits": [
            {"name": "USER_DAY", "unit": "tokens", "amount": 5_000},
            {"name": "WORKSPACE_MONTH", "unit": "USD", "amount": 20.0, "used": 5.0},
        ],
    }


async def test_it_is_added_up_once_a_minute_whoever_asks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    by_day = store.spending.by_day

    async def counted(start: float, end: float) -> tuple[DayUsage, ...]:
        asked.append(start)
        return await by_day(start, end)

    monkeypatch.setattr(store.spending, "by_day", counted)
    now = [NOW]
    accounts = Accounts(store, 60.0, lambda: now[0])
    await asyncio.gather(*(accounts.month() for _ in range(5)))
    assert len(asked) == 1
    now[0] += 61.0
    await accounts.month()
    assert len(asked) == 2
    now[0] -= 3_600.0
    await accounts.month()
    assert len(asked) == 3, "a clock that was set back keeps nothing for an hour"


async def test_a_store_that_is_away_is_said_and_asked_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_start: float, _end: float) -> tuple[DayUsage, ...]:
        raise StoreUnavailable("the disk is gone")

    accounts = Accounts(store, 60.0, lambda: NOW)
    with monkeypatch.context() as broken:
        broken.setattr(store.spending, "by_day", away)
        assert await accounts.month() == {"reason": "the database cannot be read"}
    assert (await accounts.month())["tokens"] == 2_300
