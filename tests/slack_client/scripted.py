"""A Web API whose answers a test makes up; gates, repeats and deadlines are the real ones."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from slack_sdk.web.async_client import AsyncWebClient

from base_client import Message, MessageKey, Part, ThreadKey
from config import Timings
from ops.figures import Figures
from slack_client.errors import SlackFailure
from slack_client.identity import Identity
from slack_client.pacing import Pacing
from slack_client.web_api import Answer, WebApi

IDENTITY = Identity("T1", "U0BOT", "B0BOT", "threadwell")
THREAD = ThreadKey("T1", "C1", "1700000000.000001")
QUESTION = Message(MessageKey("T1", "C1", THREAD.thread_ts), THREAD, "U1", "Well?")
TIMINGS = Timings(
    append_interval=0.01,
    appends_per_minute=6_000,
    retry_base=0.01,
    retry_ceiling=0.02,
    delivery_patience=1.0,
    busy_update=0.01,
)

Script = SlackFailure | Answer | Callable[[Mapping[str, object]], Answer]


class ScriptedApi(WebApi):
    """`next[method]` holds what the next calls get, one after the other; afterwards every call succeeds."""

    def __init__(self, timings: Timings = TIMINGS) -> None:
        self.figures = Figures()
        super().__init__(AsyncWebClient(), Pacing(timings), timings, self.figures)
        self.next: dict[str, list[Script]] = defaultdict(list)
        self.calls: list[tuple[str, Mapping[str, object]]] = []

    async def _send(self, method: str, arguments: Mapping[str, object], read: bool, token: str | None) -> Answer:
        self.calls.append((method, arguments))
        answer: Script = self.next[method].pop(0) if self.next[method] else {"ts": f"1700000000.{len(self.calls):06}"}
        if isinstance(answer, SlackFailure):
            raise answer
        return answer(arguments) if callable(answer) else answer

    def methods(self) -> list[str]:
        return [method for method, _ in self.calls]


@dataclass
class Records:
    """Implements `base_client.DeliveryLog`."""

    parts: list[Part] = field(default_factory=list)
    failure: Exception | None = None

    async def record(self, part: Part) -> None:
        if self.failure is not None:
            raise self.failure
        self.parts.append(part)
