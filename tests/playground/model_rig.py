"""A model server on loopback and the real SDK in front of it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import ClientSession, web
from openai import AsyncOpenAI, AsyncStream

from playground.model import ModelServer

Event = dict[str, object]


@dataclass(frozen=True)
class Rig:
    """`url` has neither a slash at its end nor the /v1 of the APIs; `http` is a client without an SDK."""

    server: ModelServer
    client: AsyncOpenAI
    http: ClientSession
    url: str
    runner: web.AppRunner

    async def open_responses(self, given: object = "hello", /, **more: object) -> AsyncStream[object]:
        raw = await self.client.responses.with_raw_response.create(
            model="gpt-test", stream=True, extra_body={"input": given, **more}
        )
        return raw.parse(to=AsyncStream[object])

    async def open_chat(self, text: str = "hello", **more: object) -> AsyncStream[object]:
        messages = [{"role": "user", "content": text}]
        raw = await self.client.chat.completions.with_raw_response.create(
            model="gpt-test", messages=[], stream=True, extra_body={"messages": messages, **more}
        )
        return raw.parse(to=AsyncStream[object])

    async def responses(self, given: object = "hello", /, **more: object) -> list[Event]:
        """All events of a streamed answer of the Responses API."""
        return await drained(await self.open_responses(given, **more))

    async def chat(self, text: str = "hello", **more: object) -> list[Event]:
        """All chunks of a streamed answer of Chat Completions."""
        return await drained(await self.open_chat(text, **more))

    async def settled(self) -> None:
        """Waits until no call is being answered."""
        async with asyncio.timeout(5):
            await self.server.idle()


async def drained(stream: AsyncStream[object], into: list[Event] | None = None) -> list[Event]:
    """The events of a stream; what came before an exception is in `into`."""
    events = [] if into is None else into
    async with stream:
        async for event in stream:
            assert isinstance(event, dict)
            events.append(event)
    return events


def kinds(events: list[Event]) -> list[object]:
    return [event["type"] for event in events]


def text_of(events: list[Event]) -> str:
    """The text of an answer of either API."""
    return "".join(str(event["delta"]) for event in events if event.get("type") == "response.output_text.delta") + (
        "".join(str(delta["content"]) for delta in deltas(events) if delta.get("content"))
    )


def deltas(events: list[Event]) -> list[Event]:
    """The deltas of an answer of Chat Completions."""
    return [choice["delta"] for event in events for choice in _choices(event)]


def _choices(event: Event) -> list[dict[str, Event]]:
    choices = event.get("choices", [])
    assert isinstance(choices, list)
    return choices


@asynccontextmanager
async def running(server: ModelServer | None = None) -> AsyncIterator[Rig]:
    server = server or ModelServer()
    runner = web.AppRunner(server.app(), handler_cancellation=True, access_log=None)
    await runner.setup()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        await web.SockSite(runner, listening).start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        client = AsyncOpenAI(api_key="sk-test", base_url=f"{url}/v1", max_retries=0, timeout=10)
        async with client, ClientSession() as http:
            yield Rig(server, client, http, url, runner)
        await runner.cleanup()
