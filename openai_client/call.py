"""One model call under way: where its events go, and what is known of it so far."""

from collections.abc import Callable

from openai_client.breaker import Permit
from openai_client.errors import ModelError
from openai_client.events import Event, EventSink, Refusal, TextDelta, ToolCall
from openai_client.faults import Fault


class Call:
    """The sink handed to the decoders. `begun`: something of the answer was passed on, so no attempt follows.

    `permit` is that of the attempt under way or last ended; None before the first one.

    `clock` gives seconds; `first_text_after` is None until the first text; `left_out` are the parts of the request
    that the caller has been told of; `outcome` is the word for the figures where the call succeeds.
    """

    def __init__(self, on_event: EventSink, clock: Callable[[], float], api: str) -> None:
        self._on_event = on_event
        self._clock = clock
        self._started = clock()
        self.begun = False
        self.has_text = False
        self.first_text_after: float | None = None
        self.left_out: set[str] = set()
        self.outcome = "complete"
        self.api = api
        self.request_id = ""
        self.permit: Permit | None = None

    def __call__(self, event: Event) -> None:
        if not self.has_text:
            self._notice(event)
        self._on_event(event)

    def _notice(self, event: Event) -> None:
        if isinstance(event, TextDelta | Refusal):
            self.has_text = True
            self.first_text_after = self.seconds
        elif not isinstance(event, ToolCall):
            return
        self.begun = True
        if self.permit is not None:
            # Others need not wait for the end of this answer to know that the server answers.
            self.permit.answered()

    @property
    def seconds(self) -> float:
        """Time since the call began."""
        return self._clock() - self._started

    def error(self, fault: Fault) -> ModelError:
        """What the core is told of a fault that ended the call."""
        return ModelError(
            fault.failure,
            fault.detail,
            request_id=self.request_id,
            retry_after=fault.retry_after,
            after_text=self.has_text,
        )
