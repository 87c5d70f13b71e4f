"""What people have set for pictures counts wherever the model asks for nothing else."""

from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from database import FileKind, FileState, StoredFile
from message_processor.handlers.image_edit import EditImage, EditParameters
from message_processor.handlers.image_gen import DrawParameters, GenerateImage
from message_processor.handlers.picture_maker import PictureMaker
from message_processor.handlers.vision import LookAtPictures, LookParameters
from message_processor.ingestion.desk import FileDesk
from message_processor.lines import Lines
from message_processor.settings import Scope, resolve
from message_processor.shelf import Shelf
from message_processor.tools import Job, ToolOutput
from message_processor.turn import Turn
from message_processor.wording import wording_of
from openai_client.events import ImageRequest, Picture
from tests.core.test_tools import THREAD, TURN

SET = {
    "image_size": "1536x1024",
    "image_quality": "high",
    "image_background": "transparent",
    "image_fidelity": "low",
    "vision_detail": "high",
}
CHOSEN = resolve({Scope.USER: SET}, ("gpt-5",), frozenset({"generate_image"}))
SETTLED = replace(TURN, chosen=CHOSEN, lines=Lines(wording_of("de-DE")))
PICTURE = StoredFile("uid", "F1", THREAD, "1.0", kind=FileKind.PICTURE, state=FileState.READ, number=1, kept=True)


@dataclass(slots=True)
class Maker:
    """Draws nothing; keeps what it was asked for."""

    model: str = "gpt-image-2"
    asked: list[tuple[ImageRequest, str]] = field(default_factory=list)

    async def make(self, job: Job, request: ImageRequest, title: str, count: int = 1) -> ToolOutput:
        self.asked.append((request, title))
        return ToolOutput("made")


class Desk:
    """Has the one picture there is."""

    async def picture(self, file: StoredFile) -> Picture:
        return Picture(b"bytes", "image/png")


def job(turn: Turn) -> Job:
    return Job(turn, Shelf((PICTURE,)), 0, lambda title: None)


async def drawn(turn: Turn, **asked: str) -> tuple[ImageRequest, str]:
    maker = Maker()
    tool = GenerateImage(cast(PictureMaker, maker), 1.0)
    await tool.run(job(turn), DrawParameters.model_validate({"prompt": "a boat", **asked}))
    return maker.asked[0]


async def changed(turn: Turn, **asked: str) -> tuple[ImageRequest, str]:
    maker = Maker()
    tool = EditImage(cast(PictureMaker, maker), cast(FileDesk, Desk()), 1.0)
    await tool.run(job(turn), EditParameters.model_validate({"prompt": "at night", "pictures": [1], **asked}))
    return maker.asked[0]


async def test_a_picture_is_drawn_as_the_person_has_set_it() -> None:
    request, title = await drawn(SETTLED)
    assert (request.size, request.quality, request.background) == ("1536x1024", "high", "transparent")
    assert title == "zeichnet ein Bild"


async def test_what_is_asked_for_goes_before_what_is_set() -> None:
    request, _ = await drawn(SETTLED, size="1024x1024", quality="low", background="opaque")
    assert (request.size, request.quality, request.background) == ("1024x1024", "low", "opaque")


async def test_a_picture_is_changed_as_the_person_has_set_it() -> None:
    request, title = await changed(SETTLED)
    assert request.quality == "high"
    assert (request.size, request.background) == ("auto", "auto"), "its shape is that of the original"
    assert request.fidelity == "low"
    assert title == "ändert Bild 1"
    request, _ = await changed(SETTLED, size="1024x1536", quality="medium")
    assert (request.size, request.quality) == ("1024x1536", "medium")


async def test_without_settings_everything_is_left_to_the_server() -> None:
    for request, _ in (await drawn(TURN), await changed(TURN)):
        assert {request.size, request.quality, request.background, request.fidelity} == {"auto"}


@pytest.mark.parametrize(("turn", "detail"), [(SETTLED, "high"), (TURN, "auto")])
async def test_pictures_are_looked_at_as_closely_as_is_set(turn: Turn, detail: str) -> None:
    look = LookAtPictures(cast(FileDesk, Desk()))
    output = await look.run(job(turn), LookParameters(pictures=[1]))
    assert [picture.detail for picture in output.pictures] == [detail]
