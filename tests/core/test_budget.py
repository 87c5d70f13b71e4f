"""What a call counts as: the server's word, or an estimate of what was sent and heard."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import pytest

from budgets import NANOS, Limit, Price, Prices, Span, Unit
from database import CallKind, CallState, CallUsage, Payer, Spending, Standing, StoreUnavailable
from message_processor.budget import Bill, Budget, BudgetSpent, Needs, Pricing, unheard
from message_processor.lines import Lines
from message_processor.wording import ENGLISH
from openai_client.errors import Failure, ModelError
from openai_client.events import Event, Sent, TextDelta, Usage, Waiting

NEEDS = Needs(1_000, 500)
LIMIT = Limit(Span.USER_DAY, Unit.TOKENS, 10_000)
PRICES = Pricing(Prices(({"m": Price(2_000_000, 1_000_000, 10_000_000)},)), strict=False)


class Ledger(Spending):
    """Keeps what it is asked to hold."""

    def __init__(self, short: bool = False, broken: bool = False, limits: Sequence[Limit] = ()) -> None:
        self.held: list[CallUsage] = []
        self.limits = tuple(limits)
        self._short = short
        self._broken = broken

    async def reserve(
        self, turn_id: str, call: CallUsage, ended: Sequence[CallUsage] = (), payer: Payer | None = None
    ) -> Standing | None:
        if self._broken:
            raise StoreUnavailable("the disk is full")
        self.held.append(call)
        return Standing(LIMIT, 9_500, 0, 0.0) if self._short else None


async def ended(*events: Event, error: ModelError | None = None) -> CallUsage:
    """What a call took that gave these events and ended so."""
    bill = Bill(pricing=PRICES)
    with suppress(ModelError):
        async with bill.charge(CallKind.ANSWER, "m", NEEDS) as charge:
            hear = charge.listening(unheard)
            for event in events:
                hear(event)
            if error is not None:
                raise error
            charge.reported("m-2026-01-01", Usage(900, 300, 40, 10))
    return bill.ended[-1]


async def cut(*events: Event) -> CallUsage:
    """What a call took that a person stopped."""
    bill = Bill(pricing=PRICES)

    async def call() -> None:
        async with bill.charge(CallKind.ANSWER, "m", NEEDS) as charge:
            hear = charge.listening(unheard)
            for event in events:
                hear(event)
            await asyncio.Event().wait()

    task = asyncio.create_task(call())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return bill.ended[-1]


async def test_the_servers_word_counts() -> None:
    used = await ended(TextDelta("words"))
    assert used == CallUsage("m-2026-01-01", 900, 300, 40, 10, cost=600 * 2 + 300 + 40 * 10)


async def test_without_it_what_was_sent_and_heard() -> None:
    bill = Bill(pricing=PRICES)
    async with bill.charge(CallKind.ANSWER, "m", NEEDS) as charge:
        charge.listening(unheard)(TextDelta("x" * 400))
        charge.reported("m", Usage())
    (used,) = bill.ended
    assert (used.input, used.output, used.state) == (1_000, 100, CallState.ESTIMATED)
    assert used.cost == 3_000


async def test_a_stopped_call_counts_as_far_as_it_was_heard() -> None:
    used = await cut(Sent(), TextDelta("x" * 80), TextDelta("y" * 80))
    assert (used.input, used.output, used.state) == (1_000, 40, CallState.ESTIMATED)
    assert (await cut(Sent())).input == 1_000, "it may have been read"
    assert (await cut(TextDelta("x" * 10_000))).output == NEEDS.output, "no more than it could be"


@pytest.mark.parametrize("events", [(), (Waiting("slot"),), (Sent(), Waiting("retry", 1.0))])
async def test_a_call_that_was_stopped_before_it_was_sent_took_nothing(events: tuple[Event, ...]) -> None:
    used = await cut(*events)
    assert (used.input, used.output, used.cost, used.state) == (0, 0, 0, CallState.ESTIMATED)


@pytest.mark.parametrize("waited", [Waiting("slot"), Waiting("retry", 1.0)])
async def test_what_was_sent_after_a_wait_counts(waited: Waiting) -> None:
    assert (await cut(waited, Sent())).input == 1_000
    late = await ended(waited, Sent(), error=ModelError(Failure.TIMEOUT, "deadline of the call"))
    assert late.input == 1_000


async def test_who_got_no_slot_took_nothing() -> None:
    used = await ended(Waiting("slot"), error=ModelError(Failure.TIMEOUT, "no slot came free"))
    assert (used.input, used.output) == (0, 0)


async def test_a_server_gives_nobody_credit() -> None:
    bill = Bill(pricing=PRICES)
    async with bill.charge(CallKind.ANSWER, "m", NEEDS) as charge:
        charge.reported("m", Usage(100, 5_000, 10, 0))
    (used,) = bill.ended
    assert (used.cached, used.cost) == (100, 100 + 100)


@pytest.mark.parametrize("failure", [Failure.QUOTA, Failure.AUTHENTICATION, Failure.UNAVAILABLE, Failure.RATE_LIMITED])
async def test_what_a_server_refuses_costs_nothing(failure: Failure) -> None:
    used = await ended(Sent(), error=ModelError(failure, "no"))
    assert (used.input, used.output, used.cost) == (0, 0, 0)


@pytest.mark.parametrize("failure", [Failure.TIMEOUT, Failure.STALLED])
async def test_what_a_server_has_worked_on_counts(failure: Failure) -> None:
    used = await ended(Sent(), error=ModelError(failure, "silence"))
    assert (used.input, used.output, used.state) == (1_000, 0, CallState.ESTIMATED)


async def test_an_answer_that_broke_off_counts_as_far_as_it_came() -> None:
    used = await ended(Sent(), TextDelta("x" * 40), error=ModelError(Failure.DROPPED, "gone", after_text=True))
    assert (used.input, used.output, used.state) == (1_000, 10, CallState.ESTIMATED)


async def test_a_failed_call_may_have_been_counted_by_the_server() -> None:
    used = await ended(Usage(700, 0, 20, 0), error=ModelError(Failure.FAILED, "broke"))
    assert (used.input, used.output, used.state) == (700, 20, CallState.REPORTED)


@pytest.mark.parametrize(
    ("failure", "images"), [(Failure.TIMEOUT, 1), (Failure.DROPPED, 1), (Failure.CONTENT_REFUSED, 0)]
)
async def test_a_picture_that_may_have_been_drawn_counts_whole(failure: Failure, images: int) -> None:
    bill = Bill(pricing=PRICES)
    with suppress(ModelError):
        async with bill.charge(CallKind.PICTURE, "m", Needs(50, 6_500, images=1)) as charge:
            charge.listening(unheard)(Sent())
            raise ModelError(failure, "no picture")
    (used,) = bill.ended
    assert (used.images, used.output) == (images, 6_500 * images)


async def test_a_claim_covers_the_first_answer_and_nothing_else() -> None:
    ledger = Ledger()
    bill = Bill("t", ledger, PRICES)
    assert bill.first("m", lambda before: Needs(before + 100, 500))(900) == CallUsage(
        "m", 1_000, 0, 500, 0, 0, CallKind.ANSWER, CallState.RESERVED, cost=2_000 + 5_000
    )
    async with bill.charge(CallKind.SUMMARY, "m", Needs(10, 10)):
        pass
    for _ in range(2):
        async with bill.charge(CallKind.ANSWER, "m", NEEDS):
            pass
    assert [(call.kind, call.number) for call in ledger.held] == [(CallKind.SUMMARY, 1), (CallKind.ANSWER, 2)]
    assert [call.number for call in bill.ended] == [1, 0, 2]


@pytest.mark.parametrize(("model", "needs"), [("m", Needs(1_001, 500)), ("n", NEEDS)])
async def test_a_claim_that_does_not_cover_the_answer_is_renewed(model: str, needs: Needs) -> None:
    ledger = Ledger()
    bill = Bill("t", ledger, PRICES)
    bill.first("m", lambda _: NEEDS)(0)
    async with bill.charge(CallKind.ANSWER, model, needs):
        pass
    assert [(call.number, call.model, call.input) for call in ledger.held] == [(0, model, needs.input)]


async def test_a_call_without_room_is_not_made() -> None:
    bill = Bill("t", Ledger(short=True), PRICES)
    with pytest.raises(BudgetSpent) as spent:
        async with bill.charge(CallKind.ANSWER, "m", NEEDS):
            raise AssertionError("not made")
    assert spent.value.standing.used == 9_500
    assert bill.ended == []


async def test_a_store_that_is_away_stops_calls_only_where_there_are_limits() -> None:
    async with Bill("t", Ledger(broken=True), PRICES).charge(CallKind.ANSWER, "m", NEEDS):
        pass
    with pytest.raises(StoreUnavailable):
        async with Bill("t", Ledger(broken=True, limits=[LIMIT]), PRICES).charge(CallKind.ANSWER, "m", NEEDS):
            raise AssertionError("not made")


async def test_what_has_no_price_counts_as_the_dearest_where_money_is_limited() -> None:
    call = CallUsage("new", 10, 0, 10, 0)
    assert PRICES(call).cost is None
    assert PRICES(call, asked="m").cost == 120
    assert Pricing(PRICES.prices, strict=True)(call).cost == 120


@pytest.mark.parametrize(
    ("amount", "used", "told"),
    [
        (100_000, 79_999, False),
        (100_000, 80_000, True),
        (10_000, 7_900, True),
        (10_000, 5_900, False),
        (10_000, 0, False),
    ],
)
def test_people_are_told_of_most_of_it_or_of_the_last_answers(amount: int, used: int, told: bool) -> None:
    budget = Budget(Ledger(), PRICES.prices, "m", 2_000)
    standing = Standing(Limit(Span.USER_DAY, Unit.TOKENS, amount), used, 0, 0.0)
    assert budget.near([standing]) == ([standing] if told else [])


@pytest.mark.parametrize(
    ("used", "held", "needed", "said"),
    [
        (9_000, 0, 2_000, "does not cover an answer: 9 000 tokens of 10 000 tokens are used"),
        (100, 9_000, 2_000, "Other questions are being answered right now"),
        (100, 0, 12_000, "more than a whole budget of 10 000 tokens"),
    ],
)
def test_the_line_says_what_helps(used: int, held: int, needed: int, said: str) -> None:
    line = Lines(ENGLISH).budget_spent(Standing(LIMIT, used, held, 0.0, needed))
    assert said in line.replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_money_that_is_used_is_not_rounded_up() -> None:
    standing = Standing(Limit(Span.USER_MONTH, Unit.MONEY, 5 * NANOS), 5 * NANOS - 1, 0, 0.0)
    assert "99 %" in Lines(ENGLISH).budget_near(standing)
    assert "$4.99 of $5.00" in Lines(ENGLISH).budget_near(standing)
