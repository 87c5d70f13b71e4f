"""The thread's files as they stand in a request: marks in messages, a list, documents that fit whole, and pictures."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from database import FileKind, FileState, Page, StoredFile
from message_processor.fences import inert, label
from message_processor.shelf import Shelf
from openai_client.events import Document, Picture
from openai_client.token_counter import PICTURE_TOKENS, estimate

SCANNED_PAGE_TOKENS = 1_500
"""What a page of a file costs that goes to the model as it is: its text and its picture."""


@dataclass(frozen=True, slots=True)
class Exhibits:
    """`marks` are lines for messages, by ts; `block` stands before the request's last line."""

    marks: Mapping[str, Sequence[str]]
    block: str = ""
    attachments: tuple[Picture | Document, ...] = ()
    scanned_pages: int = 0

    @property
    def tokens(self) -> int:
        """What block and attachments cost, estimated."""
        pictures = sum(isinstance(each, Picture) for each in self.attachments)
        return estimate(self.block) + pictures * PICTURE_TOKENS + self.scanned_pages * SCANNED_PAGE_TOKENS


NOTHING = Exhibits({})


def exhibits(
    shelf: Shelf, whole: Mapping[str, Sequence[Page]], attachments: Sequence[Picture | Document], scanned_pages: int = 0
) -> Exhibits:
    """The files of a thread; `whole` has the pages of documents that are given whole, by uid."""
    marks: dict[str, list[str]] = defaultdict(list)
    for file in shelf.files:
        if file.turn_id is None and (mark := _mark(file)):
            marks[file.message_ts].append(mark)
    lines = [line for file in shelf.files if (line := _line(file, file.uid in whole))]
    texts = [document(file, whole[file.uid]) for file in shelf.documents if file.uid in whole]
    listing = "\n".join(["<files>", *lines, "</files>"]) if lines else ""
    return Exhibits(marks, "\n".join(filter(None, [*texts, listing])), tuple(attachments), scanned_pages)


def document(file: StoredFile, pages: Sequence[Page]) -> str:
    """A whole document, fenced."""
    inner = "\n".join(page_element(page) for page in pages)
    return f'<document number="{file.number}" name="{label(file.name)}">\n{inner}\n</document>'


def page_element(page: Page, document_number: int | None = None) -> str:
    """One page, fenced; with its document's number where it stands by itself."""
    place = "" if document_number is None else f'document="{document_number}" '
    text = "(this page could not be read)" if page.bad else inert(page.text)
    return f'<page {place}label="{label(page.label)}">\n{text}\n</page>'


def _mark(file: StoredFile) -> str:
    name = label(file.name)
    if file.state is FileState.UNREADABLE:
        return f'<attached name="{name}" unreadable="{label(file.detail)}"/>'
    if file.state is FileState.GONE:
        return '<attached gone="true"/>'
    if file.number is None:
        return ""
    kind = "picture" if file.kind is FileKind.PICTURE else "document"
    return f'<attached {kind}="{file.number}" name="{name}"/>'


def _line(file: StoredFile, whole: bool) -> str:
    if file.number is None or file.state in {FileState.UNREADABLE, FileState.GONE}:
        return ""
    if file.kind is FileKind.PICTURE:
        origin = f'made="true" prompt="{label(file.note)}"' if file.turn_id else f'name="{label(file.name)}"'
        return f'<picture number="{file.number}" {origin} size="{label(file.dimensions)}"/>'
    given = "whole, above" if whole else "by the tools"
    return (
        f'<document number="{file.number}" name="{label(file.name)}" parts="{file.parts}" '
        f'status="{status(file)}" given="{given}"/>'
    )


def status(file: StoredFile) -> str:
    """How far the reading of a file is, in words for the model."""
    if file.state is FileState.UNREADABLE:
        return f"unreadable: {file.detail}"
    if file.state is FileState.INDEXING:
        return f"indexing {percent(file)} %"
    return file.detail or file.state.value


def percent(file: StoredFile) -> int:
    """How much of a file is read."""
    return 100 * file.done // max(1, file.parts)
