"""Where a visitor is: who they write as, which channel and tab are open, and which thread."""

from dataclasses import dataclass, replace

from playground.slack.records import Channel, Person
from playground.slack.workspace import Workspace

TABS = {"messages": "Messages", "home": "Home"}
"""The tabs of direct messages with the bot."""


@dataclass(frozen=True, slots=True)
class Place:
    """`thread_ts` is empty while no thread is open; `tab` is one of `TABS`."""

    person: Person
    channel: Channel
    thread_ts: str = ""
    tab: str = "messages"

    @property
    def address(self) -> str:
        """The part of the page's address behind the #."""
        return address(self.person.id, self.channel.id, self.inner)

    @property
    def inner(self) -> str:
        """What is open inside the channel: its thread, or its home tab."""
        return self.tab if self.tab == "home" else self.thread_ts

    @property
    def opened(self) -> tuple[str, str, str]:
        """Person, channel and tab: what Slack tells an app when it becomes another one."""
        return self.person.id, self.channel.id, self.tab

    def beside(self, tab: str) -> "Place":
        """The same channel with another tab."""
        return replace(self, tab=tab, thread_ts="")


def address(person: str, channel: str, inner: str = "") -> str:
    """Where a person, a channel and a thread, or its home tab, are found on the page."""
    return "/" + "/".join(filter(None, (person, channel, inner)))


def writers(workspace: Workspace) -> list[Person]:
    """Everybody a visitor can write as."""
    return [person for person in workspace.people.values() if not person.is_bot]


def channels(workspace: Workspace, person: Person) -> list[Channel]:
    """What a person sees: the channels they are in, then their direct messages."""
    own = [channel for channel in workspace.channels.values() if person.id in channel.members]
    return sorted(own, key=lambda channel: channel.kind == "im")


def settle(workspace: Workspace, person: str, channel: str, inner: str) -> Place:
    """The nearest place to the wanted one: another person takes their own direct messages for somebody else's."""
    people = {candidate.id: candidate for candidate in writers(workspace)}
    who = people.get(person) or next(iter(people.values()))
    seen = channels(workspace, who)
    wanted = workspace.channels.get(channel)
    if wanted is not None and wanted.kind == "im":
        wanted = workspace.direct(who.id)
    where = wanted if wanted in seen else seen[0]
    tab = "home" if inner == "home" and where.kind == "im" else "messages"
    return Place(who, where, inner if inner in where.threads else "", tab)
