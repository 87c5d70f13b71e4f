"""Why a file cannot be read: one closed list, the same for the child process and the core."""

from enum import StrEnum


class Unreadable(StrEnum):
    """The core has one clear line for each."""

    EMPTY = "empty"
    SVG = "svg"
    UNKNOWN_TYPE = "unknown_type"
    PASSWORD = "password"  # noqa: S105 the file has one; this is not it
    DAMAGED = "damaged"
    TOO_COMPLEX = "too_complex"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SLOW = "too_slow"
    CRASHED = "crashed"


class FileUnreadable(Exception):
    """`detail` is the class name of what a parser raised, for the log; never a word of the file."""

    def __init__(self, code: Unreadable, detail: str = "") -> None:
        super().__init__(code.value)
        self.code = code
        self.detail = detail
