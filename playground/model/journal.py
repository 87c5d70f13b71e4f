"""What the model server was asked, kept in memory for tests, benchmarks and curious people."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum

CALLS_KEPT = 5_000
HEADERS_KEPT = ("user-agent", "x-stainless-retry-count", "x-client-request-id", "content-length")


class Api(StrEnum):
    """Which of the two APIs a call used."""

    RESPONSES = "responses"
    CHAT_COMPLETIONS = "chat_completions"


class Outcome(StrEnum):
    """How a call ended. `FAULT`: by a fault that was asked for, an error answer, or the end of the server."""

    ACTIVE = "active"
    COMPLETED = "completed"
    CLIENT_CLOSED = "client_closed"
    FAULT = "fault"


@dataclass(slots=True)
class ModelCall:
    """One call. Times are seconds since the epoch; `ended_at` is None while the call is being answered.

    `body` is the parsed JSON as it arrived. `connection` names the client's end of the TCP connection, so equal names
    mean a reused connection. `status` is the HTTP status sent, 0 when none was.
    """

    number: int
    api: Api
    body: dict[str, object]
    headers: dict[str, str]
    connection: str
    request_id: str
    started_at: float
    ended_at: float | None = None
    outcome: Outcome = Outcome.ACTIVE
    status: int = 0
    chunks_sent: int = field(default=0)

    def as_json(self) -> dict[str, object]:
        return asdict(self)
