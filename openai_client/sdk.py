"""The SDK's client over one pool of connections, with its slow parts built before the first call."""

import asyncio

import httpx2
from openai import AsyncOpenAI, DefaultAioHttpClient, OpenAI

from config import Settings, is_loopback

_KEEPALIVE = 60.0
# Connections that are being closed still count for a moment.
_SPARE_CONNECTIONS = 10


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
    return DefaultAioHttpClient(
        limits=httpx2.Limits(
            max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=_KEEPALIVE
        ),
        trust_env=not is_loopback(settings.OPENAI_BASE_URL),
    )


def _build_types() -> None:
    """One call of each API against a transport that answers by itself: the SDK imports and builds on first use."""
    answer = httpx2.MockTransport(lambda _: httpx2.Response(200, headers={"content-type": "text/event-stream"}))
    with httpx2.Client(transport=answer) as http:
        sdk = OpenAI(api_key="none", base_url="http://127.0.0.1/", http_client=http, max_retries=0)
        sdk.responses.with_raw_response.create(stream=True, extra_body={}).http_response.close()
        chat = sdk.chat.completions.with_raw_response
        chat.create(model="", messages=[], stream=True, extra_body={}).http_response.close()
