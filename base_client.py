"""The port to a chat platform: what the core knows of it, and nothing more.

Everything here is a frozen value or a protocol. The platform's adapter (`slack_client`) makes the values and implements
the protocols; the core (`message_processor`) consumes them and knows no SDK.
"""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ThreadKey:
    """One conversation. `thread_ts` is the ts of its first message; `team` is the workspace the bot is installed in."""

    team: str
    channel: str
    thread_ts: str

    def __str__(self) -> str:
        return f"{self.channel}/{self.thread_ts}"


@dataclass(frozen=True, slots=True)
class MessageKey:
    """One message of the platform. A ts is unique within its channel and orders messages as text."""

    team: str
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file on a message, as the platform names it. Name and size are the uploader's word: the bytes decide.

    `size` is in bytes, 0 where it is not said. `trouble` is a FileTrouble's value where the platform says beforehand
    that the file cannot be had, else empty. An empty `url` without trouble: the platform has to be asked for it.
    """

    id: str
    name: str
    size: int
    url: str
    trouble: str = ""


class FileTrouble(Enum):
    """Why a file could not be had from the platform, or a link from the web."""

    GONE = "gone"
    DENIED = "denied"  # the app may not see it, or got a login page
    EXTERNAL = "external"  # it is kept with another service
    HIDDEN = "hidden"  # beyond the workspace's storage limit
    TOO_LARGE = "too_large"
    REFUSED_ADDRESS = "refused_address"  # private, local, or not the platform's own
    UNREACHABLE = "unreachable"
    TOO_MANY = "too_many"  # one message holds more files than are read


class FileUnavailable(Exception):
    """A file or a link could not be had."""

    def __init__(self, trouble: FileTrouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Message:
    """A person's message, normalised at the edge: no control characters, escapes decoded, at most 40,000 characters.

    Mentions stand in it as `@U012AB3CD`; names are put in their place when a turn is built, because looking them up
    before the acknowledgement could delay it. `wants_answer` is false for what is only overheard in the bot's threads.
    """

    key: MessageKey
    thread: ThreadKey
    author: str
    text: str
    wants_answer: bool = True
    files: tuple[FileRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """A stored message has new text since `at`, the platform's ts of the edit. Edits may arrive in any order."""

    key: MessageKey
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Deletion:
    """A message is gone. Its key stays known, so that a late delivery of it is not answered."""

    key: MessageKey


