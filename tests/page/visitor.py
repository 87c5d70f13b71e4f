"""A person in front of the page: what they do with keyboard and mouse, and what they see."""

import re

from playwright.async_api import ConsoleMessage, Error, Locator, Page

from playground.server import Playground
from playground.slack.records import Channel

from .interacting import Interacting

WAIT = 15_000  # milliseconds


class Visitor(Interacting):
    """`complaints` are the errors and warnings of the browser, violations of the page's policy among them."""

    def __init__(self, page: Page, playground: Playground, room: Channel) -> None:
        self.page = page
        self.room = room
        self.playground = playground
        self.complaints: list[str] = []
        page.set_default_timeout(WAIT)
        page.on("console", self._hear)
        page.on("pageerror", self._fail)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _fail(self, error: Error) -> None:
        self.complaints.append(str(error))

    async def open(self) -> None:
        """Open the page as Ada, in the room."""
        ada = self.playground.workspace.person("ada")
        await self.page.goto(f"{self.playground.page_url}#/{ada.id}/{self.room.id}")
        await self.page.locator(".room[aria-current]", has_text=self.room.name).wait_for()

    # -- places ------------------------------------------------------------------------------------------------------

    @property
    def channel(self) -> Locator:
        return self.page.locator("#channel")

    @property
    def thread(self) -> Locator:
        return self.page.locator("#thread")

    @property
    def panel(self) -> Locator:
        return self.page.locator("#panel")

    def composer(self, where: str = "channel") -> Locator:
        return self.page.locator(f".composer[data-where={where}] textarea")

    def messages(self, where: str = "channel") -> Locator:
        return self.page.locator(f"#{where} .message")

    async def go(self, room: str) -> None:
        """Open a channel, or the direct messages with the bot."""
        name = re.compile(rf"^{re.escape(room)}\b")
        await self.page.locator(".room", has_text=name).click()
        await self.page.locator(".room[aria-current]", has_text=name).wait_for()

    async def write_as(self, name: str) -> None:
        await self.page.get_by_role("link", name=f"Write as {name}").click()
        await self.page.locator(".me", has_text=name).wait_for()

    # -- writing -----------------------------------------------------------------------------------------------------

    async def write(self, text: str, where: str = "channel") -> None:
        """Type and send, and see it stand there."""
        before = await self.messages(where).count()
        await self.composer(where).fill(text)
        await self.composer(where).press("Enter")
        await self.messages(where).nth(before).wait_for()

    async def answered(self, count: int = 1) -> Locator:
        """The bot's messages in the open thread, once there are so many and none is still being written.

        Notes for one person alone are none of them.
        """
        answers = self.thread.locator(".message:not(.ephemeral)", has=self.page.locator(".badge"))
        await answers.nth(count - 1).wait_for()
        await self.page.locator("#thread .message.live").wait_for(state="detached")
        await self.page.locator("#thread-status:empty").wait_for(state="attached")
        return answers

    async def tool(self, message: Locator, name: str) -> None:
        """Press a button of a message's toolbar."""
        await message.hover()
        await message.get_by_role("button", name=name, exact=True).click()
