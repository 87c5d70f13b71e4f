"""Pictures and files on the wire: base64 inside a data URL, the same for both APIs."""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from uuid import uuid4

from openai_client.events import Document, Item, Json, ModelRequest, Picture, ToolResult, UserText

# Written off the loop from this size on: a quarter of a megabyte takes about a millisecond.
_HEAVY = 256 * 1024
# One call encodes this much, a multiple of three: the interpreter's lock is held only that long.
_PIECE = 192 * 1024
_BY_TOOLS = "Pictures given by the tools:"

Attachment = Picture | Document


@dataclass(frozen=True, slots=True)
class DataUrl:
    """Stands in a body for the attachment's `data:` URL until the body is written."""

    attachment: Attachment

    def pieces(self) -> Iterator[bytes]:
        """The URL, with its quotation marks."""
        view = memoryview(self.attachment.data)
        yield f'"data:{self.attachment.media_type};base64,'.encode()
        for at in range(0, len(view), _PIECE):
            yield base64.b64encode(view[at : at + _PIECE])
        yield b'"'


def serialised(body: Json) -> bytes:
    """The body as JSON, its attachments set in afterwards: JSON's encoder would hold the loop up for all of them."""
    mark = uuid4().hex
    held: list[DataUrl] = []

    def hold(value: object) -> str:
        if not isinstance(value, DataUrl):
            raise TypeError(type(value).__name__)
        held.append(value)
        return mark

    text = json.dumps(body, default=hold, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    first, *rest = text.encode().split(f'"{mark}"'.encode())
    pieces = [first]
    for url, after in zip(held, rest, strict=True):
        pieces += [*url.pieces(), after]
    return b"".join(pieces)


def attachments(request: ModelRequest) -> Iterator[Attachment]:
    """All that the request shows, in its order."""
    for item in request.items:
        yield from _shown(item)


def heavy(request: ModelRequest) -> bool:
    """Whether writing its attachments would hold up the loop."""
    return sum(len(attachment.data) for attachment in attachments(request)) > _HEAVY


def beside(items: Iterable[Item]) -> Iterator[Item]:
    """The items with the pictures of tool results in a message of their own, behind the last result of a run.

    Nothing may stand between results that belong together.
    """
    seen: list[Picture] = []
    for item in items:
        if isinstance(item, ToolResult):
            seen += item.pictures
            yield replace(item, pictures=())
            continue
        if seen:
            yield UserText(_BY_TOOLS, tuple(seen))
            seen = []
        yield item
    if seen:
        yield UserText(_BY_TOOLS, tuple(seen))


def replaced(item: Item, kind: type[Picture] | type[Document], note: str) -> Item:
    """The item with `note` in its text for each attachment of the kind, which it loses."""
    gone = sum(isinstance(attachment, kind) for attachment in _shown(item))
    if not gone:
        return item
    notes = "\n".join([note] * gone)
    if isinstance(item, UserText):
        kept = tuple(each for each in item.attachments if not isinstance(each, kind))
        return replace(item, text=f"{item.text}\n{notes}", attachments=kept)
    if isinstance(item, ToolResult):
        return replace(item, output=f"{item.output}\n{notes}", pictures=())
    return item


def _shown(item: Item) -> tuple[Attachment, ...]:
    match item:
        case UserText(_, shown):
            return shown
        case ToolResult(_, _, pictures):
            return pictures
        case _:
            return ()
