"""What a person has before their eyes: messages, notes, and messages that an open client still shows."""

from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING

from playground.slack.json_parts import objects
from playground.slack.records import Channel, Ephemeral, Message
from playground.slack.wire import JsonObject, SlackError

if TYPE_CHECKING:
    from playground.slack.workspace import Workspace

KEPT = 1_000


class ShownMessages:
    """Finds what is clicked. Deleted messages are kept as they last were, the newest 1,000."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._gone: dict[tuple[str, str], Message] = {}
        self._votes: dict[tuple[str, str, str], dict[str, str]] = {}

    def remember(self, message: Message) -> None:
        """Keep a message that is about to be deleted."""
        if len(self._gone) >= KEPT:
            del self._gone[next(iter(self._gone))]
        self._gone[message.channel, message.ts] = copy(message)

    def find(self, place: Channel, ts: str, user: str) -> Message | Ephemeral:
        """A message, one that is gone, or a note of this person."""
        if (gone := self._gone.get((place.id, ts))) is not None:
            return gone
        found = place.messages.get(ts) or self._workspace.interactivity.notes.find(place.id, ts, user)
        if found is None:
            raise SlackError("message_not_found")
        return found

    def vote(self, user: str, channel: str, ts: str, action_id: str, value: str) -> None:
        """Remember which feedback button a person pressed: Slack's client marks it, and tells nobody but the app."""
        self._votes.setdefault((user, channel, ts), {})[action_id] = value
        message = self._workspace.channels[channel].messages.get(ts)
        self._workspace.note("changed", channel, message.root_ts if message is not None else "", ts)

    def votes(self, user: str, channel: str, ts: str) -> Mapping[str, str]:
        """The values of the feedback buttons a person pressed under a message, by action id."""
        return self._votes.get((user, channel, ts), {})


def blocks_of(shown: Message | Ephemeral) -> list[JsonObject]:
    """All blocks of a message, those that came as chunks of a stream too."""
    chunks = shown.chunks if isinstance(shown, Message) else []
    streamed = [block for chunk in chunks for block in objects(chunk.get("blocks"))]
    return [*streamed, *objects(shown.blocks)]
