"""What an API of the model server has to offer, so that one driver serves both."""

from typing import Protocol

import httpx2
from openai import AsyncOpenAI, AsyncStream

from openai_client.events import Done, EventSink, Json, ModelRequest

RawStream = AsyncStream[object]


class Opened(Protocol):
    """An answer whose headers have arrived: the SDK's raw response, as far as the driver uses it."""

    @property
    def http_response(self) -> httpx2.Response: ...

    def parse(self, *, to: type[RawStream]) -> RawStream: ...


class Decoder(Protocol):
    """Turns one stream's wire events into the house's events. Never raises for what the server sends."""

    @property
    def ended(self) -> bool:
        """The server has said how the answer ended; only bookkeeping may follow."""

    def feed(self, event: Json) -> bool:
        """Take one wire event; true where the answer moved on (keepalives and repeated openings do not)."""

    def done(self, request_id: str) -> Done:
        """The result, once the stream has ended. Raises Fault where it did not end in good order."""


class Adapter(Protocol):
    """One API: how a request is written, sent and its answer read."""

    @property
    def name(self) -> str:
        """The API's name in settings, figures and the log."""

    @property
    def optional(self) -> frozenset[str]:
        """Parameters that may be left out where the server refuses them."""

    def body(self, request: ModelRequest, refused: frozenset[str]) -> Json:
        """The request as JSON, without the refused parameters."""

    async def send(self, sdk: AsyncOpenAI, body: Json, timeout: httpx2.Timeout) -> Opened:
        """Send it; returns when the headers of the answer have arrived."""

    def decoder(self, request: ModelRequest, emit: EventSink) -> Decoder:
        """A fresh decoder for one stream."""
