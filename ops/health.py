"""Health, metrics and the status page over HTTP, for supervisors, monitoring and people on this machine."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from ops.guard import guard

_END_SECONDS = 2.0
"""How long questions that are being answered may hold up the end."""
_PAGE = Path(__file__).parent / "page"
_KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}

Part = Callable[[], Awaitable[Mapping[str, object]]]


class PortTaken(Exception):
    """The health port cannot be bound; `problem` is a line for the operator."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the answers come from: `ready` says in `reasons` what keeps the bot from serving; empty where nothing.

    `usage` has a `reason` where it cannot be told.
    """

    ready: Part
    check: Part
    pool: Part
    history: Part
    usage: Part
    metrics: Callable[[], Awaitable[bytes]]


class Health:
    """`/health/live`, `/health/ready`, `/health` (all figures), `/health/db-pool`, `/metrics`, and the page at `/`."""

    def __init__(self, sources: Sources, host: str) -> None:
        self._sources = sources
        self._host = host
        self._began = time.monotonic()
        self._page: dict[str, bytes] = {}
        app = web.Application(middlewares=[guard(host)])
        app.add_routes(
            [
                web.get("/health/live", self._live),
                web.get("/health/ready", self._is_ready),
                web.get("/health", self._all),
                web.get("/health/db-pool", self._pool),
                web.get("/health/history", self._history),
                web.get("/health/usage", self._usage),
                web.get("/metrics", self._metrics),
                web.get("/", self._file),
                web.get("/{name:[a-z]+[.](?:js|css)}", self._file),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=_END_SECONDS)

    async def start(self, port: int) -> None:
        """Listen; PortTaken when that is impossible."""
        self._page = await asyncio.to_thread(lambda: {each.name: each.read_bytes() for each in _PAGE.iterdir()})
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise PortTaken(f"HEALTH_PORT: cannot listen on {self._host}:{port} ({error.strerror})") from None

    async def close(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _live(self, _: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def _is_ready(self, _: web.Request) -> web.Response:
        found = await self._sources.ready()
        return web.json_response(found, status=503 if found["reasons"] else 200)

    async def _all(self, _: web.Request) -> web.Response:
        found = await self._sources.ready()
        process = {"tasks": len(asyncio.all_tasks())}
        uptime = round(time.monotonic() - self._began, 1)
        ready = {"ready": not found["reasons"], **found}
        body = {**ready, "seconds_up": uptime, "process": process, **await self._sources.check()}
        return web.json_response(body, status=503 if found["reasons"] else 200)

    async def _pool(self, _: web.Request) -> web.Response:
        return web.json_response(await self._sources.pool())

    async def _history(self, _: web.Request) -> web.Response:
        return web.json_response(await self._sources.history())

    async def _usage(self, _: web.Request) -> web.Response:
        found = await self._sources.usage()
        return web.json_response(found, status=503 if "reason" in found else 200)

    async def _metrics(self, _: web.Request) -> web.Response:
        body = await self._sources.metrics()
        return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info.get("name", "status.html")
        if name not in self._page:
            raise web.HTTPNotFound
        return web.Response(body=self._page[name], content_type=_KINDS[Path(name).suffix], charset="utf-8")
