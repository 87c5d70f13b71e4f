"""The bot's end of Slack in either mode, against a workspace on this machine, with a core that only remembers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from base_client import Deletion, Edit, FileDeletion, Message, Stop, ThreadKey, TitleChange
from database import Store
from message_processor.base import MessageProcessor
from message_processor.ingestion.web import Web
from message_processor.own_data import OwnData
from message_processor.preferences import Preferences
from ops.figures import Figures
from playground.server import Playground
from slack_client.base import SlackBot
from tests.ingestion.site import settings
from tests.slack_client import clicks

ADA, GENERAL = "U0ADA00001", "C0GENERAL1"


@dataclass
class Core(clicks.Core):
    """Takes what comes in; `slow` holds up everything that would be stored until it is set free."""

    slow: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0

    def __post_init__(self) -> None:
        self.slow.set()
        # Nothing here opens the settings.
        self.preferences = cast(Preferences, None)
        self.own_data = cast(OwnData, None)

    async def takes_part(self, thread: ThreadKey) -> bool:
        return True

    async def receive(self, message: Message, redelivered: bool = False) -> bool:
        self.waiting += 1
        await self.slow.wait()
        self.waiting -= 1
        self._ask("receive", message)
        return True

    async def edit(self, edit: Edit) -> None:
        self._ask("edit", edit)

    async def delete(self, deletion: Deletion) -> None:
        self._ask("delete", deletion)

    async def forget_file(self, deletion: FileDeletion) -> None:
        self._ask("forget_file", deletion)

    async def title_changed(self, change: TitleChange) -> None:
        self._ask("title_changed", change)

    async def stop(self, stop: Stop) -> bool:
        self._ask("stop", stop)
        return self.finds

    async def forget(self, thread: ThreadKey) -> int:
        return 0

    async def remembered(self, thread: ThreadKey) -> object:
        return None


@dataclass
class Office:
    """A workspace, and the bot in it without anything behind."""

    playground: Playground
    bot: SlackBot
    core: Core

    def __post_init__(self) -> None:
        self.workspace = self.playground.workspace
        self.people = self.workspace.interactivity

    async def until_asked(self, times: int = 1) -> tuple[object, ...]:
        """The newest thing the core was asked for, when there are so many."""
        async with asyncio.timeout(10):
            while len(self.core.asked) < times:
                await asyncio.sleep(0.01)
        return self.core.asked[-1]

    def thread(self, ts: str) -> ThreadKey:
        """The thread of a message in the channel everybody is in."""
        return ThreadKey(self.workspace.identity.team_id, GENERAL, ts)

    def notes(self, user: str = ADA) -> list[str]:
        """Texts that only this person sees."""
        return [note.text for note in self.workspace.ephemerals if note.user == user]


@asynccontextmanager
async def open_office(folder: Path, mode: str) -> AsyncIterator[Office]:
    """An office with open sockets; `mode` is "async" or "threaded"."""
    async with Playground() as playground:
        given = settings(
            playground.slack_api_url,
            SLACK_BOT_TOKEN=playground.bot_token,
            SLACK_APP_TOKEN=playground.app_token,
            USE_ASYNC_MODE=str(mode == "async").lower(),
            TEST_TIMINGS=json.dumps({"retry_base": 0.05, "socket_ping": 1.0, "intake": 20.0}),
        )
        store = await Store.open(f"sqlite+aiosqlite:///{folder}/bot.db", Figures())
        web = await Web.open(given, Figures())
        bot = await SlackBot.open(given, store, Figures(), web)
        core = Core()
        try:
            await bot.start(cast(MessageProcessor, core))
            yield Office(playground, bot, core)
        finally:
            core.slow.set()
            await bot.stop_intake()
            await bot.close()
            await web.close()
            await store.close()
