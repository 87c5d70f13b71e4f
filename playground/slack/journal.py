"""What happened: calls of the Web API and deliveries over the sockets."""

from dataclasses import dataclass
from typing import TypeVar

from playground.slack.wire import Json, JsonObject

Entry = TypeVar("Entry")
KEPT = 200_000


class Journal(list[Entry]):
    """A list that forgets its older half when it grows too long."""

    def add(self, entry: Entry) -> None:
        if len(self) >= KEPT:
            del self[: KEPT // 2]
        self.append(entry)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API. `at` is its arrival (`time.monotonic`), `seconds` how long it took here.

    `status` is 0 where the connection was cut instead of an answer; `error` is empty for a success. `connection` is
    the client's address and port: calls with the same one shared a TCP connection.
    """

    method: str
    args: JsonObject
    status: int
    error: str
    at: float
    seconds: float
    connection: str


@dataclass(slots=True)
class Envelope:
    """One delivery. Times are `time.monotonic`; `acked_at` stays None for one that was not acknowledged.

    `connection` is the socket's number, `event` the event's type, `ts` the message it is about, where there is one.
    """

    envelope_id: str
    event_id: str
    kind: str
    event: str
    ts: str
    retry_attempt: int
    connection: int
    sent_at: float
    acked_at: float | None = None
    ack_payload: Json = None
