"""The zip archive that an Office file is, with limits that hold before anything is unpacked."""

import io
import posixpath
import zipfile
import zlib
from types import TracebackType
from typing import Self
from xml.etree import ElementTree

from message_processor.ingestion.reading.unreadable import FileUnreadable, Unreadable

MEMBER_BYTES = 32_000_000
"""Larger than any chapter or slide; as a tree it takes about ten times that."""
TOTAL_BYTES = 100_000_000
MOST_MEMBERS = 20_000
_ENCRYPTED = 0x1


class Archive:
    """Members as parsed XML. FileUnreadable for archives that are damaged, encrypted or unpack to too much."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise FileUnreadable(Unreadable.DAMAGED, type(error).__name__) from None
        self._members = {member.filename: member for member in self._zip.infolist()}
        self._left = TOTAL_BYTES
        if len(self._members) > MOST_MEMBERS:
            raise FileUnreadable(Unreadable.TOO_COMPLEX)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def sizes(self) -> dict[str, int]:
        """Unpacked sizes in bytes by member."""
        return {name: member.file_size for name, member in self._members.items()}

    def xml(self, name: str) -> ElementTree.Element:
        """A member's root element."""
        member = self._members.get(name)
        if member is None:
            raise FileUnreadable(Unreadable.DAMAGED, "KeyError")
        if member.flag_bits & _ENCRYPTED:
            raise FileUnreadable(Unreadable.PASSWORD)
        self._left -= member.file_size
        if member.file_size > MEMBER_BYTES or self._left < 0:
            raise FileUnreadable(Unreadable.TOO_COMPLEX)
        try:
            # expat refuses entities that grow, and loads none from outside
            return ElementTree.fromstring(self._zip.read(member))  # noqa: S314
        except (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, NotImplementedError, EOFError) as error:
            raise FileUnreadable(Unreadable.DAMAGED, type(error).__name__) from None

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """What a member points to: kind ("slide", "notesSlide") and member name, by relation id."""
        folder, base = posixpath.split(name)
        listed = f"{folder}/_rels/{base}.rels"
        if listed not in self:
            return {}
        found: dict[str, tuple[str, str]] = {}
        for relation in self.xml(listed):
            kind = relation.get("Type", "").rpartition("/")[2]
            target = posixpath.normpath(posixpath.join("/" + folder, relation.get("Target", "")))
            found[relation.get("Id", "")] = (kind, target.lstrip("/"))
        return found


def local(element: ElementTree.Element) -> str:
    """An element's name without its namespace: the strict and the usual form of Office files differ in it alone."""
    return element.tag.rpartition("}")[2]


def attribute(element: ElementTree.Element, name: str) -> str:
    """An attribute's value whatever its namespace, or ""."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")
