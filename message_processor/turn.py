"""One answer in the making."""

import hashlib
from dataclasses import dataclass, field
from uuid import uuid4

from base_client import Message, ThreadKey
from database import StoredMessage
from message_processor.budget import Bill
from message_processor.lines import Lines
from message_processor.settings import Chosen, resolve
from message_processor.wording import ENGLISH


def new_turn_id() -> str:
    """A turn's name in records, logs and Slack's metadata."""
    return uuid4().hex[:16]


def hashed(*parts: str) -> str:
    """A name that says nothing about what it was made from; 32 characters."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer in the making: the messages it answers, in order of ts, with their text as it is now.

    `chosen` is what the newest message's author has set, `lines` speaks that person's language, `locale` names it. What
    its model calls take is on the `bill`.
    """

    id: str
    thread: ThreadKey
    messages: tuple[StoredMessage, ...]
    chosen: Chosen = field(default_factory=lambda: resolve({}, ("",), frozenset()))
    lines: Lines = field(default_factory=lambda: Lines(ENGLISH))
    locale: str = ""
    bill: Bill = field(default_factory=Bill)

    @property
    def question(self) -> Message:
        """The newest message, as the platform's adapter needs it."""
        newest = self.messages[-1]
        return Message(newest.key, newest.thread, newest.author, newest.text)

    @property
    def person(self) -> str:
        """Who asks, as the model's server may know it."""
        return hashed(self.thread.team, self.question.author)
