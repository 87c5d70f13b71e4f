"""The port to a chat platform: what the core knows of it, and nothing more.

Everything here is a frozen value or a protocol. The platform's adapter (`slack_client`) makes the values and implements
the protocols; the core (`message_processor`) consumes them and knows no SDK.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ThreadKey:
    """One conversation. `thread_ts` is the ts of its first message; `team` is the workspace the bot is installed in."""

    team: str
    channel: str
    thread_ts: str

    def __str__(self) -> str:
        return f"{self.channel}/{self.thread_ts}"


@dataclass(frozen=True, slots=True)
class MessageKey:
    """One message of the platform. A ts is unique within its channel and orders messages as text."""

    team: str
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Message:
    """A person's message, normalised at the edge: no control characters, escapes decoded, at most 40,000 characters.

    Mentions stand in it as `@U012AB3CD`; names are put in their place when a turn is built, because looking them up
    before the acknowledgement could delay it. `wants_answer` is false for what is only overheard in the bot's threads.
    """

    key: MessageKey
    thread: ThreadKey
    author: str
    text: str
    wants_answer: bool = True


@dataclass(frozen=True, slots=True)
class Edit:
    """A stored message has new text."""

    key: MessageKey
    text: str


@dataclass(frozen=True, slots=True)
class Deletion:
    """A message is gone. Its key stays known, so that a late delivery of it is not answered."""

    key: MessageKey


@dataclass(frozen=True, slots=True)
class PastMessage:
    """A message read from the platform's own history. `own` is true for what this bot posted."""

    key: MessageKey
    author: str
    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One platform message of a reply. `kind` is "stream" or "post"; an `open` stream still has to be ended."""

    number: int
    ts: str
    kind: str
    confirmed: int  # characters of the answer, counted from its beginning, that the platform has taken
    open: bool


class DeliveryLog(Protocol):
    """Where a reply records what the platform holds, as soon as it is known."""

    async def record(self, part: Part) -> None: ...


class Reply(Protocol):
    """The answer to one turn, being written. One task of the adapter owns every write to the platform.

    `say` and `status` never wait. `close` waits until the platform holds the whole text and returns true, or false when
    it refused for longer than the adapter's patience (the turn is then undelivered).
    """

    def status(self, text: str) -> None:
        """Show what is happening while there is no text yet; the newest wins."""

    def say(self, text: str) -> None:
        """Append text of the answer."""

    async def close(self, notice: str = "") -> bool:
        """End the answer, with a closing line of our own where `notice` is not empty."""


class ChatClient(Protocol):
    """The platform, as the core uses it."""

    def open_reply(
        self, turn_id: str, question: Message, log: DeliveryLog, earlier: Sequence[Part] | None = None
    ) -> Reply:
        """Begin the answer to `question`, the newest message of its turn; a first sign of work is shown at once.

        `earlier` is what an earlier process recorded of this very reply: it is then written anew, in place, and whole.
        """

    async def read_thread(self, thread: ThreadKey, after: str | None, before: str) -> Sequence[PastMessage]:
        """The thread between two ts, both exclusive, oldest first. ChatUnavailable when it cannot be read."""

    async def names(self, people: Sequence[str]) -> Mapping[str, str]:
        """Display names by user id; who cannot be looked up is left out. Never raises for one unknown person."""

    def mark_waiting(self, key: MessageKey, waiting: bool) -> None:
        """Show, or show no longer, that a message waits in line. Best effort; never waits."""

    def refuse_busy(self, thread: ThreadKey) -> None:
        """Tell the thread that one more message did not fit its line: one line, updated. Never waits."""

    def busy_over(self, thread: ThreadKey) -> None:
        """The thread's line moved on: a later refusal gets a line of its own."""


class ChatUnavailable(Exception):
    """The platform could not be asked; `reason` is its error code or the name of what went wrong."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Observer(Protocol):
    """Where every room reports its figures. Names are `snake_case`; labels have few values, never text of people."""

    def count(self, name: str, **labels: str) -> None: ...

    def observe(self, name: str, value: float, **labels: str) -> None: ...

    def gauge(self, name: str, value: float, **labels: str) -> None: ...
