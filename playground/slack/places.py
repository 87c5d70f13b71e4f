"""People and channels, and where to find them."""

from dataclasses import replace

from playground.slack.directory import Identity, first_channels, first_people
from playground.slack.records import Channel, Message, Person
from playground.slack.wire import SlackError


class Places:
    """What a workspace consists of, and looking things up in it. What is not there is a SlackError."""

    def __init__(self) -> None:
        self.identity = Identity()
        self.people = {person.id: person for person in first_people(self.identity)}
        self.channels = {channel.id: channel for channel in first_channels(self.identity, list(self.people.values()))}

    def person(self, user: str) -> Person:
        """A person by id or name."""
        if found := self.people.get(user):
            return found
        for person in self.people.values():
            if person.name == user:
                return person
        raise SlackError("user_not_found")

    def set_locale(self, user: str, locale: str) -> None:
        """A person chooses another language, such as "de-DE"."""
        person = self.person(user)
        self.people[person.id] = replace(person, locale=locale)

    def channel(self, channel: str) -> Channel:
        """A channel by id or name."""
        if found := self.channels.get(channel):
            return found
        for candidate in self.channels.values():
            if candidate.name == channel and candidate.kind != "im":
                return candidate
        raise SlackError("channel_not_found")

    def direct(self, user: str) -> Channel:
        """The direct messages of a person and the bot."""
        return self.channels["D" + self.person(user).id[1:]]

    def message(self, channel: str, ts: str) -> Message:
        """One message."""
        if found := self.channel(channel).messages.get(ts):
            return found
        raise SlackError("message_not_found")

    def thread(self, channel: str, thread_ts: str) -> list[Message]:
        """A thread, its first message first; empty when there is none."""
        return list(self.channel(channel).threads.get(thread_ts, ()))
