"""The files of one thread, as its turns see them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from database import FileKind, FileState, StoredFile

_STILL_USABLE = {FileState.READ, FileState.INDEXING}


@dataclass(frozen=True, slots=True)
class Shelf:
    """Files of the thread in the order in which they came. Nothing of another thread is ever on it."""

    files: tuple[StoredFile, ...] = ()

    @property
    def pictures(self) -> tuple[StoredFile, ...]:
        """Pictures that can be looked at and changed."""
        return tuple(file for file in self._numbered(FileKind.PICTURE) if file.kept)

    @property
    def documents(self) -> tuple[StoredFile, ...]:
        """Documents of which at least a part can be read."""
        return tuple(self._numbered(FileKind.DOCUMENT))

    @property
    def scanned(self) -> tuple[StoredFile, ...]:
        """Documents without text, which only a model that takes files can read."""
        return tuple(file for file in self.documents if file.detail == SCANNED and file.kept)

    def of_messages(self, stamps: Iterable[str]) -> tuple[StoredFile, ...]:
        """What hangs on these messages, pictures that the bot made left out."""
        wanted = set(stamps)
        return tuple(file for file in self.files if file.message_ts in wanted and file.turn_id is None)

    def picture(self, number: int) -> StoredFile | None:
        """The picture of that number."""
        return _numbered(self.pictures, number)

    def document(self, number: int) -> StoredFile | None:
        """The document of that number."""
        return _numbered(self.documents, number)

    def _numbered(self, kind: FileKind) -> list[StoredFile]:
        found = [file for file in self.files if file.kind is kind and file.number is not None]
        usable = [file for file in found if file.state in _STILL_USABLE]
        return sorted(usable, key=lambda file: file.number or 0)


PARTLY = "partly"
"""The detail of a document whose reading broke off: its first parts are there."""
SCANNED = "scanned"
"""The detail of a document that holds pictures of pages and no text."""


def _numbered(files: Sequence[StoredFile], number: int) -> StoredFile | None:
    return next((file for file in files if file.number == number), None)
