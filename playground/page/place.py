"""Where a visitor is: who they write as, which channel is open, and which thread."""

from dataclasses import dataclass

from playground.slack.records import Channel, Person
from playground.slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Place:
    """`thread_ts` is empty while no thread is open."""

    person: Person
    channel: Channel
    thread_ts: str = ""

    @property
    def address(self) -> str:
        """The part of the page's address behind the #."""
        return address(self.person.id, self.channel.id, self.thread_ts)


def address(person: str, channel: str, thread_ts: str = "") -> str:
    """Where a person, a channel and a thread are found on the page."""
    return "/" + "/".join(filter(None, (person, channel, thread_ts)))


def writers(workspace: Workspace) -> list[Person]:
    """Everybody a visitor can write as."""
    return [person for person in workspace.people.values() if not person.is_bot]


def channels(workspace: Workspace, person: Person) -> list[Channel]:
    """What a person sees: the channels they are in, then their direct messages."""
    own = [channel for channel in workspace.channels.values() if person.id in channel.members]
    return sorted(own, key=lambda channel: channel.kind == "im")


def settle(workspace: Workspace, person: str, channel: str, thread_ts: str) -> Place:
    """The nearest place to the wanted one: another person takes their own direct messages for somebody else's."""
    people = {candidate.id: candidate for candidate in writers(workspace)}
    who = people.get(person) or next(iter(people.values()))
    seen = channels(workspace, who)
    wanted = workspace.channels.get(channel)
    if wanted is not None and wanted.kind == "im":
        wanted = workspace.direct(who.id)
    where = wanted if wanted in seen else seen[0]
    return Place(who, where, thread_ts if thread_ts in where.threads else "")
