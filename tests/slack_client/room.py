"""A reply with all it needs, over a Web API whose answers a test makes up."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from base_client import Earlier
from config import Timings
from database import Store
from slack_client.delivery import Means, SlackReply
from slack_client.messaging import Messaging
from slack_client.parts import Parts
from slack_client.resume import EarlierMessages
from slack_client.status import AgentSurface, ThreadStatus
from tests.slack_client.scripted import IDENTITY, QUESTION, THREAD, TIMINGS, Records, ScriptedApi

START, APPEND, STOP = "chat.startStream", "chat.appendStream", "chat.stopStream"


@dataclass
class Room:
    """What a reply needs. `reply` opens one."""

    surface: AgentSurface
    api: ScriptedApi = field(default_factory=ScriptedApi)
    records: Records = field(default_factory=Records)

    def reply(self, timings: Timings = TIMINGS, earlier: Earlier | None = None) -> SlackReply:
        means = Means(self.api.pacing, timings, self.api.figures)
        messaging = Messaging(self.api, IDENTITY)
        parts = Parts(self.api, messaging, QUESTION, timings.delivery_patience)
        resumed = None if earlier is None else EarlierMessages(self.api, messaging, QUESTION, "t1", earlier)
        return SlackReply("t1", means, parts, ThreadStatus(self.api, self.surface, THREAD), self.records, resumed)

    def texts(self, *methods: str) -> list[object]:
        return [arguments.get("markdown_text") for method, arguments in self.api.calls if method in methods]

    async def until(self, method: str, times: int = 1) -> None:
        async with asyncio.timeout(5):
            while self.api.methods().count(method) < times:
                await asyncio.sleep(0.01)


def chunks(arguments: Mapping[str, object]) -> list[Mapping[str, object]]:
    found = arguments.get("chunks") or ()
    assert isinstance(found, Sequence)
    return [chunk for chunk in found if isinstance(chunk, Mapping)]


def cards(room: Room, *methods: str) -> list[Mapping[str, object]]:
    """Cards as they were sent, in order."""
    calls = [arguments for method, arguments in room.api.calls if method in (methods or (START, APPEND, STOP))]
    return [chunk for arguments in calls for chunk in chunks(arguments) if chunk["type"] == "task_update"]


def text_in(room: Room) -> str:
    """The text that the stream's methods brought, in order."""
    found = ""
    for method, arguments in room.api.calls:
        if method in {START, APPEND, STOP}:
            texts = [str(chunk["text"]) for chunk in chunks(arguments) if chunk["type"] == "markdown_text"]
            found += "".join([str(arguments.get("markdown_text") or ""), *texts])
    return found


@asynccontextmanager
async def open_room(folder: Path) -> AsyncIterator[Room]:
    """A room of an app that is an agent, as far as Slack's answers go."""
    store = await Store.open(f"sqlite+aiosqlite:///{folder}/bot.db", ScriptedApi().figures)
    yield Room(AgentSurface(store))
    await store.close()
