"""The Images API on the wire: its object and its events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from playground.model.image_making import MadePicture, usage
from playground.model.image_orders import ImageOrder
from playground.model.knobs import Knobs
from playground.model.script import Frames, Json, Script, encode

_KEEPALIVE = b": keepalive\n\n"
_MALFORMED = b'data: {"type":"image_generation.completed","b64_js\n\n'


@dataclass(frozen=True, slots=True)
class ImageMaker:
    """Makes the answer to one call from its finished pictures."""

    created_at: int
    order: ImageOrder
    pictures: Sequence[MadePicture]
    missing_usage: bool

    def document(self) -> Json:
        """The object of an answer without streaming."""
        data = [{"b64_json": picture.data} for picture in self.pictures]
        return {"created": self.created_at, **self._about(), "data": data, **self._usage()}

    def script(self) -> Script:
        """The same answer as events: partial pictures, each blurred less, then the finished one."""
        return Script(
            head=(),
            chunks=tuple(chunk for picture in self.pictures for chunk in self._chunks(picture)),
            tail=(),
            keepalive=_KEEPALIVE,
            malformed=_MALFORMED,
            numbered=False,
        )

    def _chunks(self, picture: MadePicture) -> Iterator[Frames]:
        about = {"created_at": self.created_at, **self._about()}
        for index, partial in enumerate(picture.partial):
            yield (self._frame("partial_image", about | {"b64_json": partial, "partial_image_index": index}),)
        yield (self._frame("completed", about | {"b64_json": picture.data, **self._usage()}),)

    def _frame(self, kind: str, fields: Json) -> bytes:
        name = f"{self.order.act}.{kind}"
        return b"event: %b\ndata: %b\n\n" % (name.encode(), encode({"type": name, **fields}))

    def _usage(self) -> Mapping[str, object]:
        return {} if self.missing_usage else {"usage": usage(self.order)}

    def _about(self) -> Json:
        order = self.order
        width, height = order.pixels()
        return {
            "background": "opaque" if order.background == "auto" else order.background,
            "output_format": order.output_format,
            "quality": "medium" if order.quality == "auto" else order.quality,
            "size": f"{width}x{height}",
        }


def image_pace(knobs: Knobs, stream: bool) -> Knobs:
    """The knobs with the pace of pictures instead of that of words."""
    seconds = knobs.image_seconds
    between = seconds if stream else 0.0
    return replace(knobs, first_token_seconds=seconds, chunk_seconds=between, total_seconds=0.0)
