"""What the model server was asked, kept in memory for tests, benchmarks and curious people."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum

CALLS_KEPT = 5_000
LONGEST_DATA_URL = 200  # characters of a data URL that are kept
HEADERS_KEPT = ("user-agent", "x-stainless-retry-count", "x-client-request-id", "content-length")


class Api(StrEnum):
    """Which API a call used."""

    RESPONSES = "responses"
    CHAT_COMPLETIONS = "chat_completions"
    IMAGES = "images"
    EMBEDDINGS = "embeddings"


class Outcome(StrEnum):
    """How a call ended. `FAULT`: by a fault that was asked for, an error answer, or the end of the server."""

    ACTIVE = "active"
    COMPLETED = "completed"
    CLIENT_CLOSED = "client_closed"
    FAULT = "fault"


@dataclass(slots=True)
class ModelCall:
    """One call. Times are seconds since the epoch; `ended_at` is None while the call is being answered.

    `body` is the parsed JSON as it arrived, but for the bytes of pictures and files (of a form: its fields).
    `path` is the address without the server's name. `connection` names the client's end of the TCP connection, so
    equal names mean a reused connection. `status` is the HTTP status sent, 0 when none was.
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
    path: str = ""
    chunks_sent: int = field(default=0)

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def slim(body: dict[str, object]) -> dict[str, object]:
    """A body without the bytes of its pictures and files; text stays whole."""
    return {name: _slim(value) for name, value in body.items()}


def _slim(value: object) -> object:
    if isinstance(value, dict):
        return slim(value)
    if isinstance(value, list):
        return [_slim(entry) for entry in value]
    if isinstance(value, str) and len(value) > LONGEST_DATA_URL and value.startswith("data:"):
        head, comma, data = value[:LONGEST_DATA_URL].partition(",")
        length = (len(value) - len(head) - 1) * 3 // 4 - value[-2:].count("=")
        return f"{head}{comma}…({length} bytes)" if data else value
    return value
