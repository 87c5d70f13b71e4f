"""What the store hands out and takes in."""

from dataclasses import dataclass
from enum import Enum

from base_client import MessageKey, ThreadKey
from store.spending_values import Standing


class TurnState(Enum):
    """How far a turn is. DONE, FAILED and STOPPED are its ends; the others are found again by `Store.unfinished`."""

    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"  # by a person; what was written so far is its answer
    UNDELIVERED = "undelivered"  # the text is complete, but the platform refused it
    INTERRUPTED = "interrupted"  # the process stopped; the next one resumes it


class InboxState(Enum):
    """How far a message is that was accepted, and the tombstone of a deleted one."""

    ACCEPTED = "accepted"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    ASIDE = "aside"  # a person stopped the thread while it waited
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
class Claim:
    """A begun turn's messages, in order of ts; none where there is no turn. `short`: this limit has no room for it."""

    messages: tuple[StoredMessage, ...] = ()
    short: Standing | None = None


@dataclass(frozen=True, slots=True)
class UnfinishedTurn:
    """A turn that has not ended. `text` is the complete answer, or empty where it was not complete yet.

    `created_at` is the Unix time in seconds at which its first message was accepted; `keys` are in order of ts.
    `stopped` is true once a person has stopped it: it is to end as STOPPED. `error` says what its latest ending told.
    """

    turn_id: str
    thread: ThreadKey
    author: str
    state: TurnState
    attempts: int
    created_at: float
    text: str
    keys: tuple[MessageKey, ...]
    stopped: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """A turn, begun or ended. `keys` are its questions that are not deleted, in order of ts; `error` is a short code.

    `created_at` is as in UnfinishedTurn.
    """

    turn_id: str
    thread: ThreadKey
    author: str
    state: TurnState
    error: str
    keys: tuple[MessageKey, ...]
    created_at: float


@dataclass(frozen=True, slots=True)
class Stopping:
    """What a stop met: the turns that are to end, and the waiting messages that were set aside, in order of ts."""

    turns: tuple[str, ...]
    aside: tuple[MessageKey, ...]


@dataclass(frozen=True, slots=True)
class OwedAside:
    """A thread was not told what a stop has set aside. `stop_ts` is the platform's time of the stop, `person` stopped
    it, `messages` is how many are set aside in the thread.
    """

    thread: ThreadKey
    stop_ts: str
    person: str
    messages: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was removed from a thread: how many messages, and the uids of files whose bytes are to go."""

    messages: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is kept of a thread's messages, the bot's included: their number, the span of their ts, and their turns."""

    messages: int
    oldest_ts: str | None
    newest_ts: str | None
    turns: int
