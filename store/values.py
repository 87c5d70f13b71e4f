"""What the store hands out and takes in."""

from dataclasses import dataclass
from enum import Enum

from base_client import MessageKey, ThreadKey


class TurnState(Enum):
    """How far a turn is. DONE and FAILED are its ends; the others are found again by `Store.unfinished`."""

    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    UNDELIVERED = "undelivered"  # the text is complete, but the platform refused it
    INTERRUPTED = "interrupted"  # the process stopped; the next one resumes it


class InboxState(Enum):
    """How far a message is that was accepted, and the tombstone of a deleted one."""

    ACCEPTED = "accepted"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One message of a thread. `own` is an answer of the bot (its author is empty unless read from the platform)."""

    key: MessageKey
    thread: ThreadKey
    author: str
    own: bool
    text: str
    turn_id: str | None


@dataclass(frozen=True, slots=True)
class ThreadState:
    """What is known of a thread. `read` is true once its past was read from the platform.

    `newest_ts` is the newest stored message that waits for no answer: what the platform may hold beyond it and before
    the message to be answered is a gap.
    """

    known: bool
    read: bool
    newest_ts: str | None


@dataclass(frozen=True, slots=True)
class TurnUsage:
    """Tokens of one model call. `cached` is part of `input`, `reasoning` part of `output`."""

    model: str
    input: int
    cached: int
    output: int
    reasoning: int


@dataclass(frozen=True, slots=True)
class UnfinishedTurn:
    """A turn that has not ended. `text` is the complete answer, or empty where it was not complete yet.

    `created_at` is the Unix time in seconds at which its first message was accepted; `keys` are in order of ts.
    """

    turn_id: str
    thread: ThreadKey
    author: str
    state: TurnState
    attempts: int
    created_at: float
    text: str
    keys: tuple[MessageKey, ...]
