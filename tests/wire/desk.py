"""What one person does with the bot's windows and notes, and what this person sees of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from playground.server import Playground
from playground.slack.fields import Element, elements_of
from playground.slack.interactive_records import View
from playground.slack.json_parts import part, word
from playground.slack.records import Ephemeral, Message
from playground.slack.shown_messages import blocks_of
from tests.wire.harness import GENERAL, House

COMMAND = "/ai-settings"


@dataclass
class Desk:
    """A person in a playground with a bot, and what this person sees of its windows."""

    house: House
    user: str

    @property
    def playground(self) -> Playground:
        return self.house.playground

    @property
    def top(self) -> View | None:
        views = self.playground.workspace.views_of(self.user)
        return views[-1] if views else None

    async def until(self, callback_id: str) -> View:
        """The top window, once it is this one."""
        return await self.playground.workspace.wait_for(
            lambda: self.top if self.top and self.top.callback_id == callback_id else None
        )

    async def until_drawn(self, block_id: str) -> View:
        """The top window, once it has this field."""
        return await self.playground.workspace.wait_for(
            lambda: self.top if self.top and block_id in [block.get("block_id") for block in self.top.blocks] else None
        )

    async def open(self, text: str = "") -> View:
        """The settings' window, opened by the command."""
        self.playground.workspace.interactivity.command(self.user, GENERAL, COMMAND, text)
        return await self.until("settings")

    async def open_thread(self, ts: str) -> View:
        """The settings' window of a thread, opened from a message."""
        self.playground.workspace.interactivity.message_shortcut(self.user, GENERAL, ts, "thread_settings")
        return await self.until("settings")

    @property
    def notes(self) -> list[Ephemeral]:
        """What only this person was shown, the oldest first."""
        return [note for note in self.playground.workspace.ephemerals if note.user == self.user]

    async def until_told(self, line: str) -> Ephemeral:
        """The first note with these words, once it is there."""
        return await self.playground.workspace.wait_for(
            lambda: next((note for note in self.notes if line in note.text), None)
        )

    def fill(self, view: View, typed: Mapping[str, str], *, check: bool = True) -> None:
        """Type into fields, by setting."""
        ids = [str(block.get("block_id", "")) for block in view.blocks]
        values = {block_id: typed[name] for block_id in ids if (name := block_id.partition(":")[0]) in typed}
        self.playground.workspace.interactivity.fill(self.user, view.id, values, check=check)

    def click(self, view: View, action_id: str, value: str | None = None) -> None:
        """A button, or a choice that redraws the window."""
        self.playground.workspace.interactivity.click_view(self.user, view.id, action_id, value)

    def close(self, view: View) -> None:
        self.playground.workspace.interactivity.close(self.user, view.id)

    async def save(self, view: View, **typed: str) -> None:
        """Fill in, submit, and close the window that says that it is saved."""
        self.fill(view, typed)
        assert self.playground.workspace.interactivity.submit(self.user, view.id)
        self.close(await self.until("saved"))


def somebody(playground: Playground, locale: str = "en-US") -> str:
    """A new person; the id."""
    workspace = playground.workspace
    person = workspace.add_person(f"person {len(workspace.people)}")
    workspace.people[person.id] = replace(person, locale=locale)
    return person.id


def words(view: View) -> str:
    """All that stands in a window."""
    return str(view.blocks)


def buttons(shown: Message | Ephemeral) -> list[Element]:
    """What can be pressed under a message or a note."""
    return list(elements_of(blocks_of(shown)))


def thumb(answer: Message, verdict: str) -> str:
    """The value of the thumb "up" or "down" under an answer."""
    row = next(each.given for each in buttons(answer) if each.kind == "feedback_buttons")
    return word(part(row, {"up": "positive_button", "down": "negative_button"}[verdict]), "value")
