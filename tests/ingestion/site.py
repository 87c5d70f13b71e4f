"""A web site on this machine that misbehaves in every way a link can, and the pool that may reach it."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web as http
from aiohttp.test_utils import TestServer

from config import Settings, load_settings
from message_processor.ingestion.web import Web
from ops.figures import Figures


@dataclass
class Site:
    """`address` is its base with a slash at the end; `seen` are the requests that came, `figures` the pool's."""

    web: Web = field(init=False)
    address: str = ""
    figures: Figures = field(default_factory=Figures)
    seen: list[http.Request] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    most_at_once: int = 0
    at_work: int = 0

    def paths(self) -> list[str]:
        return [request.path for request in self.seen]

    async def handle(self, request: http.Request) -> http.StreamResponse:
        self.seen.append(request)
        self.at_work += 1
        self.most_at_once = max(self.most_at_once, self.at_work)
        try:
            kind, _, rest = request.path.strip("/").partition("/")
            return await getattr(self, f"_{kind}")(request, rest)  # type: ignore[no-any-return]
        finally:
            self.at_work -= 1

    async def _bytes(self, _: http.Request, size: str) -> http.StreamResponse:
        return http.Response(body=b"x" * int(size), content_type="image/png")

    async def _slow(self, _: http.Request, seconds: str) -> http.StreamResponse:
        await asyncio.sleep(float(seconds))
        return http.Response(body=b"slow", headers={"Set-Cookie": "who=you"})

    async def _status(self, _: http.Request, status: str) -> http.StreamResponse:
        return http.Response(status=int(status), text="a page about it")

    async def _passing(self, _: http.Request, __: str) -> http.StreamResponse:
        status = self.statuses.pop(0) if self.statuses else 200
        return http.Response(status=status, text="back again")

    async def _to(self, request: http.Request, _: str) -> http.StreamResponse:
        return http.Response(status=302, headers={"Location": request.query["url"]})

    async def _hops(self, _: http.Request, left: str) -> http.StreamResponse:
        return http.Response(
            status=301, headers={"Location": f"/hops/{int(left) - 1}" if int(left) > 1 else "/bytes/1"}
        )

    async def _circle(self, _: http.Request, __: str) -> http.StreamResponse:
        return http.Response(status=307, headers={"Location": "/circle"})

    async def _endless(self, request: http.Request, _: str) -> http.StreamResponse:
        return await _for_ever(request, b"x" * 10_000, {})

    async def _packed(self, _: http.Request, size: str) -> http.StreamResponse:
        return http.Response(body=gzip.compress(b"\0" * int(size)), headers={"Content-Encoding": "gzip"})

    async def _packed_nothing(self, request: http.Request, _: str) -> http.StreamResponse:
        return await _for_ever(request, gzip.compress(b"") * 1_000, {"Content-Encoding": "gzip"})

    async def _brotli(self, _: http.Request, __: str) -> http.StreamResponse:
        return http.Response(body=b"??", headers={"Content-Encoding": "br"})

    async def _cut(self, request: http.Request, _: str) -> http.StreamResponse:
        response = http.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"half")
        if request.transport is not None:
            request.transport.close()
        return response


async def _for_ever(request: http.Request, piece: bytes, headers: dict[str, str]) -> http.StreamResponse:
    response = http.StreamResponse(headers=headers)
    await response.prepare(request)
    while request.transport is not None and not request.transport.is_closing():
        await response.write(piece)
    return response


def settings(api: str = "http://127.0.0.1:9/api/", **given: str) -> Settings:
    """Settings whose pool waits briefly."""
    tokens = {"SLACK_BOT_TOKEN": "xoxb-secret", "SLACK_APP_TOKEN": "xapp-1", "OPENAI_API_KEY": "none"}
    return load_settings(None, **{**tokens, "SLACK_API_URL": api, "HTTP_TIMEOUT": "1", **given})


@asynccontextmanager
async def open_site() -> AsyncIterator[Site]:
    """The site, and a pool that reaches nothing else on this machine."""
    site = Site()
    app = http.Application()
    app.router.add_route("*", "/{path:.*}", site.handle)
    async with TestServer(app, host="127.0.0.1") as server:
        site.address = str(server.make_url("/"))
        site.web = await Web.open(settings(TEST_LINK_ADDRESS=f"127.0.0.1:{server.port}"), site.figures)
        yield site
        await site.web.close()
