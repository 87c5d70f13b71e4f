"""The workspace: its state, and what people do in it.

Texts are as on the wire: `&`, `<` and `>` that mean themselves are written `&amp;`, `&lt;`, `&gt;`, and a mention is
`<@U…>`. What the app does comes in through the Web API and uses the same few operations.
"""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from typing import Literal

from playground.slack.changes import Change, Changes, Found, Kind, Subscription, ThreadId
from playground.slack.clock import Clock, Timestamps, new_id
from playground.slack.directory import Identity, direct_channel, first_channels, first_people
from playground.slack.events import Events, rich_text
from playground.slack.faults import Faults
from playground.slack.records import Channel, ChannelKind, Ephemeral, Message, Person
from playground.slack.sessions import Sessions
from playground.slack.shapes import message_shape
from playground.slack.streams import Streams
from playground.slack.wire import Json, JsonObject, SlackError

TOMBSTONE = "This message was deleted."


class Workspace:
    """People, channels, messages, streams and sessions. Every refusal is a SlackError."""

    def __init__(self, send: Callable[[JsonObject], None], changes: Changes, faults: Faults, clock: Clock) -> None:
        self.identity = Identity()
        self.clock = clock
        self.faults = faults
        self.changes = changes
        self.events = Events(self.identity, self.clock, send)
        self.timestamps = Timestamps(self.clock)
        self.people = {person.id: person for person in first_people(self.identity)}
        self.channels = {channel.id: channel for channel in first_channels(self.identity, list(self.people.values()))}
        self.ephemerals: list[Ephemeral] = []
        self.is_agent = True
        """Whether the app is declared an agent; without it, sessions and suggested prompts are refused."""
        self.sessions = Sessions(self)
        self.streams = Streams(self)
        self._send = send

    # -- looking -----------------------------------------------------------------------------------------------------

    def person(self, user: str) -> Person:
        """A person by id or name."""
        if found := self.people.get(user):
            return found
        for person in self.people.values():
            if person.name == user:
                return person
        raise SlackError("user_not_found")

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

    def answers(self, channel: str, thread_ts: str) -> list[Message]:
        """What the bot wrote in a thread."""
        return [message for message in self.thread(channel, thread_ts) if message.bot_id is not None]

    def open_streams(self) -> list[Message]:
        """Streamed messages that were neither ended nor have expired."""
        return self.streams.open()

    def status(self, channel: str, thread_ts: str) -> str:
        """The line that says what the bot is doing in a thread; empty when there is none."""
        return self.sessions.status_line(self.channel(channel).id, thread_ts)

    def session(self, channel: str, thread_ts: str) -> str:
        """The status of a thread's agent session; empty when there is none."""
        return self.sessions.status_of(self.channel(channel).id, thread_ts)

    async def wait_for(
        self,
        predicate: Callable[[], Found | Literal[False] | None],
        timeout: float = 10.0,
        thread: ThreadId | None = None,
    ) -> Found:
        """See `Changes.wait_for`."""
        return await self.changes.wait_for(predicate, timeout, thread)

    def subscribe(self, size: int = 1_000) -> Subscription:
        """A bounded queue of changes, as a context manager."""
        return Subscription(self.changes, size)

    # -- people and places -------------------------------------------------------------------------------------------

    def add_person(self, name: str, *, is_restricted: bool = False, is_stranger: bool = False) -> Person:
        """A new person, in the public channels and with direct messages."""
        team = self.identity.other_team_id if is_stranger else self.identity.team_id
        person = Person(new_id("U"), name, name.title(), team, is_restricted, is_stranger)
        self.people[person.id] = person
        for channel in self.channels.values():
            if channel.kind == "channel" and (not is_stranger or channel.is_ext_shared):
                channel.members.add(person.id)
        direct = direct_channel(person, self.identity.bot_user_id)
        self.channels[direct.id] = direct
        self.note("channel", direct.id)
        return person

    def add_channel(self, name: str, members: Sequence[str] = (), *, private: bool = False) -> Channel:
        """A new channel with the given people, or with everybody of the workspace, and the bot."""
        people = {self.person(member).id for member in members} or {
            person.id for person in self.people.values() if not person.is_stranger
        }
        kind: ChannelKind = "group" if private else "channel"
        channel = Channel(new_id("C"), name, kind, people | {self.identity.bot_user_id})
        self.channels[channel.id] = channel
        self.note("channel", channel.id)
        return channel

    # -- what people do ----------------------------------------------------------------------------------------------

    def post(  # each is a part of a message
        self,
        user: str,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        *,
        subtype: str | None = None,
        files: Sequence[JsonObject] = (),
    ) -> str:
        """A person writes; returns the ts. In a channel that mentions the bot this makes two events."""
        person, place = self.person(user), self.channel(channel)
        self.check_writable(place, person.id)
        message = Message(
            place.id,
            self.timestamps.next(),
            person.id,
            text,
            thread_ts,
            subtype or ("file_share" if files else None),
            client_msg_id=str(uuid.uuid4()),
            blocks=rich_text(text),
            files=tuple(files),
        )
        self.add(message)
        return message.ts

    def edit(self, channel: str, ts: str, text: str) -> None:
        """A message's author changes its text."""
        message = self.message(channel, ts)
        blocks: Json = rich_text(text) if message.bot_id is None else None
        self.change(message, text=text, blocks=blocks, edited=self.timestamps.next())

    def unfurl(self, channel: str, ts: str) -> None:
        """Slack adds a preview: the text stays, and yet `message_changed` is sent."""
        message = self.message(channel, ts)
        self.change(message, text=message.text, attachments=[{"id": 1, "title": "A page", "fallback": "A page"}])

    def delete(self, channel: str, ts: str) -> None:
        """A message goes; the first one of a thread with replies leaves a tombstone."""
        place, message = self.channel(channel), self.message(channel, ts)
        before = message_shape(self.identity, message)
        thread = place.threads.get(message.root_ts, [])
        if message.stream is not None:
            self.streams.finish(message, "ended")
        if not message.is_reply and len(thread) > 1:
            message.subtype, message.text, message.user = "tombstone", TOMBSTONE, "USLACKBOT"
            message.bot_id = message.blocks = message.attachments = message.metadata = None
            message.files = ()
            self.events.changed(place, self.timestamps.next(), before, message_shape(self.identity, message))
        else:
            del place.messages[ts]
            self._leave_thread(place, thread, message)
            self.events.deleted(place, self.timestamps.next(), before)
        self.note("deleted", place.id, message.root_ts, ts)

    def _leave_thread(self, place: Channel, thread: list[Message], message: Message) -> None:
        thread.remove(message)
        if not thread:
            del place.threads[message.root_ts]

    def react(self, user: str, channel: str, ts: str, name: str) -> None:
        """Add an emoji reaction."""
        person, message = self.person(user), self.message(channel, ts)
        users = message.reactions.setdefault(name, [])
        if person.id in users:
            raise SlackError("already_reacted")
        users.append(person.id)
        self._reacted("reaction_added", person, message, name)

    def unreact(self, user: str, channel: str, ts: str, name: str) -> None:
        """Take an emoji reaction back."""
        person, message = self.person(user), self.message(channel, ts)
        if person.id not in message.reactions.get(name, ()):
            raise SlackError("no_reaction")
        message.reactions[name].remove(person.id)
        if not message.reactions[name]:
            del message.reactions[name]
        self._reacted("reaction_removed", person, message, name)

    def _reacted(self, kind: str, person: Person, message: Message, name: str) -> None:
        event: JsonObject = {
            "type": kind,
            "user": person.id,
            "reaction": name,
            "item_user": message.user,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
            "event_ts": self.timestamps.next(),
        }
        self.events.send(kind, self.channels[message.channel], event)
        self.note("reaction", message.channel, message.root_ts, message.ts)

    def press_stop(self, user: str, channel: str, thread_ts: str) -> None:
        """A person stops the bot: live streams of the thread refuse more text, and the app is told."""
        self.sessions.stop(self.person(user), self.channel(channel), thread_ts)

    def rename_session(self, user: str, channel: str, thread_ts: str, title: str) -> None:
        """A person gives a session another title."""
        self.sessions.rename(self.person(user), self.channel(channel), thread_ts, title)

    # -- raw events --------------------------------------------------------------------------------------------------

    def send_event(self, payload: JsonObject, after: float = 0.0) -> None:
        """Send the body of an `events_api` envelope as it is, after a while in seconds if wanted.

        The same payload twice is a repeated event; `events.payload` makes one around an event.
        """
        if after:
            asyncio.get_running_loop().call_later(after, self._send, payload)
        else:
            self._send(payload)

    # -- what the Web API does too -----------------------------------------------------------------------------------

    def check_writable(self, place: Channel, user: str) -> None:
        """Refuse writing where the person is not a member or the channel is archived."""
        if user not in place.members:
            raise SlackError("not_in_channel")
        if place.is_archived:
            raise SlackError("is_archived")

    def check_thread(self, place: Channel, thread_ts: str) -> None:
        """Refuse a thread whose first message does not exist or is itself a reply."""
        root = place.messages.get(thread_ts)
        if root is None:
            raise SlackError("thread_not_found")
        if root.is_reply:
            raise SlackError("cannot_reply_to_message")

    def add(self, message: Message) -> None:
        """Put a new message in its place and tell about it."""
        place = self.channels[message.channel]
        if message.thread_ts is not None:
            self.check_thread(place, message.thread_ts)
        place.messages[message.ts] = message
        place.threads.setdefault(message.root_ts, []).append(message)
        if message.bot_id is not None and message.stream is None:
            self.sessions.clear_line(place.id, message.root_ts)
        self.events.posted(place, message, self.people[message.user].team_id)
        self.note("message", place.id, message.root_ts, message.ts)

    def change(
        self,
        message: Message,
        *,
        text: str,
        blocks: Json = None,
        attachments: Json = None,
        edited: str | None = None,
    ) -> None:
        """Replace a message's content and tell about it."""
        before = message_shape(self.identity, message)
        message.text, message.blocks, message.attachments = text, blocks, attachments
        message.edited = edited or message.edited
        self.told_change(message, before)

    def told_change(self, message: Message, before: JsonObject) -> None:
        """Tell that a message is no longer as it was `before` (its shape)."""
        after = message_shape(self.identity, message)
        self.events.changed(self.channels[message.channel], self.timestamps.next(), before, after)
        self.note("changed", message.channel, message.root_ts, message.ts)

    def note(self, kind: Kind, channel: str = "", thread_ts: str = "", ts: str = "") -> None:
        """Tell those who listen on this machine."""
        self.changes.publish(Change(kind, channel, thread_ts, ts))
