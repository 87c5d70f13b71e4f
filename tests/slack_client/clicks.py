"""What handlers of clicks and shortcuts need: a core that remembers, and Slack whose answers a test makes up."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from base_client import MessageKey, Stop, ThreadKey
from message_processor.control import Again
from message_processor.small_tasks import SmallTasks
from slack_client.asides import Asides
from slack_client.event_handlers.agent import AgentHandlers
from slack_client.event_handlers.feedback import FeedbackHandlers
from slack_client.event_handlers.interaction import Interaction, Json, Kind, View
from slack_client.event_handlers.responses import Responses
from slack_client.people import People
from slack_client.views import Views
from tests.slack_client.scripted import IDENTITY, ScriptedApi

TS, ROOT, MOMENT = "1700000000.000100", "1600000000.000100", "1700000001.000000"


@dataclass
class Core:
    """Remembers what it was asked for."""

    asked: list[tuple[object, ...]] = field(default_factory=list)
    finds: bool = True
    again_is: Again = Again.STARTED
    summary: str = "All is **well**."
    failure: Exception | None = None

    def _ask(self, *what: object) -> None:
        if self.failure is not None:
            raise self.failure
        self.asked.append(what)

    async def stop(self, stop: Stop) -> bool:
        self._ask("stop", stop)
        return self.finds

    async def again(self, turn_id: str, channel: str, once: str) -> Again:
        self._ask("again", turn_id, channel, once)
        return self.again_is

    async def again_of(self, key: MessageKey) -> Again:
        self._ask("again_of", key)
        return self.again_is

    async def answer_aside(self, thread: ThreadKey) -> int:
        self._ask("answer_aside", thread)
        return 2

    async def summarise(self, thread: ThreadKey, person: str) -> str:
        self._ask("summarise", thread, person)
        return self.summary

    async def rate(self, turn_id: str, channel: str, person: str, verdict: str, reason: str = "") -> bool:
        self._ask("rate", turn_id, channel, person, verdict, reason)
        return self.finds


@dataclass
class Desk:
    """Handlers of clicks and shortcuts, and where they lead."""

    core: Core = field(default_factory=Core)
    api: ScriptedApi = field(default_factory=ScriptedApi)

    def __post_init__(self) -> None:
        people = People(self.api, IDENTITY)
        asides = Asides(self.api, people, SmallTasks())
        responses = Responses(IDENTITY, asides, Views(self.api), people)
        self.handlers = {
            **AgentHandlers(self.core, responses, asides).handlers(),
            **FeedbackHandlers(self.core, responses).handlers(),
        }

    async def do(self, kind: Kind, name: str, **given: Any) -> Json | None:
        """Somebody does something, and it is followed up to its end; the acknowledgement's payload."""
        where = {"channel": "C1", "thread_ts": ROOT, "message_ts": TS, "trigger": "1.2.x", "ts": MOMENT, "team": "T1"}
        done = Interaction(kind, name, person="U1", **{**where, **given})
        answer = await self.handlers[kind, name](done)
        if answer.follow_up is not None:
            async with asyncio.timeout(5):
                await answer.follow_up
        return answer.payload

    def told(self) -> list[object]:
        """Lines said to one person."""
        return [arguments["text"] for method, arguments in self.api.calls if method == "chat.postEphemeral"]

    def windows(self, method: str) -> list[Any]:
        """Views that were opened, or put in place of others."""
        return [arguments["view"] for called, arguments in self.api.calls if called == method]

    async def submit(self, metadata: str, reason: str) -> Json | None:
        """Send the window for what was wrong with an answer; the acknowledgement's payload."""
        view = View("V1", "h", "feedback_reason", metadata, {"reason": reason})
        return await self.do(Kind.SUBMISSION, "feedback_reason", channel="", thread_ts="", message_ts="", view=view)
