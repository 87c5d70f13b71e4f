"""What a workspace consists of: people, channels, messages and what is attached to them."""

from asyncio import TimerHandle
from dataclasses import dataclass, field
from typing import Literal, get_args

from playground.slack.files import File
from playground.slack.wire import Json, JsonObject

ChannelKind = Literal["channel", "group", "im"]
StreamState = Literal["live", "ended", "expired", "stopped"]
SessionStatus = Literal["active", "processing", "suspended", "closed"]
SESSION_STATUSES: tuple[SessionStatus, ...] = get_args(SessionStatus)
TOMBSTONE = "This message was deleted."


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the workspace, a guest (`is_restricted`), somebody of another one (`is_stranger`), or a bot."""

    id: str
    name: str
    real_name: str
    team_id: str
    is_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    locale: str = "en-US"


@dataclass(slots=True)
class Stream:
    """How a streamed message came to be. `pieces` holds each text as received, with its time (`time.monotonic`)."""

    thread_ts: str
    recipient: str
    deadline: float
    state: StreamState = "live"
    pieces: list[tuple[float, str]] = field(default_factory=list)
    timer: TimerHandle | None = None


@dataclass(slots=True)
class Message:
    """A message. `text` is what the author sent, unchanged: for a streamed one the raw Markdown received so far."""

    channel: str
    ts: str
    user: str
    text: str
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    client_msg_id: str | None = None
    edited: str | None = None
    blocks: Json = None
    attachments: Json = None
    metadata: JsonObject | None = None
    files: tuple[File, ...] = ()
    reactions: dict[str, list[str]] = field(default_factory=dict)
    stream: Stream | None = None
    chunks: list[JsonObject] = field(default_factory=list)
    """Task and plan chunks of a stream, as received."""
    markdown: bool = False
    """Whether the text was sent as Markdown, which Slack keeps as rich text."""

    @property
    def root_ts(self) -> str:
        return self.thread_ts or self.ts

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    def bury(self) -> None:
        """Leave no more than that there was a message."""
        self.subtype, self.text, self.user = "tombstone", TOMBSTONE, "USLACKBOT"
        self.bot_id = self.blocks = self.attachments = self.metadata = None
        self.files, self.chunks = (), []


@dataclass(slots=True)
class Channel:
    """A place for messages, by ts in the order they came. `threads` holds every thread with its first message."""

    id: str
    name: str
    kind: ChannelKind
    members: set[str]
    is_archived: bool = False
    is_ext_shared: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    threads: dict[str, list[Message]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ephemeral:
    """A message that only `user` sees."""

    channel: str
    ts: str
    user: str
    text: str
    thread_ts: str | None
    blocks: Json = None


@dataclass(frozen=True, slots=True)
class Status:
    """The line under a thread that says what the bot is doing; gone at `expires` (`time.monotonic`)."""

    text: str
    loading_messages: tuple[str, ...]
    expires: float


@dataclass(slots=True)
class Session:
    """An agent session. `processing` ends by itself at `expires` (`time.monotonic`)."""

    status: SessionStatus
    title: str
    expires: float
