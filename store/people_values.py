"""What the store keeps of people: what they think of answers, what they used, and threads in short."""

from dataclasses import dataclass

from base_client import ThreadKey
from store.values import TurnState


@dataclass(frozen=True, slots=True)
class Rating:
    """What a person thinks of a turn's answer. `changed_at` is Unix time in seconds."""

    person: str
    verdict: str
    reason: str
    changed_at: float


@dataclass(frozen=True, slots=True)
class Summary:
    """A thread in short, from its beginning to the message `until_ts`, inclusive."""

    text: str
    until_ts: str


@dataclass(frozen=True, slots=True)
class UsageSum:
    """Turns of a person and their tokens. `cached` is part of `input`."""

    turns: int
    input: int
    cached: int
    output: int


@dataclass(frozen=True, slots=True)
class TurnLine:
    """One turn in a list of a person's. Times are Unix times in seconds; `ended_at` is None until it ends."""

    turn_id: str
    thread: ThreadKey
    created_at: float
    ended_at: float | None
    state: TurnState
    input: int
    output: int