@dataclass(frozen=True, slots=True)
class FileDeletion:
    """A person has deleted a file: whatever is kept of it goes."""

    team: str
    file_id: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A person wants what runs in a thread to end. `ts` is the platform's time of it: only what began before counts.

    `thread_ts` None: everything in the channel (a direct conversation, where each message begins a thread).
    `said`: it was a message, whose author is told where nothing ran.
    """

    team: str
    channel: str
    thread_ts: str | None
    person: str
    ts: str
    said: bool = False


@dataclass(frozen=True, slots=True)
class TitleChange:
    """A person gave a thread a title of their own."""

    thread: ThreadKey
    title: str


class Offer(Enum):
    """What people can do with an answer, shown under it."""

    FEEDBACK = "feedback"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class PastMessage:
    """A message read from the platform's own history. `own` is true for what this bot posted."""

    key: MessageKey
    author: str
    text: str
    own: bool
    files: tuple[FileRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One platform message of a reply. `kind` is "stream" or "post"; an `open` stream still has to be ended."""

    number: int
    ts: str
    kind: str
    confirmed: int  # characters of the answer, counted from its beginning, that the platform has taken
    open: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was recorded of a reply before: its `parts`, by number, and the ts of the thread's other answers."""

    parts: tuple[Part, ...] = ()
    others: frozenset[str] = frozenset()


class TaskState(Enum):
    """How far a tool at work is; the values are the platform's words too."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class TaskCard:
    """A tool at work, as people see it: one card of its reply, known by `id`. Texts have 256 characters at most.

    `title` may change (it names the progress: "page 12 of 80"); `details` are said once, in the end.
    """

    id: str
    title: str
    state: TaskState
    details: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """A place for a file's bytes at the platform. The file is nobody's to see until it is shared."""

    file_id: str
    url: str


class DeliveryLog(Protocol):
    """Where a reply records what the platform holds, as soon as it is known."""

    async def record(self, part: Part) -> None: ...


class Busy(Enum):
    """Whose line is full where a message cannot be taken."""

    THREAD = "thread"
    PERSON = "person"
    ALL = "all"


class Reply(Protocol):
    """The answer to one turn, being written. One task of the adapter owns every write to the platform.

    `say` and `status` never wait. `close` waits until the platform holds the whole text and returns true, or false when
    it refused for longer than the adapter's patience (the turn is then undelivered).
    """

    def status(self, text: str) -> None:
        """Show what is happening while there is no text yet; the newest wins."""

    def task(self, card: TaskCard) -> None:
        """Show a tool at work; the newest card of an id wins. In the stream, or as status where there is none."""

    def say(self, text: str) -> None:
        """Append text of the answer."""

    async def close(self, notice: str = "", offers: frozenset[Offer] = frozenset()) -> bool:
        """End the answer, with a closing line of our own where `notice` is not empty, and `offers` under it."""


class ChatClient(Protocol):
    """The platform, as the core uses it."""

    def open_reply(
        self,
        turn_id: str,
        question: Message,
        log: DeliveryLog,
        earlier: Earlier | None = None,
        *,
        streams: bool = True,
    ) -> Reply:
        """Begin the answer to `question`, the newest message of its turn; a first sign of work is shown at once.

        `earlier` is what was recorded of this very reply before: it is then written anew, in place, and whole. Without
        `streams` the text is shown once it is complete.
        """

    async def read_thread(self, thread: ThreadKey, after: str | None, before: str) -> Sequence[PastMessage]:
        """The thread between two ts, both exclusive, oldest first. ChatUnavailable when it cannot be read."""

    async def read_whole(self, thread: ThreadKey) -> Sequence[PastMessage]:
        """All of a thread, oldest first; ChatUnavailable where the bot may not read it."""

    async def names(self, people: Sequence[str]) -> Mapping[str, str]:
        """Display names by user id; who cannot be looked up is left out. Never raises for one unknown person."""

    async def fetch_file(self, file: FileRef, limit: int) -> bytes:
        """The bytes of a file, `limit` at most; FileUnavailable. Nobody but the platform gets its token."""

    async def reserve_upload(self, name: str, size: int, alt_text: str) -> Upload:
        """A place for a file of `size` bytes; ChatUnavailable."""

    async def send_upload(self, upload: Upload, data: bytes) -> None:
        """Put the bytes there; may be repeated. ChatUnavailable."""

    async def share_upload(self, thread: ThreadKey, file_id: str, title: str, *, in_doubt: bool = False) -> None:
        """Show the file in the thread, once. ChatUnavailable.

        With `in_doubt` (an earlier process may have shared it) the platform is asked first.
        """

    def mark_waiting(self, key: MessageKey, waiting: bool) -> None:
        """Show, or show no longer, that a message waits in line. Best effort; never waits."""

    async def locale(self, person: str) -> str:
        """The language a person uses the platform in ("de-DE"); empty where it cannot be found out in time."""

    def welcome(self, thread: ThreadKey, person: str) -> None:
        """Show a person, and nobody else, what the bot can do. Never waits."""

    def whisper(self, thread: ThreadKey, person: str, line: str) -> None:
        """Show a line in the thread to one person only, best effort. Never waits."""

    def offer_again(self, thread: ThreadKey, person: str, turn_id: str) -> None:
        """Offer the author of a question that was changed after its answer to have it answered again. Never waits."""

    async def aside(
        self, thread: ThreadKey, person: str, messages: int, stop_ts: str, *, in_doubt: bool = False
    ) -> bool:
        """Tell the thread that so many waiting messages were set aside, with a button to answer them.

        With `in_doubt` (an earlier process may have said it of this stop) the thread is read first. False where it is
        worth trying again.
        """

    @property
    def has_titles(self) -> bool:
        """Whether threads have titles here, as far as is known."""

    async def rename(self, thread: ThreadKey, title: str) -> bool:
        """Give the thread's session a title; false where the platform has none. ChatUnavailable."""

    def refuse_busy(self, thread: ThreadKey, person: str, why: Busy = Busy.THREAD) -> None:
        """Tell the thread that one more message did not fit a line: one line for each `why`, updated. Never waits."""

    def busy_over(self, thread: ThreadKey) -> None:
        """The thread's line moved on: a later refusal gets a line of its own."""


class ChatUnavailable(Exception):
    """The platform could not be asked; `reason` is its error code or the name of what went wrong."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


MODE = ContextVar("mode", default="")
"""The mode in which the work at hand is done, where it is another one than the process's: figures bear it."""


class Observer(Protocol):
    """Where every room reports its figures. Names are `snake_case`; labels have few values, never text of people."""

    def count(self, name: str, **labels: str) -> None: ...

    def observe(self, name: str, value: float, **labels: str) -> None: ...

    def gauge(self, name: str, value: float, **labels: str) -> None: ...


class Level(Enum):
    """How a finding of the doctor is to be taken."""

    OK = "OK"
    WARN = "WARN"  # the bot runs, and something is not as it should be
    FAIL = "FAIL"  # the bot, or a part of what it can do, will not work


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: what was looked at, what was found, and what to do about it; never a token or a key."""

    name: str
    level: Level
    found: str
    advice: str = ""
