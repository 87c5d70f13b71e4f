"""What the child says to its parent: JSON lines, and a picture's bytes behind the line that announces them."""

import json
from collections.abc import Mapping
from typing import BinaryIO

from message_processor.ingestion.reading.contents import (
    TOTAL_CHARACTERS,
    Contents,
    Part,
    Scaled,
    clean,
)
from message_processor.ingestion.reading.kinds import Kind
from message_processor.ingestion.reading.unreadable import FileUnreadable, Unreadable

BATCH_PARTS = 50
_BATCH_CHARACTERS = 200_000


class Output:
    """Writes to the parent; BrokenPipeError when it has gone."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def picture(self, picture: Scaled) -> None:
        """A line and the picture's bytes."""
        described = {
            "bytes": len(picture.data),
            "media_type": picture.media_type,
            "width": picture.width,
            "height": picture.height,
            "original_media_type": picture.original_media_type,
            "original_width": picture.original_width,
            "original_height": picture.original_height,
        }
        self._line({"picture": described})
        self._stream.write(picture.data)
        self._stream.flush()

    def document(self, kind: Kind, contents: Contents) -> None:
        """A line about the document, its parts in batches, and a line at the end."""
        described = {"media_type": kind.media_type, "parts": contents.count, "scanned": contents.scanned}
        self._line({"document": described})
        batch: list[tuple[int, str, str, bool]] = []
        length = total = 0
        for part in contents.parts:
            batch.append(_plain(part))
            length += len(batch[-1][2])
            total += len(batch[-1][2])
            if total > TOTAL_CHARACTERS:
                raise FileUnreadable(Unreadable.TOO_COMPLEX)
            if len(batch) == BATCH_PARTS or length > _BATCH_CHARACTERS:
                self._line({"parts": batch})
                batch, length = [], 0
        if batch:
            self._line({"parts": batch})
        self._line({"end": True})

    def unreadable(self, code: Unreadable, detail: str = "") -> None:
        """The last line of a file that cannot be read."""
        self._line({"unreadable": code.value, "detail": detail})

    def missing(self) -> None:
        """The last line when there is no such file."""
        self._line({"missing": True})

    def _line(self, fields: Mapping[str, object]) -> None:
        text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        self._stream.write(text.encode("utf-8", "replace") + b"\n")
        self._stream.flush()


def _plain(part: Part) -> tuple[int, str, str, bool]:
    return part.number, clean(part.label, 200), clean(part.text), part.bad
