"""The files of a workspace: how they come, who may delete them, and where they were sent."""

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from playground.slack.clock import new_id
from playground.slack.files import File, FileAccess, FileMode
from playground.slack.records import Channel, Message
from playground.slack.shapes import message_shape
from playground.slack.wire import JsonObject, SlackError

if TYPE_CHECKING:
    from playground.slack.workspace import Workspace


class Filing:
    """Keeps files by id, their bytes in memory. `address` is where the workspace is served, with a / at its end."""

    def __init__(self, workspace: "Workspace") -> None:
        self.address = ""
        self.known: dict[str, File] = {}
        self._by_ticket: dict[str, File] = {}
        self._workspace = workspace

    # -- looking -----------------------------------------------------------------------------------------------------

    def file(self, file_id: str) -> File:
        """A file that was completed, deleted or not."""
        if (found := self.known.get(file_id)) is not None and found.completed:
            return found
        raise SlackError("file_not_found")

    def by_ticket(self, ticket: str) -> File | None:
        """The file whose bytes a ticket stands for; None once it was completed."""
        return self._by_ticket.get(ticket)

    def shares(self, file: File) -> list[tuple[Channel, Message]]:
        """The messages that hold a file and are still there."""
        channels = self._workspace.channels
        return [
            (channels[channel], message)
            for channel, ts in file.places
            if (message := channels[channel].messages.get(ts)) is not None and file in message.files
        ]

    # -- coming ------------------------------------------------------------------------------------------------------

    def reserve(self, user: str, name: str, length: int, alt_txt: str = "") -> File:
        """A place for the bytes of a file."""
        workspace = self._workspace
        file = File(
            new_id("F"),
            workspace.people[user].team_id,
            user,
            name,
            name,
            int(workspace.clock.now()),
            self.address,
            length,
            alt_txt,
            secrets.token_urlsafe(24),
        )
        self.known[file.id] = self._by_ticket[file.ticket] = file
        return file

    def keep(self, user: str, name: str, data: bytes) -> File:
        """A file whose bytes are there, and which waits for its message."""
        file = self.reserve(user, name, len(data))
        file.data = data
        return file

    def complete(self, file: File) -> None:
        """The file is there for good; its ticket is spent."""
        file.completed = True
        self._by_ticket.pop(file.ticket, None)

    def sent(self, message: Message) -> None:
        """A message brings its files."""
        for file in message.files:
            self.complete(file)
            file.places.append((message.channel, message.ts))

    def waiting(self, file_id: str) -> File:
        """A file of people that waits for its message."""
        found = self.known.get(file_id)
        if found is None or found.completed or found.user == self._workspace.identity.bot_user_id:
            raise SlackError("file_not_found")
        return found

    def drop(self, file_id: str) -> None:
        """Forget a file that waits for its message."""
        file = self.waiting(file_id)
        del self.known[file.id]
        self._by_ticket.pop(file.ticket, None)

    def make(
        self, user: str, files: Sequence[tuple[str, bytes]], mode: FileMode, file_access: FileAccess
    ) -> list[File]:
        """Files by name and bytes, ready for a message."""
        made = [self.keep(user, name, data) for name, data in files]
        for file in made:
            file.mode, file.file_access = mode, file_access
        return made

    # -- going -------------------------------------------------------------------------------------------------------

    def delete(self, user: str, file_id: str) -> None:
        """A file's owner deletes it: its bytes are gone, its messages show a tombstone, and the app is told."""
        file = self.file(file_id)
        if file.is_gone:
            raise SlackError("file_deleted")
        if file.user != user:
            raise SlackError("cant_delete_file")
        workspace = self._workspace
        shares = self.shares(file)
        before = [message_shape(workspace.identity, message) for _, message in shares]
        file.mode, file.data = "tombstone", None
        self._tell(file)
        for (_, message), shape in zip(shares, before, strict=True):
            workspace.told_change(message, shape)

    def _tell(self, file: File) -> None:
        """`file_deleted`, once, where the app has seen the file."""
        workspace = self._workspace
        bot = workspace.identity.bot_user_id
        seen = [place for channel, _ in file.places if bot in (place := workspace.channels[channel]).members]
        event: JsonObject = {
            "type": "file_deleted",
            "file_id": file.id,
            "channel_ids": list(dict.fromkeys(channel.id for channel in seen)),
            "event_ts": workspace.timestamps.next(),
        }
        if seen:
            workspace.events.send("file_deleted", seen[0], event)
