"""A model server that does as it is told: one scripted reply for each call, on a port of its own."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

from aiohttp import web

from openai_client.events import Json


@dataclass(frozen=True)
class Pause:
    seconds: float


@dataclass(frozen=True)
class Reset:
    """The TCP connection is reset."""


Step = Json | bytes | Pause | Reset


@dataclass(frozen=True)
class Stream:
    """Server-sent events: JSON objects, or raw bytes. `done` adds the last line of Chat Completions."""

    steps: tuple[Step, ...]
    content_type: str = "text/event-stream"
    done: bool = False


@dataclass(frozen=True)
class Refuse:
    """An error answer. A `body` that is text is sent as a page."""

    status: int
    body: Json | str = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hang:
    """No answer at all."""


@dataclass(frozen=True)
class Hangup:
    """The connection is closed before any answer, after some seconds."""

    after: float = 0.0


Reply = Stream | Refuse | Hang | Hangup


@dataclass(frozen=True)
class Received:
    path: str
    body: Json
    headers: Mapping[str, str]
    at: float


class ScriptedServer:
    """`replies` are used up in order; the last one stays. `left` counts clients that went away in mid-answer."""

    def __init__(self) -> None:
        self.replies: deque[Reply] = deque()
        self.by_path: dict[str, Reply] = {}
        self.received: list[Received] = []
        self.connections: set[int] = set()
        self.left = 0
        self.left_at = 0.0
        self.open_now = self.most_open = 0
        self.url = ""
        self._kept: list[object] = []  # so that no two connections share an id

    def will(self, *replies: Reply) -> None:
        self.replies = deque(replies)

    @staticmethod
    async def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
        """Returns as soon as the condition holds; TimeoutError if it does not come to hold in time."""
        async with asyncio.timeout(seconds):
            while not true():
                await asyncio.sleep(0.005)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        loop = asyncio.get_running_loop()
        self.connections.add(id(request.transport))
        self._kept.append(request.transport)
        body = await _body_of(request)
        self.received.append(Received(request.path, body, dict(request.headers), loop.time()))
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            return await self._play(request, self._next(request.path))
        except (asyncio.CancelledError, ConnectionError):
            self.left += 1
            self.left_at = loop.time()
            raise
        finally:
            self.open_now -= 1

    def _next(self, path: str) -> Reply:
        if path in self.by_path:
            return self.by_path[path]
        return self.replies.popleft() if len(self.replies) > 1 else self.replies[0]

    async def _play(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        match reply:
            case Refuse(status, str() as page, headers):
                return web.Response(status=status, text=page, content_type="text/html", headers=headers)
            case Refuse(status, body, headers):
                return web.json_response(body, status=status, headers={"x-request-id": "req_refused", **headers})
            case Hang():
                await asyncio.sleep(60)
            case Hangup(after):
                await asyncio.sleep(after)
                _transport(request).close()
            case Stream():
                return await self._stream(request, reply)
        return web.Response()

    @staticmethod
    async def _stream(request: web.Request, reply: Stream) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": reply.content_type, "x-request-id": "req_stream"})
        await response.prepare(request)
        for step in reply.steps:
            match step:
                case Pause(seconds):
                    await asyncio.sleep(seconds)
                case Reset():
                    _transport(request).abort()
                    return response
                case bytes():
                    await response.write(step)
                case _:
                    await response.write(b"data: " + json.dumps(step).encode() + b"\n\n")
        if reply.done:
            await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
        return response


async def _body_of(request: web.Request) -> Json:
    """The JSON of the request; of a form its fields, and lists of files under their names."""
    if not request.can_read_body:
        return {}
    if request.content_type != "multipart/form-data":
        return cast(Json, json.loads(await request.read()))
    body: Json = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            kept = body.setdefault(name, [])
            assert isinstance(kept, list)
            kept.append((value.filename, value.content_type, value.file.read()))
        else:
            body[name] = value
    return body


def _transport(request: web.Request) -> asyncio.Transport:
    assert isinstance(request.transport, asyncio.Transport)
    return request.transport


@asynccontextmanager
async def serving() -> AsyncIterator[ScriptedServer]:
    server = ScriptedServer()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_post("/{path:.*}", server.answer)
    app.router.add_get("/{path:.*}", server.answer)
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}/v1/"
    try:
        yield server
    finally:
        await runner.cleanup()
