"""What model calls may take and have taken: held in the claiming transaction, within limits, and settled once."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace

import pytest

from base_client import ThreadKey
from budgets import NANOS, Limit, Span, Unit
from database import CallKind, CallState, CallUsage, Payer, Store, TurnState, usage_of_url
from tests.database.makers import THREAD, Clock, Figures, begin, key, message, part

NOW = 1_795_700_000.0
"""2026-11-26, in the afternoon (UTC)."""
DAY = 86_400.0
DAILY = Limit(Span.USER_DAY, Unit.TOKENS, 1_000)
MONTHLY = Limit(Span.USER_MONTH, Unit.TOKENS, 1_500)
TOGETHER = Limit(Span.WORKSPACE_MONTH, Unit.TOKENS, 2_000)
ADA = Payer("T1", "U1", "C1")


@asynccontextmanager
async def limited(url: str, clock: Clock, *limits: Limit) -> AsyncIterator[Store]:
    store = await Store.open(url, Figures(), clock, limits)
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


def held(tokens: int, number: int = 0, cost: int | None = None) -> CallUsage:
    return CallUsage("m", tokens - 100, 0, 100, 0, number, CallKind.ANSWER, CallState.RESERVED, cost=cost)


def took(tokens: int, number: int = 0, cost: int | None = None) -> CallUsage:
    return replace(held(tokens, number, cost), state=CallState.REPORTED)


async def ask(
    store: Store, turn: str, number: int, tokens: int, author: str = "U1", thread: ThreadKey = THREAD
) -> bool:
    """Whether the limits have room for a question that may take so much."""
    await store.accept(message(number, thread=thread, author=author))
    claim = await store.claim(turn, thread, [key(number, thread)], lambda _: held(tokens))
    assert claim.messages
    return claim.short is None


async def kept(store: Store) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect((await store.check())["file"])) as file:
        return file.execute(
            "SELECT turn_id, state, input + output, person FROM usage ORDER BY turn_id, number"
        ).fetchall()


async def done(store: Store, turn: str, *calls: CallUsage) -> Sequence[int]:
    """End a turn; what is used then of each limit, in percent."""
    return [each.percent for each in await store.finish(turn, TurnState.DONE, "a", "", calls)]


async def test_a_claim_holds_what_its_first_call_may_take(url: str, clock: Clock) -> None:
    async with limited(url, clock, DAILY) as store:
        assert await ask(store, "t", 1, 600)
        assert not await ask(store, "u", 2, 600)
        assert await ask(store, "v", 3, 400)
        assert await kept(store) == [("t", "reserved", 600, "U1"), ("v", "reserved", 400, "U1")]


async def test_what_a_turn_took_counts_and_not_what_it_held(url: str, clock: Clock) -> None:
    async with limited(url, clock, DAILY) as store:
        assert await ask(store, "t", 1, 900)
        assert await done(store, "t", took(150)) == [15]
        assert await ask(store, "u", 2, 850)
        assert await done(store, "u", took(650)) == [80]
        assert await kept(store) == [("t", "reported", 150, "U1"), ("u", "reported", 650, "U1")]


async def test_a_turn_that_called_nothing_lets_go_what_it_held(url: str, clock: Clock) -> None:
    async with limited(url, clock, DAILY) as store:
        assert await ask(store, "t", 1, 900)
        assert await done(store, "t") == [0]
        assert await kept(store) == []
        assert await ask(store, "u", 2, 1_000)


async def test_claims_at_once_share_one_limit(url: str, clock: Clock) -> None:
    threads = [ThreadKey("T1", "C1", f"{number}.000000") for number in range(40)]
    async with limited(url, clock, DAILY) as store:
        asked = (ask(store, f"t{number}", number, 250, thread=thread) for number, thread in enumerate(threads))
        assert sum(await asyncio.gather(*asked)) == 4


async def test_the_limits_of_a_person_and_of_everybody(url: str, clock: Clock) -> None:
    async with limited(url, clock, DAILY, MONTHLY, TOGETHER) as store:
        assert await ask(store, "t", 1, 900)
        assert await ask(store, "u", 2, 900, "U2"), "others have their own"
        assert not await ask(store, "v", 3, 300, "U3"), "and all of them one together"
        other = ThreadKey("T2", "C1", "1.0")
        assert await ask(store, "w", 4, 900, "U3", other), "each workspace"


async def test_a_day_and_a_month_begin_anew(url: str, clock: Clock) -> None:
    async with limited(url, clock, DAILY, MONTHLY) as store:
        assert await ask(store, "t", 1, 900)
        await done(store, "t", took(900))
        clock.now += DAY
        assert not await ask(store, "u", 2, 900), "of the month's 1,500 there are 600 left"
        assert await ask(store, "v", 3, 500)
        clock.now += 6 * DAY  # December
        assert await ask(store, "w", 4, 1_000)


async def test_a_call_counts_for_the_day_on_which_it_began(url: str, clock: Clock) -> None:
    async with limited(url, clock, DAILY) as store:
        assert await ask(store, "t", 1, 900)
        clock.now += DAY
        assert await done(store, "t", took(800)) == [0]
        assert await ask(store, "u", 2, 1_000)


async def test_a_reservation_that_is_renewed_over_midnight_counts_where_it_was(url: str, clock: Clock) -> None:
    async with limited(url, clock, DAILY) as store:
        assert await ask(store, "t", 1, 800)
        await done(store, "t", took(800))
        assert await ask(store, "u", 2, 200)
        clock.now += DAY
        assert await store.spending.reserve("u", held(300)) is not None
        assert await store.spending.reserve("u", held(150)) is None
        assert await ask(store, "v", 3, 1_000), "the new day is untouched"


async def test_what_is_short_is_said_with_what_others_hold(url: str, clock: Clock) -> None:
    async with limited(url, clock, DAILY) as store:
        assert await ask(store, "t", 1, 900)
        await store.accept(message(2))
        short = (await store.claim("u", THREAD, [key(2)], lambda _: held(200))).short
        assert short is not None
        assert (short.used, short.held, short.needed) == (0, 900, 200)


async def test_a_month_of_many_calls_is_added_up_at_once(url: str, clock: Clock) -> None:
    async with limited(url, clock) as store:
        with closing(sqlite3.connect((await store.check())["file"])) as file:
            file.executemany(
                "INSERT INTO usage VALUES (?, 1, 0, 'm', 10, 0, 5, 0, 'answer', 'reported', 0, 7, 'T1', ?, 'C1', ?)",
                ((f"c{number}", f"U{number % 50}", NOW - number) for number in range(100_000)),
            )
            file.commit()
    began = time.process_time()
    async with limited(url, clock, DAILY, TOGETHER) as store:
        assert time.process_time() - began < 5.0, "seconds of work, and not a statement for each call"
        (day, month) = await store.spending.standings(Payer("T1", "U7", ""))
        today = sum(NOW - number >= Span.USER_DAY.begins(NOW) for number in range(7, 100_000, 50))
        assert (day.used, month.used) == (today * 15, 1_500_000)


async def test_money_is_counted_like_tokens(url: str, clock: Clock) -> None:
    async with limited(url, clock, Limit(Span.USER_DAY, Unit.MONEY, 2 * NANOS)) as store:
        await begin(store, "t", 1)
        assert await store.spending.reserve("t", held(9_000, cost=NANOS)) is None
        short = await store.spending.reserve("t", held(10, 1, cost=NANOS + 1))
        assert short is not None
        assert (short.limit.span, short.used, short.held) == (Span.USER_DAY, 0, NANOS)


async def test_a_reservation_is_replaced_by_a_larger_one_of_the_same_call(url: str, clock: Clock) -> None:
    async with limited(url, clock, DAILY) as store:
        assert await ask(store, "t", 1, 600)
        assert await store.spending.reserve("t", held(1_000)) is None
        assert await store.spending.reserve("t", held(1_001)) is not None
        assert await kept(store) == [("t", "reserved", 1_000, "U1")]


async def test_a_second_round_knows_what_the_first_one_took(url: str, clock: Clock) -> None:
    async with limited(url, clock, DAILY) as store:
        assert await ask(store, "t", 1, 900)
        assert await store.spending.reserve("t", held(700, 1)) is not None
        assert await store.spending.reserve("t", held(700, 1), [took(300)]) is None
        assert await kept(store) == [("t", "reported", 300, "U1"), ("t", "reserved", 700, "U1")]


async def test_a_call_outside_any_turn_is_somebodys_all_the_same(url: str, clock: Clock) -> None:
    async with limited(url, clock, DAILY) as store:
        assert await store.spending.reserve("call", held(900), (), ADA) is None
        assert not await ask(store, "t", 1, 200)
        assert [each.percent for each in await store.spending.settle("call", [took(200)], ADA)] == [20]
        assert await ask(store, "u", 2, 800)


async def test_totals_are_made_anew_from_what_is_kept(url: str, clock: Clock) -> None:
    async with limited(url, clock) as store:
        for number, ago in enumerate((0.0, DAY, 40 * DAY)):
            clock.now = NOW - ago
            assert await ask(store, f"t{number}", number, 500)
            await done(store, f"t{number}", took(500))
        clock.now = NOW
        assert await ask(store, "open", 9, 300)
    async with limited(url, clock, DAILY, MONTHLY) as store:
        assert not await ask(store, "u", 10, 201), "500 of today, and 300 that are held"
        assert await ask(store, "v", 11, 200), "of the month there are 1,300"
        assert not await ask(store, "w", 12, 100)


async def test_what_a_crash_left_is_found_and_settled(url: str, clock: Clock) -> None:
    async with limited(url, clock, DAILY) as store:
        assert await ask(store, "t", 1, 900)
    async with limited(url, clock, DAILY) as store:
        (left,) = await store.spending.left()
        assert (left.turn_id, left.attempt, left.usage, left.shown) == ("t", 1, held(900), False)
        await store.record_part("t", part(1, 2))
        assert [each.shown for each in await store.spending.left()] == [True]
        await store.spending.settle_left([replace(left, usage=replace(took(250), state=CallState.ESTIMATED))])
        assert await store.spending.left() == ()
        await store.attempt("t")
        assert await store.spending.reserve("t", held(751)) is not None
        assert await store.spending.reserve("t", held(750)) is None, "a call of the second attempt, beside the first"
        assert await kept(store) == [("t", "estimated", 250, "U1"), ("t", "reserved", 750, "U1")]


async def test_the_size_of_a_threads_last_call_is_known_to_the_next_claim(url: str, clock: Clock) -> None:
    sizes: list[int] = []

    def estimate(before: int) -> CallUsage:
        sizes.append(before)
        return held(200)

    async with limited(url, clock) as store:
        for number in (1, 2):
            await store.accept(message(number))
            await store.claim(f"t{number}", THREAD, [key(number)], estimate)
            with_tools, title = took(50_000, 1), replace(took(99, 2), kind=CallKind.TITLE)
            await done(store, f"t{number}", took(4_321), with_tools, title)
        assert sizes == [0, 4_321], "what tools gave is not there any more"
        await store.accept(message(3))
        await store.claim("t3", THREAD, [key(3)], estimate)
        await done(store, "t3", replace(took(90_000), state=CallState.ESTIMATED))
        await store.accept(message(4))
        await store.claim("t4", THREAD, [key(4)], estimate)
        assert sizes[2:] == [4_321, 4_321], "an estimate is no measure for the next one"


async def test_what_an_earlier_release_recorded_is_completed(url: str, clock: Clock) -> None:
    async with limited(url, clock) as store:
        await begin(store, "t", 1)
        await done(store, "t")
        with closing(sqlite3.connect((await store.check())["file"])) as file:
            file.execute(
                "INSERT INTO usage (turn_id, attempt, number, model, input, cached, output, reasoning)"
                " VALUES ('t', 1, 0, 'm', 500, 0, 100, 0), ('gone', 1, 0, 'm', 1, 0, 1, 0)"
            )
            file.commit()
    async with limited(url, clock, DAILY) as store:
        assert not await ask(store, "u", 2, 401)
        assert await ask(store, "v", 3, 400)
        (line,) = await usage_of_url(url, "user", NOW - DAY, NOW + DAY)
        assert (line.team, line.name, line.input, line.output, line.unpriced) == ("T1", "U1", 500, 100, 1)


async def test_a_forgotten_persons_calls_are_nobodys_and_still_count_for_all(url: str, clock: Clock) -> None:
    async with limited(url, clock, DAILY, TOGETHER) as store:
        assert await ask(store, "t", 1, 800)
        await done(store, "t", took(800))
        await store.spending.reserve("call", held(150), (), ADA)
        await store.spending.settle("call", [took(150)], ADA)
        await store.own_data.begin_forgetting("T1", "U1", "U1")
        while not (await store.own_data.forget_some("T1", "U1")).done:
            pass
        assert [row[3] for row in await kept(store)] == ["", ""]
        clock.now += 1
        assert await ask(store, "u", 2, 1_000), "their own limit is as new"
        assert not await ask(store, "v", 3, 51, "U2"), "950 and 1,000 of 2,000"


async def test_a_call_of_somebody_forgotten_meanwhile_is_nobodys(url: str, clock: Clock) -> None:
    async with limited(url, clock, DAILY) as store:
        payer = replace(ADA, asked_at=clock.now)
        clock.now += 1
        await store.own_data.begin_forgetting("T1", "U1", "U1")
        clock.now += 1
        assert await store.spending.reserve("call", held(500), (), payer) is None
        assert await store.spending.settle("call", [took(400)], payer) == ()
        assert await kept(store) == [("call", "reported", 400, "")]


async def test_who_has_only_calls_is_found(url: str, clock: Clock) -> None:
    async with limited(url, clock) as store:
        await store.spending.settle("call", [took(400)], ADA)
        assert await store.own_data.teams("U1") == ("T1",)
        assert (await store.own_data.counts("T1", "U1"))["calls"] == 1
        found = await store.own_data.export("T1", "U1", "U1")
        assert [(call["kind"], call["input"], call["channel"]) for call in found["calls"]] == [("answer", 300, "C1")]


async def test_what_was_held_for_a_call_that_was_never_made_is_let_go(url: str, clock: Clock) -> None:
    async with limited(url, clock, DAILY) as store:
        await store.spending.reserve("call", held(900), (), ADA)
        assert [each.held for each in await store.spending.settle("call", (), ADA)] == [0]
        assert await kept(store) == []


async def test_a_failed_write_leaves_the_totals_as_they_were(url: str, clock: Clock) -> None:
    async with limited(url, clock, DAILY) as store:
        await begin(store, "t", 1)
        broken = replace(took(400), model=None)  # type: ignore[arg-type]  # what the file refuses
        with pytest.raises(Exception, match="NOT NULL"):
            await store.spending.settle("t", [took(300, 1), broken])
        assert await kept(store) == []
        assert await store.spending.reserve("t", held(1_000)) is None


async def test_what_was_used_by_whom_where_and_with_which_model(url: str, clock: Clock) -> None:
    async with limited(url, clock) as store:
        calls = [
            CallUsage("big", 1_000, 400, 100, 50, 0, cost=3_000),
            CallUsage("small", 50, 0, 10, 0, 1, CallKind.TITLE, CallState.ESTIMATED),
            CallUsage("art", 20, 0, 500, 0, 2, CallKind.PICTURE, images=1, cost=7_000),
        ]
        await store.spending.settle("a", calls, ADA)
        await store.spending.settle("b", [CallUsage("big", 5, 0, 5, 0, cost=1)], Payer("T1", "U2", "C1"))
        await store.spending.reserve("c", held(100), (), ADA)
        clock.now += 10 * DAY
        await store.spending.settle("d", [CallUsage("big", 7, 0, 7, 0)], ADA)
        month = (NOW - 20 * DAY, NOW + 5 * DAY)
        people = await usage_of_url(url, "user", *month)
        assert [(line.name, line.answers, line.utility, line.images, line.input, line.cached) for line in people] == [
            ("U1", 1, 1, 1, 1_070, 400),
            ("U2", 1, 0, 0, 5, 0),
        ]
        assert [(line.output, line.cost, line.unpriced, line.estimated) for line in people] == [
            (610, 10_000, 1, 60),
            (5, 1, 0, 0),
        ]
        assert [line.name for line in await usage_of_url(url, "model", *month)] == ["big", "art", "small"]
        assert [(line.name, line.cost) for line in await usage_of_url(url, "channel", *month)] == [("C1", 10_001)]
        days = await store.spending.by_day(*month)
        assert [(day.day, day.input, day.output, day.cost) for day in days] == [("2026-11-26", 1_075, 615, 10_001)]
