"""The offline model looks at what a call brings, and does what the knobs say that it cannot."""

from dataclasses import replace

from playground.model.asked import Asked, Turn
from playground.model.attachments import Kind, look
from playground.model.errors import ApiError
from playground.model.knobs import Knobs
from playground.model.workshop import Workshop


def refuse_abilities(asked: Asked, knobs: Knobs) -> None:
    """Raises ApiError 400 where a call needs what the knobs have taken away."""
    if knobs.no_tools and asked.tools:
        raise ApiError(400, f"{asked.model} does not support tools", param="tools")
    kinds = {attachment.kind for turn in asked.turns for attachment in turn.attachments}
    if knobs.no_pictures and Kind.PICTURE in kinds:
        raise ApiError(400, "image input is not supported by this model", param="image_url")
    if knobs.no_files and Kind.FILE in kinds:
        raise ApiError(400, "file input is not supported by this model", param="file_data")


async def look_at(asked: Asked, workshop: Workshop) -> Asked:
    """The call with what is in its pictures and files; ApiError 400 where one of them cannot be read."""
    if not asked.has_attachments():
        return asked
    return await workshop.run(_look_at_all, asked)


def _look_at_all(asked: Asked) -> Asked:
    return replace(asked, turns=tuple(look_at_turn(turn) for turn in asked.turns))


def look_at_turn(turn: Turn) -> Turn:
    """One message with what is in its pictures and files; ApiError as above. Blocks."""
    return replace(turn, attachments=tuple(look(attachment) for attachment in turn.attachments))
