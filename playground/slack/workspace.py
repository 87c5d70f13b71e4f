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
from playground.slack.delivering import Deliver
from playground.slack.directory import direct_channel
from playground.slack.events import Events, rich_text
from playground.slack.faults import Faults
from playground.slack.files import File, FileAccess, FileMode
from playground.slack.filing import Filing
from playground.slack.interactive_records import View, first_commands, first_shortcuts
from playground.slack.interactivity import Interactivity
from playground.slack.places import Places
from playground.slack.reactions import add_reaction, remove_reaction
from playground.slack.records import Channel, ChannelKind, Ephemeral, Message, Person
from playground.slack.sessions import Sessions
from playground.slack.shapes import message_shape
from playground.slack.streams import Streams
from playground.slack.wire import Json, JsonObject, SlackError


class Workspace(Places):
    """People, channels, messages, streams and sessions. Every refusal is a SlackError."""

    def __init__(self, send: Deliver, changes: Changes, faults: Faults, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.faults = faults
        self.changes = changes
        self.events = Events(self.identity, self.clock, send)
        self.timestamps = Timestamps(self.clock)
        self.ephemerals: list[Ephemeral] = []
        self.is_agent = True
        """Whether the app is declared an agent; without it, sessions and suggested prompts are refused."""
        self.sessions = Sessions(self)
        self.streams = Streams(self)
        self.filing = Filing(self)
        self.interactivity = Interactivity(self, send)
        self.commands = first_commands()
        self.shortcuts = first_shortcuts()
        self._send = send

    # -- looking -----------------------------------------------------------------------------------------------------

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

    def views_of(self, user: str) -> Sequence[View]:
        """The modals a person has open, the one on top last."""
        return self.interactivity.views.of(self.person(user).id)

    def home_of(self, user: str) -> View | None:
        """The home tab the app published for a person."""
        return self.interactivity.views.homes.get(self.person(user).id)

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
        files: Sequence[File] = (),
    ) -> str:
        """A person writes; returns the ts. In a channel that mentions the bot this makes two events.

        `files` wait in `filing` for their message.
        """
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

    def upload(  # each is a part of a message
        self,
        user: str,
        channel: str,
        text: str,
        files: Sequence[tuple[str, bytes]],
        thread_ts: str | None = None,
        *,
        mode: FileMode = "hosted",
        file_access: FileAccess = "visible",
    ) -> str:
        """A person writes a message with files, each a name and its bytes; returns the ts."""
        person = self.person(user)
        return self.post(
            person.id, channel, text, thread_ts, files=self.filing.make(person.id, files, mode, file_access)
        )

    def delete_file(self, user: str, file_id: str) -> None:
        """A person deletes a file of theirs, wherever it was sent."""
        self.filing.delete(self.person(user).id, file_id)

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
        self.interactivity.messages.remember(message)
        if message.stream is not None:
            self.streams.finish(message, "ended")
        if not message.is_reply and len(thread) > 1:
            message.bury()
            self.events.changed(place, self.timestamps.next(), before, message_shape(self.identity, message))
        else:
            del place.messages[ts]
            thread.remove(message)
            if not thread:
                del place.threads[message.root_ts]
            self.events.deleted(place, self.timestamps.next(), before)
        self.note("deleted", place.id, message.root_ts, ts)

    def react(self, user: str, channel: str, ts: str, name: str) -> None:
        """Add an emoji reaction."""
        add_reaction(self, self.person(user), self.message(channel, ts), name)

    def unreact(self, user: str, channel: str, ts: str, name: str) -> None:
        """Take an emoji reaction back."""
        remove_reaction(self, self.person(user), self.message(channel, ts), name)

    def press_stop(self, user: str, channel: str, thread_ts: str) -> None:
        """A person stops the bot: live streams of the thread refuse more text, and the app is told."""
        self.sessions.stop(self.person(user), self.channel(channel), thread_ts)

    def rename_session(self, user: str, channel: str, thread_ts: str, title: str) -> None:
        """A person gives a session another title."""
        self.sessions.rename(self.person(user), self.channel(channel), thread_ts, title)

    def open_home(self, user: str) -> None:
        """A person opens the bot's home tab."""
        self.interactivity.homes.open(self.person(user), "home")

    def open_messages(self, user: str) -> None:
        """A person opens the messages tab of the bot."""
        self.interactivity.homes.open(self.person(user), "messages")

    def join_bot(self, channel: str, by: str = "") -> None:
        """The bot comes into a channel; `by` is who brought it."""
        self.interactivity.homes.join(self.channel(channel), self.person(by).id if by else "")

    def leave_bot(self, channel: str) -> None:
        """The bot is removed from a channel."""
        self.interactivity.homes.leave(self.channel(channel))

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
        self.filing.sent(message)
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
