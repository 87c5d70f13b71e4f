"""What the store hands out and takes in of files: the file itself, its pages, and what a turn did with files."""

from dataclasses import dataclass
from enum import Enum

from base_client import ThreadKey


class FileKind(Enum):
    """What the bytes were found to be; UNKNOWN until somebody has looked."""

    UNKNOWN = "unknown"
    PICTURE = "picture"
    DOCUMENT = "document"


class FileOrigin(Enum):
    """How a file came into its thread."""

    ATTACHED = "attached"
    LINK = "link"
    MADE = "made"  # a picture of ours


class FileState(Enum):
    """How far a file is. NEW and INDEXING are found again after a restart; GONE leaves no content behind."""

    NEW = "new"
    INDEXING = "indexing"
    READ = "read"
    UNREADABLE = "unreadable"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file in one thread. `name`, `size` (bytes), `url` and `trouble` are what the platform said of it.

    `uid` is ours, unique, hexadecimal, and the name of its bytes on the disk; `id` is the platform's, of a link a hash
    of its address. `turn_id` is the turn that made a picture. `detail` is a short code: why the file is unreadable, or
    what is to be known of a read one; else empty. `note` is the prompt of a made picture, `dimensions` a picture's
    "800x600". `parts` counts pages, slides or sheets (0: not known), `done` those stored so far. `number` counts per
    thread and kind from 1: "picture 3". `kept` is true while its bytes are on the disk.
    """

    uid: str
    id: str
    thread: ThreadKey
    message_ts: str
    turn_id: str | None = None
    origin: FileOrigin = FileOrigin.ATTACHED
    kind: FileKind = FileKind.UNKNOWN
    state: FileState = FileState.NEW
    name: str = ""
    url: str = ""
    trouble: str = ""
    size: int = 0
    detail: str = ""
    media_type: str = ""
    note: str = ""
    dimensions: str = ""
    parts: int = 0
    done: int = 0
    number: int | None = None
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One part of a document, by `number` from 1. `label` is "page 57", "slide 3" or "sheet Costs"."""

    number: int
    label: str
    text: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that a search found; a higher score is a better one, comparable within one search."""

    uid: str
    page: Page
    score: float


class DeedState(Enum):
    """How far a side effect is. Each state is recorded as soon as it holds."""

    RESERVED = "reserved"
    UPLOADED = "uploaded"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Deed:
    """A side effect of a turn: a file that is put before people. `ordinal` counts within the turn."""

    turn_id: str
    ordinal: int
    file_id: str
    state: DeedState
    uid: str
