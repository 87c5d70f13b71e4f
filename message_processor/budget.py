"""What model calls may take, held before each of them, and what they took, estimated where the server does not say."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from uuid import uuid4

from budgets import Prices, Unit, needed
from database import CallKind, CallState, CallUsage, LeftCall, Payer, Spending, Standing, StoreUnavailable
from openai_client.errors import Failure, ModelError
from openai_client.events import Commentary, Event, EventSink, Refusal, Sent, TextDelta, ToolCall, Usage, Waiting
from openai_client.token_counter import estimate

log = logging.getLogger("threadwell.budget")

NEARLY = 80
"""Percent of a limit from which on people are told; before that where two longest answers have no room any more."""
_TAKEN = {Failure.TIMEOUT, Failure.STALLED, Failure.EMPTY, Failure.INCOMPLETE}
"""Failures of calls that were sent and that the server has worked on, also where nothing of that was heard."""


class BudgetSpent(Exception):
    """A limit has no room for the next call."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing.limit.span.value)
        self.standing = standing


@dataclass(frozen=True, slots=True)
class Needs:
    """What a call may take, in tokens: `input` as far as it can be known, `output` at most; `images` are made."""

    input: int
    output: int = 0
    images: int = 0


class Charge:
    """One call under way, from what is held for it to what it took."""

    def __init__(self, number: int, kind: CallKind, model: str, needs: Needs, price: "Pricing") -> None:
        self.held = price(
            CallUsage(model, needs.input, 0, needs.output, 0, number, kind, CallState.RESERVED, needs.images)
        )
        self._price = price
        self._model = model
        self._usage = Usage()
        self._images = 0
        self._heard: list[str] = []
        self._sent = False
        self._refused = False

    def listening(self, on_event: EventSink) -> EventSink:
        """`on_event`, with an ear for what a cut call has taken."""

        def heard(event: Event) -> None:
            match event:
                case Sent() | Waiting():
                    self._sent = isinstance(event, Sent)
                case TextDelta(text) | Refusal(text) | Commentary(text) | ToolCall(arguments=text):
                    self._heard.append(text)
                case Usage():
                    self._usage = event
                case _:
                    pass
            on_event(event)

        return heard

    def reported(self, model: str, usage: Usage, images: int = 0) -> None:
        """The call has ended in good order; `usage` is the server's word, or zeros."""
        self._model, self._usage, self._images = model, usage, images
        self._sent = True

    def failed(self, error: ModelError) -> None:
        """Most failures come before the server has worked for it."""
        broke_off = error.failure is Failure.DROPPED and self.held.images > 0
        self._refused = not (error.after_text or error.failure in _TAKEN or broke_off)

    def taken(self) -> CallUsage:
        """What it took: the server's word; without one, what was sent and what was heard."""
        used, held = self._usage, self.held
        ended = replace(held, model=self._model, state=CallState.REPORTED, images=self._images)
        if used.input or used.output:
            cached = min(used.cached, used.input)
            return self._priced(
                replace(ended, input=used.input, cached=cached, output=used.output, reasoning=used.reasoning)
            )
        ended = replace(ended, state=CallState.ESTIMATED)
        if (self._refused or not self._sent) and not self._heard:
            return replace(ended, input=0, output=0, images=0, cost=0)
        # Nothing is heard of a picture before it is there: it counts whole.
        output = held.output if held.images else min(held.output, estimate("".join(self._heard)))
        return self._priced(replace(ended, output=output, images=held.images))

    def _priced(self, call: CallUsage) -> CallUsage:
        return self._price(call, self.held.model)


def unheard(_: Event) -> None:
    """For calls whose events concern nobody but their charge."""


@dataclass(frozen=True, slots=True)
class Pricing:
    """Puts a cost on calls. Where money is limited, what has no price counts as the dearest."""

    prices: Prices
    strict: bool

    def __call__(self, call: CallUsage, asked: str = "") -> CallUsage:
        """The call with its cost, by its own model or the one that was `asked`."""
        price = self.prices.of(call.model, asked or call.model) or (self.prices.dearest if self.strict else None)
        cost = None if price is None else price.cost(call.input, call.cached, call.output, call.images)
        return replace(call, cost=cost)


