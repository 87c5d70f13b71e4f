"""Pictures made from words or other pictures: one a call, partial ones as progress where the server streams."""

import asyncio
import json
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

import httpx2
from openai import AsyncAPIResponse, AsyncStream, omit
from openai.types import ImagesResponse

from openai_client.call import Call
from openai_client.driver import Driver
from openai_client.errors import Failure
from openai_client.events import EventSink, ImageRequest, Json, MadeImage, Picture, Usage
from openai_client.exchange import exchange, media_type, unexpected
from openai_client.faults import Fault, ServerError, server_fault
from openai_client.picture_bytes import decoded, picture_type
from openai_client.refusals import refused_parameter
from openai_client.wire import as_object, child, children, number, string, tokens

_API: Final = "images"
_OPTIONAL = frozenset({
    "background", "input_fidelity", "partial_images", "quality", "safety_identifier", "size", "stream",
})  # fmt: skip
# One value of these may be refused and another one taken.
_VALUES = frozenset({"background", "input_fidelity", "quality", "size"})
_UNKNOWN = re.compile(r"unknown|unrecogni[sz]ed|unexpected|extra_forbidden", re.IGNORECASE)
_NO_STREAM = re.compile(r"\bstream(ing)?\b.*\bnot\b|\b(no|unsupported)\b.*\bstream", re.IGNORECASE)
_CONNECT, _WRITE = 10.0, 60.0
# What breaks off later may have been drawn, and paid: it is not asked for twice.
_TOO_SOON_TO_BE_DRAWN = 2.0

OnPartial = Callable[[int], None]
"""Is given the number of each partial picture, from 0; must not block."""


class Images:
    """The Images API, with the slots and the deadline of all model calls."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    async def draw(self, request: ImageRequest, on_partial: OnPartial, on_event: EventSink) -> MadeImage:
        """One picture; events tell whether it waits or is sent. Raises ModelError.

        CancelledError goes on, and the connection is closed.

        Repeated only as long as nothing can have been paid: refused at once, or no answer begun.
        """
        made = await self._driver.run(
            _API, on_event, lambda call: _Drawing(self._driver, request, on_partial, call).make()
        )
        self._driver.report_tokens(made.usage)
        return made


class _Drawing:
    """The attempts at one picture."""

    def __init__(self, driver: Driver, request: ImageRequest, on_partial: OnPartial, call: Call) -> None:
        self._driver = driver
        self._request = request
        self._on_partial = on_partial
        self._call = call
        self._left_out: set[str] = set()  # for this picture only
        self._body: Json = {}

    async def make(self) -> MadeImage:
        return await self._driver.repeat(self._call, self._attempt, self._mend)

    async def _attempt(self) -> MadeImage:
        refused = self._driver.refused.of(_API, self._request.model) | self._left_out
        self._body = _body(self._request, refused)
        began = self._call.seconds
        try:
            with exchange(self._call, lambda: self._call.begun):
                return await self._receive()
        except Fault as fault:
            if not fault.said.status and self._call.seconds - began > _TOO_SOON_TO_BE_DRAWN:
                fault.repeatable = False
            raise

    async def _receive(self) -> MadeImage:
        async with self._send() as answer:
            # From here on the server works for money.
            self._call.begun = True
            response = answer.http_response
            self._call.request_id = response.headers.get("x-request-id", "")
            media = media_type(response)
            if media == "application/json":
                return await self._plain(await response.aread())
            if media != "text/event-stream":
                raise unexpected(media, "a picture")
            return await self._streamed(response)

    def _send(self) -> AbstractAsyncContextManager[AsyncAPIResponse[ImagesResponse]]:
        request = self._request
        timeout = httpx2.Timeout(connect=_CONNECT, write=_WRITE, pool=_CONNECT, read=self._driver.seconds)
        images = self._driver.sdk.images.with_streaming_response
        if not request.pictures:
            return images.generate(prompt=request.prompt, extra_body=self._body, timeout=timeout)
        files = [_file(picture, f"picture-{number}") for number, picture in enumerate(request.pictures, 1)]
        return images.edit(
            image=files if len(files) > 1 else files[0],
            mask=_file(request.mask, "mask") if request.mask else omit,
            prompt=request.prompt,
            extra_body=self._body,
            timeout=timeout,
        )

    async def _plain(self, content: bytes) -> MadeImage:
        """Servers that do not stream ignore the wish and answer with one object."""
        return await self._made(as_object(await asyncio.to_thread(json.loads, content)))

    async def _streamed(self, response: httpx2.Response) -> MadeImage:
        # Left after the picture: compared with drawing, a new connection costs nothing.
        async for each in AsyncStream(cast_to=object, response=response, client=self._driver.sdk):
            event = as_object(each)
            kind = string(event, "type")
            if kind.endswith(".partial_image"):
                self._on_partial(number(event, "partial_image_index"))
            elif kind == "error" or event.get("error"):
                raise server_fault(child(event, "error") or {**event, "type": ""})
            elif kind.endswith(".completed") or event.get("data"):
                return await self._made(event)
        raise Fault(Failure.DROPPED, "the stream ended without a picture", hard=True)

    async def _made(self, answer: Json) -> MadeImage:
        entries = children(answer, "data") or [answer]
        data = await asyncio.to_thread(decoded, entries[0])
        kind = picture_type(data)
        if kind is None:
            raise Fault(Failure.FAILED, "answered without a picture")
        usage = child(answer, "usage")
        counted = Usage(input=tokens(usage, "input_tokens"), output=tokens(usage, "output_tokens"))
        return MadeImage(data, kind, counted, string(answer, "model") or self._request.model)

    def _mend(self, fault: Fault) -> bool:
        name = _refused(fault, self._body)
        if name is None:
            return False
        if name in _VALUES and not _unknown(fault.said):
            self._left_out.add(name)
            self._driver.log("model_value_dropped", api=_API, llm=self._request.model, parameter=name)
        else:
            self._driver.remember(_API, self._request.model, name)
        return True


def _body(request: ImageRequest, refused: frozenset[str]) -> Json:
    """The parameters beside the prompt and the files. What is "auto" anyway is not said: not all servers know it."""
    body: Json = {"model": request.model, "n": 1, "safety_identifier": request.person}
    chosen = {"size": request.size, "quality": request.quality, "background": request.background}
    if request.pictures:
        chosen["input_fidelity"] = request.fidelity
    body |= {name: value for name, value in chosen.items() if value != "auto"}
    if "stream" not in refused:
        body |= {"stream": True, "partial_images": 2}
    return {name: value for name, value in body.items() if name not in refused}


def _refused(fault: Fault, body: Json) -> str | None:
    said = fault.said
    if fault.failure is not Failure.FAILED or said.status not in {400, 422, 501}:
        return None
    if name := refused_parameter(said, body, _OPTIONAL):
        return name
    if "stream" in body and _NO_STREAM.search(said.message):
        return "stream"
    # Another value would do: then the server's own choice does as well.
    return said.param if said.param in _VALUES & body.keys() else None


def _unknown(said: ServerError) -> bool:
    return said.code in {"unknown_parameter", "unsupported_parameter"} or bool(_UNKNOWN.search(said.message))


def _file(picture: Picture, name: str) -> tuple[str, bytes, str]:
    return f"{name}.{picture.media_type.rpartition('/')[2]}", picture.data, picture.media_type
