"""Messages and collaborators for tests of the core."""

from base_client import Message, MessageKey, ThreadKey
from store.values import StoredMessage

THREAD = ThreadKey("T1", "C1", "100.000000")


def ts(number: int) -> str:
    """A ts that sorts like its number."""
    return f"{1_000_000_000 + number}.000000"


def message(number: int, author: str = "U0ADA00001", thread: ThreadKey = THREAD) -> Message:
    """A message on its way in."""
    return Message(MessageKey(thread.team, thread.channel, ts(number)), thread, author, f"message {number}")


def stored(
    number: int, text: str, *, own: bool = False, turn: str | None = "", author: str = "U0ADA00001"
) -> StoredMessage:
    """A message of the history; its turn is its own number where none is given."""
    key = MessageKey(THREAD.team, THREAD.channel, ts(number))
    return StoredMessage(key, THREAD, "" if own else "U0ADA00001", own, text, f"turn {number}" if turn == "" else turn)


class Counts:
    """Implements `base_client.Observer`: remembers what was counted."""

    def __init__(self) -> None:
        self.counted: list[str] = []
        self.gauges: dict[str, float] = {}

    def count(self, name: str, **labels: str) -> None:
        self.counted.append(name)

    def observe(self, name: str, value: float, **labels: str) -> None:
        pass

    def gauge(self, name: str, value: float, **labels: str) -> None:
        self.gauges[name] = value
