"""Embeddings: texts as vectors, for search by meaning."""

import asyncio
import json
from collections.abc import Sequence
from typing import Final

import httpx2

from openai_client.call import Call
from openai_client.driver import Driver
from openai_client.errors import Failure
from openai_client.events import EventSink, Json, Usage
from openai_client.exchange import exchange, media_type, unexpected
from openai_client.faults import Fault
from openai_client.refusals import refused_parameter
from openai_client.wire import as_object, child, children, number, tokens

_API: Final = "embeddings"
_OPTIONAL = frozenset({"dimensions"})
_BATCH = 64
_DIMENSIONS = 256
_CONNECT, _WRITE = 10.0, 30.0

Vector = tuple[float, ...]


class Embeddings:
    """The Embeddings API, with the slots and the deadline of all model calls."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    async def embed(self, model: str, texts: Sequence[str], on_event: EventSink) -> tuple[tuple[Vector, ...], Usage]:
        """One vector for each text, in their order, and what they took. ModelError; each batch of 64 is a call."""
        vectors: list[Vector] = []
        tokens = 0
        for start in range(0, len(texts), _BATCH):
            batch = _Batch(self._driver, model, texts[start : start + _BATCH])
            vectors.extend(await self._driver.run(_API, on_event, batch.embed))
            tokens += batch.tokens
        return tuple(vectors), Usage(input=tokens)


class _Batch:
    """The attempts at one batch; `tokens` are those it took."""

    def __init__(self, driver: Driver, model: str, texts: Sequence[str]) -> None:
        self._driver = driver
        self._model = model
        # Servers refuse a whole batch for one text that is empty.
        self._texts = [text if text.strip() else "-" for text in texts]
        self._body: Json = {}
        self.tokens = 0

    async def embed(self, call: Call) -> list[Vector]:
        return await self._driver.repeat(call, lambda: self._attempt(call), self._mend)

    async def _attempt(self, call: Call) -> list[Vector]:
        self._body = self._parameters()
        with exchange(call, lambda: False):
            response = await self._send()
            call.request_id = response.headers.get("x-request-id", "")
            if (media := media_type(response)) != "application/json":
                raise unexpected(media, "embeddings")
            answer = as_object(await asyncio.to_thread(json.loads, response.content))
        self.tokens = tokens(child(answer, "usage"), "prompt_tokens")
        self._driver.report_tokens(Usage(input=self.tokens))
        return _vectors(answer, len(self._texts))

    def _parameters(self) -> Json:
        body: Json = {
            "model": self._model,
            "input": self._texts,
            "dimensions": _DIMENSIONS,
        }
        refused = self._driver.refused.of(_API, self._model)
        return {name: value for name, value in body.items() if name not in refused}

    async def _send(self) -> httpx2.Response:
        timeout = httpx2.Timeout(connect=_CONNECT, write=_WRITE, pool=_CONNECT, read=self._driver.seconds)
        embeddings = self._driver.sdk.embeddings.with_streaming_response
        # The prepared body replaces the arguments; a format must be named, or the SDK asks for its own.
        async with embeddings.create(
            model="", input="", encoding_format="float", extra_body=self._body, timeout=timeout
        ) as answer:
            await answer.http_response.aread()
            return answer.http_response

    def _mend(self, fault: Fault) -> bool:
        name = refused_parameter(fault.said, self._body, _OPTIONAL)
        if name:
            self._driver.remember(_API, self._model, name)
        return name is not None


def _vectors(answer: Json, count: int) -> list[Vector]:
    entries = sorted(children(answer, "data"), key=lambda entry: number(entry, "index"))
    vectors = [_vector(entry) for entry in entries]
    if len(vectors) != count or not all(vectors) or len({len(vector) for vector in vectors}) > 1:
        raise Fault(Failure.FAILED, "answered without a vector for each text")
    return vectors


def _vector(entry: Json) -> Vector:
    values = entry.get("embedding")
    return tuple(float(value) for value in values if isinstance(value, int | float)) if isinstance(values, list) else ()
