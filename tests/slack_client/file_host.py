"""A host of files on this machine: gives them, takes them, sends elsewhere, and remembers who asked with what."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web as http
from aiohttp.test_utils import TestServer

LOGIN = "<!DOCTYPE html><title>Sign in</title>"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    token: str | None
    body: bytes


@dataclass
class FileHost:
    """`address` is its base with a slash at the end. `/upload` answers the `statuses` one by one, then 200."""

    address: str = ""
    asked: list[Asked] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def tokens(self) -> set[str | None]:
        return {request.token for request in self.asked}

    async def handle(self, request: http.Request) -> http.StreamResponse:
        self.asked.append(
            Asked(request.method, request.path, request.headers.get("Authorization"), await request.read())
        )
        match request.path.strip("/").split("/"):
            case ["file", size, _]:
                return http.Response(body=b"x" * int(size), content_type="application/octet-stream")
            case ["page", *_]:
                return http.Response(text=LOGIN, content_type="text/html")
            case ["to", *_]:
                return http.Response(status=302, headers={"Location": request.query["url"]})
            case ["status", status, *_]:
                return http.Response(status=int(status))
            case ["upload"]:
                answer = self.statuses.pop(0) if self.statuses else 200
                return http.Response(status=answer, text="OK", headers={"Location": "/elsewhere"})
            case ["hang", *_]:
                await asyncio.sleep(30)
        return http.Response(status=404)


@asynccontextmanager
async def open_host() -> AsyncIterator[FileHost]:
    """The host, on a port of its own."""
    host = FileHost()
    app = http.Application()
    app.router.add_route("*", "/{path:.*}", host.handle)
    async with TestServer(app, host="127.0.0.1") as server:
        host.address = str(server.make_url("/"))
        yield host
