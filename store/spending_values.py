"""What model calls took, are expected to take, and how that stands to a limit."""

import math
from dataclasses import dataclass
from enum import Enum

from budgets import Limit, Unit


class CallKind(Enum):
    """What a model call was for."""

    ANSWER = "answer"
    PICTURE = "picture"
    SUMMARY = "summary"
    TITLE = "title"
    EMBEDDING = "embedding"


class CallState(Enum):
    """Where the figures of a call come from."""

    RESERVED = "reserved"  # it is under way: what it takes at most, as far as that can be known
    REPORTED = "reported"  # by the model's server
    ESTIMATED = "estimated"  # by us, because it was cut, or the server does not count


@dataclass(frozen=True, slots=True)
class CallUsage:
    """One model call. `cached` is part of `input`, `reasoning` part of `output`; `cost` is in billionths of a dollar.

    `number` is its place among the calls of one attempt at a turn.
    """

    model: str
    input: int
    cached: int
    output: int
    reasoning: int
    number: int = 0
    kind: CallKind = CallKind.ANSWER
    state: CallState = CallState.REPORTED
    images: int = 0
    cost: int | None = None

    def amount(self, unit: Unit) -> int:
        """What of a limit it takes."""
        return self.input + self.output if unit is Unit.TOKENS else self.cost or 0


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose call it is, where it was made, and when it was asked for, in Unix time: forgotten since, it is nobody's."""

    team: str
    person: str
    channel: str
    asked_at: float = math.inf


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of a limit is used by calls that have ended, and `held` for those under way; `at` is Unix time.

    `needed` is what another call asked for that the limit has no room for, in vain.
    """

    limit: Limit
    used: int
    held: int
    at: float
    needed: int = 0

    @property
    def percent(self) -> int:
        """How much of it is used, rounded down."""
        return 100 * self.used // self.limit.amount


@dataclass(frozen=True, slots=True)
class LeftCall:
    """A call that an earlier process did not end. `shown`: people have seen something of its turn's answer."""

    turn_id: str
    attempt: int
    usage: CallUsage
    shown: bool


@dataclass(frozen=True, slots=True)
class UsageLine:
    """What calls took together, `name` being whose, where or which model. `cost` counts only calls with a price."""

    team: str
    name: str
    answers: int
    utility: int
    images: int
    input: int
    cached: int
    output: int
    cost: int
    unpriced: int
    estimated: int


@dataclass(frozen=True, slots=True)
class DayUsage:
    """What calls of a day took together; `cost` counts only calls with a price."""

    day: str
    input: int
    output: int
    cost: int
