"""The SDK's client over one pool of connections, with its slow parts built before the first call."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
from openai import AsyncOpenAI, DefaultAioHttpClient, OpenAI, Stream

from config import Settings, is_loopback

_KEEPALIVE = 60.0
# Connections that are being closed still count for a moment.
_SPARE_CONNECTIONS = 10
# Larger bodies (pictures, files) are written piece by piece: in one piece they would hold up the loop.
_PIECE = 256 * 1024


class _Pool(DefaultAioHttpClient):
    async def send(self, request: httpx2.Request, *options: Any, **more: Any) -> httpx2.Response:
        return await super().send(_in_pieces(request), *options, **more)


class _Pieces(httpx2.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for at in range(0, len(self._content), _PIECE):
            yield self._content[at : at + _PIECE]


def _in_pieces(request: httpx2.Request) -> httpx2.Request:
    if not isinstance(request.stream, httpx2.ByteStream):
        return request
    if len(content := request.content) <= _PIECE:
        return request
    # The headers stay, the length among them.
    return httpx2.Request(
        request.method,
        request.url,
        headers=request.headers,
        stream=_Pieces(content),
        extensions=request.extensions,
    )


async def open_sdk(settings: Settings) -> AsyncOpenAI:
    """The client; the server is not contacted."""
    # Reading the certificates and building the SDK's types takes a good part of a second.
    http, _ = await asyncio.gather(asyncio.to_thread(_pool, settings), asyncio.to_thread(_build_types))
    sdk = AsyncOpenAI(
        api_key=settings.OPENAI_API_KEY.get_secret_value(),
        base_url=settings.OPENAI_BASE_URL,
        http_client=http,
        max_retries=0,
    )
    # The SDK takes these from the environment; ours is read by the settings alone.
    sdk.organization = sdk.project = None
    return sdk


def _pool(settings: Settings) -> httpx2.AsyncClient:
    connections = settings.ASYNC_MAX_CONCURRENT_REQUESTS + _SPARE_CONNECTIONS
    return _Pool(
        limits=httpx2.Limits(
            max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=_KEEPALIVE
        ),
        trust_env=not is_loopback(settings.OPENAI_BASE_URL),
    )


def _build_types() -> None:
    """One call against a transport that answers by itself: the SDK imports and builds on first use."""
    answer = httpx2.MockTransport(lambda _: httpx2.Response(200, headers={"content-type": "text/event-stream"}))
    with httpx2.Client(transport=answer) as http:
        sdk = OpenAI(api_key="none", base_url="http://127.0.0.1/", http_client=http, max_retries=0)
        sdk.post("/", cast_to=object, content=b"{}", stream=True, stream_cls=Stream[object]).close()
