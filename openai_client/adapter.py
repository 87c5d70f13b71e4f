"""What an API of the model server has to offer, so that one driver serves both."""

from typing import Protocol

from openai_client.events import Done, EventSink, Json, ModelRequest


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
    """One API: how a request is written and its answer read."""

    @property
    def name(self) -> str:
        """The API's name in settings, figures and the log."""

    @property
    def path(self) -> str:
        """Where it is asked, below the server's base address."""

    @property
    def optional(self) -> frozenset[str]:
        """Parameters that may be left out where the server refuses them."""

    def body(self, request: ModelRequest, refused: frozenset[str]) -> Json:
        """The request as JSON (with `DataUrl` for attachments), without the refused parameters."""

    def decoder(self, request: ModelRequest, emit: EventSink) -> Decoder:
        """A fresh decoder for one stream."""
