"""Drawing: pictures from words."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from message_processor.handlers.picture_maker import PictureMaker, preferred
from message_processor.settings import IMAGE_BACKGROUND, IMAGE_QUALITY, IMAGE_SIZE
from message_processor.tools import Job, ToolOutput
from message_processor.wording import Wording
from openai_client.events import ImageRequest

Size = Literal["auto", "1024x1024", "1536x1024", "1024x1536"]
Quality = Literal["auto", "low", "medium", "high"]
Background = Literal["auto", "opaque", "transparent"]


class DrawParameters(BaseModel):
    """What to draw."""

    model_config = ConfigDict(extra="forbid")

    prompt: str = Field(min_length=1, max_length=32_000, description="the whole picture in words, in detail")
    size: Size = Field("auto", description="width x height in pixels")
    quality: Quality = "auto"
    background: Background = "auto"
    count: int = Field(1, ge=1, le=4, description="how many different pictures")


class GenerateImage:
    """Draws pictures and shares them in the thread."""

    name = "generate_image"
    description = (
        "Draw one to four new pictures from words. They are shown to people in this thread by themselves, each with "
        "its number: don't link or repeat them. Use it only when a picture is asked for."
    )
    parameters = DrawParameters

    def __init__(self, maker: PictureMaker, timeout: float) -> None:
        self._maker = maker
        self.timeout = timeout

    def title(self, arguments: DrawParameters, say: Wording) -> str:
        return say.counted("tools.draw", arguments.count)

    async def run(self, job: Job, arguments: DrawParameters) -> ToolOutput:
        request = ImageRequest(
            model=self._maker.model,
            prompt=arguments.prompt,
            person=job.turn.person,
            size=preferred(arguments.size, job.turn, IMAGE_SIZE),
            quality=preferred(arguments.quality, job.turn, IMAGE_QUALITY),
            background=preferred(arguments.background, job.turn, IMAGE_BACKGROUND),
        )
        return await self._maker.make(job, request, self.title(arguments, job.turn.lines.say), arguments.count)
