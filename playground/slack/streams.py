"""Streamed messages: the life of one from its start to its end, its expiry, or a person's stop."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from playground.slack.records import Channel, Message, SessionStatus, Stream, StreamState
from playground.slack.shapes import message_shape
from playground.slack.wire import JsonObject, SlackError

if TYPE_CHECKING:
    from playground.slack.workspace import Workspace

STREAM_CHARACTERS = 12_000
"""Longest text of one call, and of one streamed message in all."""


class Streams:
    """The streams of a workspace."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._live: dict[tuple[str, str], Message] = {}

    def open(self) -> list[Message]:
        return list(self._live.values())

    def start(self, place: Channel, thread_ts: str, recipient: str) -> Message:
        """A new, empty streamed message; it expires after the lifetime, whatever is appended."""
        workspace = self._workspace
        identity = workspace.identity
        lifetime = workspace.faults.stream_lifetime
        stream = Stream(thread_ts, recipient, workspace.clock.monotonic() + lifetime)
        ts = workspace.timestamps.next()
        message = Message(place.id, ts, identity.bot_user_id, "", thread_ts, bot_id=identity.bot_id, stream=stream)
        workspace.add(message)
        self._live[place.id, ts] = message
        stream.timer = asyncio.get_running_loop().call_later(lifetime, self._expire, message)
        if workspace.is_agent:
            workspace.sessions.set(place.id, thread_ts, "processing")
        workspace.sessions.clear_line(place.id, thread_ts)
        return message

    def append(self, message: Message, texts: Sequence[str], chunks: Sequence[JsonObject]) -> None:
        """Add text and chunks to a live stream."""
        stream = message.stream
        if stream is None or stream.state in {"ended", "expired"}:
            raise SlackError("message_not_in_streaming_state")
        if stream.state == "stopped":
            raise SlackError("stopped_by_user")
        self._extend(message, stream, texts, chunks)
        self._workspace.note("changed", message.channel, message.root_ts, message.ts)

    def _extend(self, message: Message, stream: Stream, texts: Sequence[str], chunks: Sequence[JsonObject]) -> None:
        if len(message.text) + sum(map(len, texts)) > STREAM_CHARACTERS:
            raise SlackError("msg_too_long")
        now = self._workspace.clock.monotonic()
        stream.pieces += [(now, text) for text in texts]
        message.text += "".join(texts)
        message.chunks += chunks

    def end(
        self,
        message: Message,
        texts: Sequence[str],
        chunks: Sequence[JsonObject],
        blocks: Sequence[JsonObject],
        metadata: JsonObject | None,
        session_status: SessionStatus,
    ) -> None:
        """End a stream that lives or was stopped by a person."""
        stream = message.stream
        if stream is None or stream.state in {"ended", "expired"}:
            raise SlackError("message_not_in_streaming_state")
        before = message_shape(self._workspace.identity, message)
        self._extend(message, stream, texts, chunks)
        message.blocks = list(blocks) or None
        message.metadata = metadata
        self.finish(message, "ended")
        if self._workspace.is_agent:
            self._workspace.sessions.set(message.channel, message.root_ts, session_status)
        self._workspace.told_change(message, before)

    def finish(self, message: Message, state: StreamState) -> None:
        """A stream leaves the live state for good."""
        if message.stream is None:
            return
        message.stream.state = state
        if message.stream.timer is not None:
            message.stream.timer.cancel()
        self._live.pop((message.channel, message.ts), None)

    def _expire(self, message: Message) -> None:
        self.finish(message, "expired")
        if self._workspace.is_agent:
            self._workspace.sessions.set(message.channel, message.root_ts, "active")
        self._workspace.note("changed", message.channel, message.root_ts, message.ts)

    def expire_all(self) -> None:
        """Let every live stream expire now."""
        for message in self.open():
            self._expire(message)

    def stop_by_user(self, channel: str, thread_ts: str) -> list[Message]:
        """A person's stop: the thread's live streams take no more text; only their end is still accepted."""
        stopped = [message for message in self.open() if (message.channel, message.root_ts) == (channel, thread_ts)]
        for message in stopped:
            if message.stream is not None:
                message.stream.state = "stopped"
        self._workspace.note("changed", channel, thread_ts)
        return stopped

    def close(self) -> None:
        """Stop the clocks; for the end of the workspace."""
        for message in self.open():
            self.finish(message, "expired")
