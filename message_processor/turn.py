"""One answer in the making."""

from dataclasses import dataclass
from uuid import uuid4

from base_client import Message, ThreadKey
from database import StoredMessage


def new_turn_id() -> str:
    """A turn's name in records, logs and Slack's metadata."""
    return uuid4().hex[:16]


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer in the making: the messages it answers, in order of ts, with their text as it is now."""

    id: str
    thread: ThreadKey
    messages: tuple[StoredMessage, ...]

    @property
    def question(self) -> Message:
        """The newest message, as the platform's adapter needs it."""
        newest = self.messages[-1]
        return Message(newest.key, newest.thread, newest.author, newest.text)
