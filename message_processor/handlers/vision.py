"""Seeing again: pictures of earlier turns, given to the model when it asks for them."""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from database import StoredFile
from message_processor.ingestion.desk import FileDesk
from message_processor.settings import VISION_DETAIL
from message_processor.shelf import Shelf
from message_processor.tools import Job, ToolFailure, ToolOutput
from message_processor.wording import Wording
from openai_client.events import Picture

_AT_ONCE = 5


class LookParameters(BaseModel):
    """Which pictures."""

    model_config = ConfigDict(extra="forbid")

    pictures: list[int] = Field(min_length=1, max_length=_AT_ONCE, description="numbers of pictures of this thread")


class LookAtPictures:
    """Gives the model pictures of the thread that are not in its request."""

    name = "look_at_pictures"
    description = (
        "Look at pictures of this thread by their numbers, those made by you included. Pictures of the newest messages "
        "are before you already; earlier ones are not."
    )
    parameters = LookParameters
    timeout = 30.0

    def __init__(self, desk: FileDesk) -> None:
        self._desk = desk

    def title(self, arguments: LookParameters, say: Wording) -> str:
        return say.counted("tools.look", len(arguments.pictures), numbers=listed(arguments.pictures))

    async def run(self, job: Job, arguments: LookParameters) -> ToolOutput:
        files = [numbered(job.shelf, number) for number in dict.fromkeys(arguments.pictures)]
        detail = job.turn.chosen[VISION_DETAIL]
        pictures = tuple([replace(await picture(self._desk, file), detail=detail) for file in files])
        said = ", ".join(f"picture {file.number} ({file.dimensions})" for file in files)
        return ToolOutput(f"Here: {said}, in this order.", pictures)


def listed(numbers: Sequence[int]) -> str:
    """ "3", or "1, 2"."""
    return ", ".join(map(str, numbers))


def numbered(shelf: Shelf, number: int) -> StoredFile:
    """The picture of that number; ToolFailure where the thread has none or it is gone."""
    if file := shelf.picture(number):
        return file
    known = listed([file.number or 0 for file in shelf.pictures]) or "none"
    raise ToolFailure(
        f"Picture {number} is not in this thread, or it was deleted. There are: {known}.",
        "tools.picture_gone",
        number=number,
    )


async def picture(desk: FileDesk, file: StoredFile) -> Picture:
    """The picture for the model; ToolFailure where its bytes are gone."""
    try:
        return await desk.picture(file)
    except OSError:
        raise ToolFailure(f"Picture {file.number} is gone.", "tools.picture_gone", number=file.number or 0) from None
