"""What comes after a click or a shortcut is acknowledged: it is done, and the person is told where that is needed."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from base_client import ThreadKey
from database import StoreUnavailable
from message_processor.wording import Wording, wording_of
from slack_client.asides import Asides
from slack_client.event_handlers.interaction import Acknowledgement, Handler, Interaction
from slack_client.formatting.blocks import Block, sections
from slack_client.identity import Identity
from slack_client.people import People
from slack_client.views import Views, modal

log = logging.getLogger("threadwell.intake")

Act = Callable[[Interaction], Awaitable[None]]
"""What an interaction sets off. StoreUnavailable is told."""


def thread_of(interaction: Interaction) -> ThreadKey:
    """The thread it was done in."""
    return ThreadKey(interaction.team, interaction.channel, interaction.thread_ts)


class Responses:
    """Speaks to whoever has done something: in the thread, to that person alone."""

    def __init__(self, identity: Identity, asides: Asides, views: Views, people: People) -> None:
        self._identity = identity
        self._asides = asides
        self._people = people
        self.views = views

    def after(self, act: Act) -> Handler:
        """A handler that acknowledges at once and lets `act` follow. People of other workspaces are refused."""

        async def follow(interaction: Interaction) -> None:
            if interaction.team != self._identity.team:
                await self.refuse(interaction)
                return
            try:
                await act(interaction)
            except StoreUnavailable as failure:
                log.error("interaction_not_done", extra={"action": interaction.name, "reason": failure.reason})
                await self.say(interaction, "settings.unavailable")

        async def handle(interaction: Interaction) -> Acknowledgement:
            return Acknowledgement(follow_up=follow(interaction))

        return handle

    async def words(self, interaction: Interaction) -> Wording:
        """The person's language."""
        return wording_of(await self._people.locale(interaction.person))

    def known_words(self, interaction: Interaction) -> Wording:
        """The same, as far as it is known without asking: for what has to be there at once."""
        return wording_of(self._people.known_locale(interaction.person))

    async def say(self, interaction: Interaction, key: str) -> None:
        """Say a line of the catalogue. Where the bot is no member a window says that, if its three seconds last."""
        say = await self.words(interaction)
        if interaction.channel and await self.show(interaction, say(key), sections(say(key))):
            return
        line = say("agent.not_here" if interaction.channel else key)
        window = modal("note", self._identity.name, say("settings.close"), sections(line))
        await self.views.open(interaction.trigger, window)

    async def show(self, interaction: Interaction, text: str, blocks: Sequence[Block]) -> bool:
        """Show blocks in the thread; false when Slack does not."""
        return await self._asides.tell(thread_of(interaction), interaction.person, text, blocks)

    async def refuse(self, interaction: Interaction) -> None:
        """What was sent is not what we gave to press: nothing is done, and that is told."""
        self.warn(interaction)
        await self.say(interaction, "agent.click_outdated")

    @staticmethod
    def warn(interaction: Interaction) -> None:
        """One line in the log; what was sent may be anything and stays out of it."""
        log.warning("click_not_valid", extra={"action": interaction.name[:80], "user": interaction.person})
