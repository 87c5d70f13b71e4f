"""A file of the workspace, and what its name says about its type."""

import mimetypes
import re
from dataclasses import dataclass, field
from typing import Literal, get_args

FileMode = Literal["hosted", "external", "hidden_by_limit", "tombstone"]
FileAccess = Literal["visible", "access_denied", "check_file_info"]
FILE_MODES: tuple[FileMode, ...] = get_args(FileMode)
FILE_ACCESSES: tuple[FileAccess, ...] = get_args(FileAccess)
LARGEST_FILE = 100 * 1024 * 1024  # bytes

_TYPES = {
    "csv": ("text/csv", "csv", "CSV"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", "Word Document"),
    "eml": ("message/rfc822", "email", "Email"),
    "gif": ("image/gif", "gif", "GIF"),
    "htm": ("text/html", "html", "HTML"),
    "html": ("text/html", "html", "HTML"),
    "jpeg": ("image/jpeg", "jpg", "JPEG"),
    "jpg": ("image/jpeg", "jpg", "JPEG"),
    "js": ("text/plain", "javascript", "JavaScript"),
    "json": ("text/plain", "json", "JSON"),
    "md": ("text/plain", "markdown", "Markdown (raw)"),
    "pdf": ("application/pdf", "pdf", "PDF"),
    "png": ("image/png", "png", "PNG"),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx", "PowerPoint"),
    "py": ("text/plain", "python", "Python"),
    "svg": ("image/svg+xml", "svg", "SVG"),
    "ts": ("text/plain", "typescript", "TypeScript"),
    "txt": ("text/plain", "text", "Plain Text"),
    "webp": ("image/webp", "webp", "WebP"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "Excel Spreadsheet"),
    "zip": ("application/zip", "zip", "Zip"),
}
_SHOWN_BY_BROWSERS = {"image/gif", "image/jpeg", "image/png", "image/webp"}
_NOT_IN_ADDRESSES = re.compile(r"[^a-z0-9._-]+")


@dataclass(slots=True, eq=False)
class File:
    """A file. Until it is `completed` it belongs to nobody's message; `data` is None until its bytes have come.

    `address` begins its addresses, `ticket` is the secret part of the one that takes the bytes, and `length` is the
    size in bytes that was announced for them. `places` are channel and ts of the messages it was sent with.
    """

    id: str
    team_id: str
    user: str
    name: str
    title: str
    created: int
    address: str
    length: int
    alt_txt: str = ""
    ticket: str = ""
    mode: FileMode = "hosted"
    file_access: FileAccess = "visible"
    data: bytes | None = None
    completed: bool = False
    places: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_gone(self) -> bool:
        return self.mode == "tombstone"

    @property
    def size(self) -> int:
        """In bytes."""
        return self.length if self.data is None else len(self.data)

    @property
    def kind(self) -> tuple[str, str, str]:
        """Type as Slack derives it from the name: media type, Slack's own name for it, and that for people."""
        ending = self.name.rpartition(".")[2].lower() if "." in self.name else ""
        if known := _TYPES.get(ending):
            return known
        guessed, _ = mimetypes.guess_type(self.name)
        return guessed or "application/octet-stream", ending if guessed else "binary", ending.upper() or "Binary"

    @property
    def mimetype(self) -> str:
        return self.kind[0]

    @property
    def is_text(self) -> bool:
        return self.mimetype.startswith("text/")

    @property
    def is_picture(self) -> bool:
        """Whether browsers show it, by its name."""
        return self.mimetype in _SHOWN_BY_BROWSERS

    @property
    def path_name(self) -> str:
        """The name as it stands in an address."""
        return _NOT_IN_ADDRESSES.sub("_", self.name.lower()).strip("._") or "file"
