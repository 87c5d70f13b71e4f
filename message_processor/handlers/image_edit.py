"""Changing: pictures of the thread made anew from themselves and words."""

from pydantic import BaseModel, ConfigDict, Field

from message_processor.handlers.image_gen import Quality, Size
from message_processor.handlers.picture_maker import PictureMaker, preferred
from message_processor.handlers.vision import listed, numbered, picture
from message_processor.ingestion.desk import FileDesk
from message_processor.settings import IMAGE_FIDELITY, IMAGE_QUALITY
from message_processor.tools import Job, ToolOutput
from message_processor.wording import Wording
from openai_client.events import ImageRequest

_AT_ONCE = 8


class EditParameters(BaseModel):
    """What to change, and in which pictures."""

    model_config = ConfigDict(extra="forbid")

    prompt: str = Field(min_length=1, max_length=32_000, description="what shall change, and what shall stay")
    pictures: list[int] = Field(
        min_length=1, max_length=_AT_ONCE, description="numbers of pictures of this thread; the first one is changed"
    )
    mask: int | None = Field(
        None,
        description="number of a picture of the same size whose transparent places may change; only when one was given",
    )
    size: Size = Field("auto", description="width x height in pixels")
    quality: Quality = "auto"


class EditImage:
    """Changes a picture of the thread and shares the result."""

    name = "edit_image"
    description = (
        "Make a changed version of a picture of this thread (“make it blue”), or one picture out of several. The "
        "result is shown to people by itself, with a number of its own; the original stays."
    )
    parameters = EditParameters

    def __init__(self, maker: PictureMaker, desk: FileDesk, timeout: float) -> None:
        self._maker = maker
        self._desk = desk
        self.timeout = timeout

    def title(self, arguments: EditParameters, say: Wording) -> str:
        return say.counted("tools.change", len(arguments.pictures), numbers=listed(arguments.pictures))

    async def run(self, job: Job, arguments: EditParameters) -> ToolOutput:
        files = [numbered(job.shelf, number) for number in dict.fromkeys(arguments.pictures)]
        mask = None if arguments.mask is None else numbered(job.shelf, arguments.mask)
        request = ImageRequest(
            model=self._maker.model,
            prompt=arguments.prompt,
            person=job.turn.person,
            size=arguments.size,  # what people have set is the shape of new pictures
            quality=preferred(arguments.quality, job.turn, IMAGE_QUALITY),
            fidelity=job.turn.chosen[IMAGE_FIDELITY],
            pictures=tuple([await picture(self._desk, file) for file in files]),
            mask=None if mask is None else await picture(self._desk, mask),
        )
        return await self._maker.make(job, request, self.title(arguments, job.turn.lines.say))