@dataclass(slots=True)
class Bill:
    """The calls of one turn, or with a `payer` those of something outside any turn. `ended` has what they took.

    Without `spending` nothing is held and nothing recorded.
    """

    turn_id: str = ""
    spending: Spending | None = None
    pricing: Pricing = Pricing(Prices(), strict=False)
    payer: Payer | None = None
    ended: list[CallUsage] = field(default_factory=list)
    _first: CallUsage | None = None
    _count: int = 0
    _recorded: int = 0

    def first(self, model: str, needs: Callable[[int], Needs]) -> Callable[[int], CallUsage]:
        """For the claim of the turn: what its first answer may take, given the tokens of the last one in the thread."""

        def held(before: int) -> CallUsage:
            self._first = Charge(0, CallKind.ANSWER, model, needs(before), self.pricing).held
            self._count = 1
            return self._first

        return held

    @asynccontextmanager
    async def charge(self, kind: CallKind, model: str, needs: Needs) -> AsyncIterator[Charge]:
        """A call inside: held before it, BudgetSpent where there is no room; ended, it counts as what it took."""
        charge = await self._begin(kind, model, needs)
        try:
            yield charge
        except ModelError as error:
            charge.failed(error)
            raise
        finally:
            self.ended.append(charge.taken())

    async def _begin(self, kind: CallKind, model: str, needs: Needs) -> Charge:
        claimed = self._first if kind is CallKind.ANSWER else None
        if claimed is not None:
            self._first = None
            charge = Charge(claimed.number, kind, model, needs, self.pricing)
            if _covers(claimed, charge.held):
                return charge
        else:
            charge = Charge(self._count, kind, model, needs, self.pricing)
            self._count += 1
        await self._hold(charge.held)
        return charge

    async def settle(self) -> None:
        """Record what has ended, where no turn's end will do it. A failure is logged: the next process settles it."""
        try:
            if self.spending is not None:
                await self.spending.settle(self.turn_id, self.ended, self.payer)
        except StoreUnavailable as failure:
            log.warning("usage_not_recorded", extra={"turn": self.turn_id, "reason": failure.reason})

    async def _hold(self, call: CallUsage) -> None:
        if self.spending is None:
            return
        try:
            ended = len(self.ended)
            short = await self.spending.reserve(self.turn_id, call, self.ended[self._recorded :], self.payer)
            self._recorded = ended
        except StoreUnavailable as failure:
            if self.spending.limits:
                raise
            log.warning("usage_not_held", extra={"turn": self.turn_id, "reason": failure.reason})
            return
        if short is not None:
            raise BudgetSpent(short)


def _covers(held: CallUsage, needed: CallUsage) -> bool:
    return held.model == needed.model and all(held.amount(unit) >= needed.amount(unit) for unit in Unit)


class Budget:
    """Gives out bills, and ends those of an earlier process. `model` answers, with so many tokens at most."""

    def __init__(self, spending: Spending, prices: Prices, model: str, longest_answer: int) -> None:
        self._spending = spending
        self._longest = model, longest_answer
        money = any(limit.unit is Unit.MONEY for limit in spending.limits)
        self._pricing = Pricing(prices, strict=money)

    def bill(self, turn_id: str) -> Bill:
        """For a turn."""
        return Bill(turn_id, self._spending, self._pricing)

    def bill_outside(self, payer: Payer) -> Bill:
        """For a call that belongs to no turn."""
        return Bill(uuid4().hex, self._spending, self._pricing, payer)

    async def settle_left(self) -> None:
        """Before anything new is asked: what an earlier process held counts as taken. StoreUnavailable goes on."""
        left = await self._spending.left()
        if left:
            ended = [replace(each, usage=self._cut(each)) for each in left]
            await self._spending.settle_left(ended)
            log.info("usage_settled", extra={"calls": len(ended)})

    def _cut(self, left: LeftCall) -> CallUsage:
        """How long an answer was that people saw the beginning of, nobody knows: it counts whole."""
        whole = left.shown or left.usage.images
        ended = replace(left.usage, state=CallState.ESTIMATED, output=left.usage.output if whole else 0)
        return self._pricing(ended)

    def near(self, standings: Sequence[Standing]) -> list[Standing]:
        """Limits of which so much is used that people are told."""
        return [each for each in standings if each.percent >= NEARLY or self._is_tight(each)]

    def _is_tight(self, standing: Standing) -> bool:
        left = standing.limit.amount - standing.used
        return standing.used > 0 and left < 2 * needed(standing.limit.unit, self._pricing.prices, *self._longest)
