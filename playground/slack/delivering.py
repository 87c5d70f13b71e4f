"""How a payload gets to the app, and how its acknowledgement comes back."""

from collections.abc import Callable
from typing import Protocol

from playground.slack.wire import Json, JsonObject

Heard = Callable[[bool, Json], None]
"""Called once: with True and the acknowledgement's payload, or with False when none came in time."""


class Deliver(Protocol):
    """Sends a payload in an envelope. Events are sent again until they are acknowledged, everything else once."""

    def __call__(
        self,
        payload: JsonObject,
        kind: str = "events_api",
        *,
        accepts_response: bool = False,
        heard: Heard | None = None,
    ) -> None: ...
