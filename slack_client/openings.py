"""What people find where they come in: the app's pages, its suggested prompts, and a hello in a channel."""

import logging
from dataclasses import dataclass
from typing import Protocol

from database import Store, StoreUnavailable
from message_processor.small_tasks import SmallTasks
from message_processor.wording import Wording, wording_of
from slack_client.errors import SlackFailure
from slack_client.event_handlers.agent_events import HomeOpened, Joined
from slack_client.messaging import notice_mark
from slack_client.people import People
from slack_client.status import AgentSurface
from slack_client.web_api import WebApi

log = logging.getLogger("threadwell.slack")

PROMPTS = ("summary", "picture", "document", "writing")
"""By their names in the catalogue; four is the most that Slack shows."""

_SUGGEST = "assistant.threads.setSuggestedPrompts"
_PATIENCE = 120.0


class Page(Protocol):
    """The app's own page."""

    async def show(self, person: str) -> None: ...


def suggested_prompts(say: Wording) -> list[dict[str, str]]:
    """The prompts in one language, as Slack takes them."""
    return [{"title": say(f"prompts.{name}.title"), "message": say(f"prompts.{name}.message")} for name in PROMPTS]


@dataclass(frozen=True, slots=True)
class Openings:
    """Shows each of them, best effort, beside everything else. `command` opens the settings."""

    api: WebApi
    surface: AgentSurface
    people: People
    store: Store
    tasks: SmallTasks
    page: Page
    team: str
    command: str
    says_hello: bool

    def show(self, opening: HomeOpened | Joined) -> None:
        """Show what belongs there. Never waits."""
        if isinstance(opening, Joined):
            if self.says_hello:
                self.tasks.start(self._say_hello(opening), "hello")
        elif opening.tab == "home":
            self.tasks.start(self.page.show(opening.person), "home")
        elif opening.channel and self.surface.is_agent is not False and self.api.pacing.gate(_SUGGEST).room > 0:
            self.tasks.start(self._suggest(opening), "suggested prompts")

    async def _suggest(self, opening: HomeOpened) -> None:
        say = wording_of(await self.people.locale(opening.person))
        # Without a thread: an app that is declared an agent is not heard with one.
        arguments = {"channel_id": opening.channel, "prompts": suggested_prompts(say)}
        try:
            await self.api.call(_SUGGEST, arguments)
        except SlackFailure as failure:
            log.info("prompts_not_suggested", extra={"reason": failure.reason})

    async def _say_hello(self, joined: Joined) -> None:
        say = wording_of(await self.people.locale(joined.inviter))
        arguments = {
            "channel": joined.channel,
            "text": say("welcome.hello", command=f"`{self.command}`"),
            "metadata": notice_mark("hello"),
        }
        try:
            # Noted first: rather no hello than two.
            if await self.store.first_time(f"hello:{self.team}:{joined.channel}"):
                await self.api.call_surely("chat.postMessage", arguments, patience=_PATIENCE)
        except (SlackFailure, StoreUnavailable) as failure:
            log.info("hello_not_said", extra={"channel": joined.channel, "reason": failure.reason})
