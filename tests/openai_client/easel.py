"""The Images API as a server writes it, and the bench with what came of it."""

import base64

import pytest

from openai_client.errors import ModelError
from openai_client.events import Event, ImageRequest, Json, MadeImage
from tests.openai_client.bench import Bench
from tests.openai_client.server import Refuse, Stream

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"
PNG_BASE64 = base64.b64encode(PNG).decode()
USAGE: Json = {"input_tokens": 12, "output_tokens": 345}
GENERATIONS, EDITS = "/v1/images/generations", "/v1/images/edits"


def plain(entry: Json | None = None) -> Refuse:
    return Refuse(200, {"created": 1, "data": [entry or {"b64_json": PNG_BASE64}], "usage": USAGE})


def streamed(kind: str = "image_generation") -> Stream:
    partials: list[Json] = [
        {"type": f"{kind}.partial_image", "partial_image_index": index, "b64_json": "AAAA"} for index in (0, 1)
    ]
    return Stream((*partials, {"type": f"{kind}.completed", "b64_json": PNG_BASE64, "usage": USAGE}))


def refusal(param: str | None, message: str = "No.", code: str | None = "unsupported_parameter") -> Refuse:
    return Refuse(400, {"error": {"code": code, "type": "invalid_request_error", "param": param, "message": message}})


def a_wish(**changes: object) -> ImageRequest:
    values: dict[str, object] = {"model": "painter", "prompt": "a lighthouse", "person": "hashed-person"}
    return ImageRequest(**{**values, **changes})  # type: ignore[arg-type]


class Easel:
    """The bench with what the Images API gave."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.partials: list[int] = []
        self.events: list[Event] = []

    async def draw(self, **changes: object) -> MadeImage:
        return await self.bench.client.images.draw(a_wish(**changes), self.partials.append, self.events.append)

    async def fail(self, **changes: object) -> ModelError:
        with pytest.raises(ModelError) as caught:
            await self.draw(**changes)
        return caught.value

    @property
    def paths(self) -> list[str]:
        return [received.path for received in self.bench.server.received]
