"""The SDK's client over one pool of connections, with its slow parts built before the first call."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import aiohttp
import httpx2
from openai import AsyncOpenAI, DefaultAioHttpClient, OpenAI, Stream

from base_client import Observer
from config import Settings, is_loopback
from connections import counting

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


async def open_sdk(settings: Settings, observer: Observer) -> AsyncOpenAI:
    """The client; the server is not contacted."""
    # Reading the certificates and building the SDK's types takes a good part of a second.
    http, _ = await asyncio.gather(asyncio.to_thread(_pool, settings, observer), asyncio.to_thread(_build_types))
    sdk = AsyncOpenAI(
        api_key=settings.OPENAI_API_KEY.get_secret_value(),
        base_url=settings.OPENAI_BASE_URL,
        http_client=http,
        max_retries=0,
    )
    # The SDK takes these from the environment; ours is read by the settings alone.
    sdk.organization = sdk.project = None
    return sdk


def _pool(settings: Settings, observer: Observer) -> httpx2.AsyncClient:
    connections = settings.ASYNC_MAX_CONCURRENT_REQUESTS + _SPARE_CONNECTIONS
    pool = _Pool(
        limits=httpx2.Limits(
            max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=_KEEPALIVE
        ),
        trust_env=not is_loopback(settings.OPENAI_BASE_URL),
    )
    _count_connections(pool, counting(observer, "model"))
    return pool


def _count_connections(pool: httpx2.AsyncClient, trace: aiohttp.TraceConfig) -> None:
    trace.freeze()
    # httpx2 names a client's transports, the ones for proxies among them, in private only.
    transports: tuple[Any, ...] = (pool._transport, *pool._mounts.values())
    for transport in transports:
        if transport is not None:
            transport.get_client = partial(_traced, transport.get_client, trace)


def _traced(make: Callable[[], aiohttp.ClientSession], trace: aiohttp.TraceConfig) -> aiohttp.ClientSession:
    """The session that a transport makes for itself at its first call, with its limits, and traced."""
    session = make()
    session.trace_configs.append(trace)
    return session


def _build_types() -> None:
    """One call against a transport that answers by itself: the SDK imports and builds on first use."""
    answer = httpx2.MockTransport(lambda _: httpx2.Response(200, headers={"content-type": "text/event-stream"}))
    with httpx2.Client(transport=answer) as http:
        sdk = OpenAI(api_key="none", base_url="http://127.0.0.1/", http_client=http, max_retries=0)
        sdk.post("/", cast_to=object, content=b"{}", stream=True, stream_cls=Stream[object]).close()
