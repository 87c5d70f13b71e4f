"""A prepared answer: the bytes of every event, ready to be paced."""

import json
from dataclasses import dataclass

Json = dict[str, object]
Frames = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """`head` goes out at once, each of `chunks` at its time, `tail` right after the last of them.

    With `numbered`, a frame is an event without its end: `Numbering` adds its sequence number, so that keepalives can
    come between. `keepalive` and `malformed` are frames of the same kind and a whole broken event.
    """

    head: Frames
    chunks: tuple[Frames, ...]
    tail: Frames
    keepalive: bytes
    malformed: bytes
    numbered: bool


class Numbering:
    """Completes frames into bytes for the wire, counting them from 0."""

    def __init__(self, numbered: bool) -> None:
        self._numbered = numbered
        self._next = 0

    def finish(self, frames: Frames) -> bytes:
        if not self._numbered:
            return b"".join(frames)
        first = self._next
        self._next += len(frames)
        return b"".join(b'%b,"sequence_number":%d}\n\n' % (frame, number) for number, frame in enumerate(frames, first))


def encode(value: object) -> bytes:
    """Compact JSON. Lone surrogates, which JSON may carry and UTF-8 may not, become question marks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def pieces(text: str, size: int = 12) -> list[str]:
    """A tool's arguments cut into deltas."""
    return [text[at : at + size] for at in range(0, len(text), size)]
