"""What happens in a soak, drawn from a seed: the same seed gives the same deeds in the same order."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from random import Random

from playground.model.knobs import KnobSettings
from playground.slack.faults import FaultKind


class Deed(Enum):
    """One step of a soak."""

    WRITE = "write"
    EDIT = "edit"
    DELETE = "delete"
    STOP = "stop"
    SLACK = "slack"
    MODEL = "model"
    SOCKETS = "sockets"
    KILL = "kill"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Size:
    """How much is done: messages in all, threads and people they are spread over, messages between two restarts."""

    messages: int = 10_000
    threads: int = 300
    people: int = 40
    between_restarts: int = 200


@dataclass(frozen=True, slots=True)
class Step:
    """A deed; `roll` decides its particulars, whatever other steps took from theirs."""

    deed: Deed
    roll: Random


BESIDE: dict[Deed, float] = {
    Deed.EDIT: 0.03,
    Deed.DELETE: 0.02,
    Deed.STOP: 0.02,
    Deed.SLACK: 0.08,
    Deed.MODEL: 0.06,
    Deed.SOCKETS: 0.006,
}
"""How often each deed comes with a message."""

CALM_END = 0.2
"""The part of the messages that the last process answers: its figures are compared in the end."""

SLACK_METHODS = (
    "*",
    "chat.startStream",
    "chat.appendStream",
    "chat.stopStream",
    "chat.postMessage",
    "chat.update",
    "agents.sessions.setStatus",
    "conversations.replies",
)
SLACK_FAULTS: tuple[FaultKind, ...] = ("rate_limited", "server_error", "drop_before", "drop_after", "slow")

MODEL_FAULTS: tuple[KnobSettings, ...] = (
    {"status": 500},
    {"status": 503},
    {"status": 429, "retry_after": 0.5},
    {"status": 429, "code": "insufficient_quota"},
    {"html_200": True},
    {"empty": True},
    {"drop_after_chunks": 0},
    {"drop_after_chunks": 2},
    {"truncate_after_chunks": 1},
    {"malformed_after_chunks": 1},
    {"stall_after_chunks": 1},
    {"hang_before_headers": True},
    {"response_failed": "server_error"},
    {"total_seconds": 2.5},
)
SOCKET_TROUBLES = ("cut_one", "cut_all", "freeze_one", "refresh_all", "burnt_ticket", "unheard")


def steps(seed: int, size: Size) -> Iterator[Step]:
    """All deeds, in order."""
    dice = Random(seed)  # noqa: S311  a soak is to be repeated, not kept secret
    last_restart = round(size.messages * (1 - CALM_END))
    for number in range(1, size.messages + 1):
        yield _step(Deed.WRITE, dice)
        for deed, chance in BESIDE.items():
            if dice.random() < chance:
                yield _step(deed, dice)
        if number % size.between_restarts == 0 and number <= last_restart:
            yield _step(dice.choice((Deed.KILL, Deed.KILL, Deed.RESTART)), dice)


def _step(deed: Deed, dice: Random) -> Step:
    return Step(deed, Random(dice.getrandbits(64)))  # noqa: S311  see above
