"""People who come into the workspace for the first time, and what they do with the bot on the page."""

import re
from itertools import count

from playwright.async_api import Locator, expect

from playground.slack.directory import direct_channel
from playground.slack.records import Person

from .visitor import Visitor

NUMBERS = count(1)


class Newcomer(Visitor):
    """A visitor who is somebody of their own: no settings are theirs yet, and the bot has never met them."""

    person: Person

    @classmethod
    async def comes(cls, visitor: Visitor, locale: str = "en-US") -> "Newcomer":
        """Take over a visitor's page, in the same room."""
        newcomer = cls(visitor.page, visitor.playground, visitor.room)
        newcomer.complaints = visitor.complaints
        newcomer.person = newcomer._enrolled(locale)
        await newcomer.visit(visitor.room.id)
        return newcomer

    def _enrolled(self, locale: str) -> Person:
        workspace, number = self.playground.workspace, next(NUMBERS)
        identity = workspace.identity
        name = f"newcomer{number}"
        person = Person(f"U0NEW{number:05}", name, f"New Comer {number}", identity.team_id, locale=locale)
        direct = direct_channel(person, identity.bot_user_id)
        workspace.people[person.id], workspace.channels[direct.id] = person, direct
        self.room.members.add(person.id)
        return person

    async def visit(self, *place: str) -> None:
        """Open a channel, by its id, and what is open in it."""
        await self.page.goto(f"{self.playground.page_url}#/{'/'.join((self.person.id, *place))}")
        await self.page.locator(".me", has_text=self.person.real_name).wait_for(state="attached")

    async def direct_messages(self) -> None:
        """Open the messages with the bot."""
        await self.visit(f"D{self.person.id[1:]}")
        await self.page.get_by_role("tab", name="Messages").wait_for()

    async def asks(self, text: str) -> Locator:
        """Ask in a thread of its own; the answer, once it is whole."""
        await self.write(f"@Threadwell {text}")
        question = self.messages().last
        await expect(question).to_contain_text(text)
        await self.visit(self.room.id, await question.get_attribute("data-ts") or "")
        await expect(self.messages("thread").first).to_contain_text(text)
        return (await self.answered()).first

    async def asks_on(self, text: str, answers: int) -> Locator:
        """Write in the open thread; the answer with this number, once it is whole."""
        await self.write(text, "thread")
        return (await self.answered(answers)).nth(answers - 1)

    async def keeps(self) -> None:
        """Save the settings in the window, see that they are saved, and close it."""
        await self.submit_modal()
        await expect(self.modal).to_contain_text(re.compile(r"^.*(Saved|Gespeichert)", re.DOTALL))
        await self.modal.locator(".view-foot button").click()
        await expect(self.modal).to_be_hidden()

    async def bot_writes(self) -> Locator:
        """The text of an answer that is being written, once there are some words."""
        live = self.thread.locator(".message.live .text")
        await expect(live).to_contain_text("Part 1")
        return live

    async def deletes(self, message: Locator) -> None:
        """Delete a message with the keyboard, however much the thread is moving."""
        await message.focus()
        await self.page.keyboard.press("Delete")
        await self.page.get_by_role("dialog").get_by_role("button", name="Delete").click()

    async def edits_last(self, text: str, where: str) -> None:
        """Give one's own last message other words, with the keyboard."""
        await self.composer(where).press("ArrowUp")
        await self.page.get_by_label("Edit the message").fill(text)
        await self.page.keyboard.press("Enter")

    async def waits(self, text: str) -> Locator:
        """Write into a busy thread, and see that the message waits."""
        await self.write(text, "thread")
        waiting = self.messages("thread").filter(has_text=text)
        await expect(waiting.locator(".chip")).to_contain_text("⏳")
        return waiting
