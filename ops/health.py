"""Health over HTTP, for supervisors and people on this machine."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

_END_SECONDS = 2.0
"""How long questions that are being answered may hold up the end."""

Check = Callable[[], Awaitable[Mapping[str, object]]]
Ready = Callable[[], Awaitable[bool]]


class PortTaken(Exception):
    """The health port cannot be bound; `problem` is a line for the operator."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Health:
    """`/health/live`, `/health/ready` and `/health`: the last one all figures as JSON."""

    def __init__(self, ready: Ready, check: Check) -> None:
        self._ready = ready
        self._check = check
        self._began = time.monotonic()
        app = web.Application()
        app.add_routes(
            [
                web.get("/health/live", self._live),
                web.get("/health/ready", self._is_ready),
                web.get("/health", self._all),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=_END_SECONDS)

    async def start(self, host: str, port: int) -> None:
        """Listen; PortTaken when that is impossible."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise PortTaken(f"HEALTH_PORT: cannot listen on {host}:{port} ({error.strerror})") from None

    async def close(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _live(self, _: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def _is_ready(self, _: web.Request) -> web.Response:
        ready = await self._ready()
        return web.Response(text="ready\n" if ready else "not ready\n", status=200 if ready else 503)

    async def _all(self, _: web.Request) -> web.Response:
        ready = await self._ready()
        process = {"tasks": len(asyncio.all_tasks())}
        uptime = round(time.monotonic() - self._began, 1)
        body = {"ready": ready, "seconds_up": uptime, "process": process, **await self._check()}
        return web.json_response(body, status=200 if ready else 503)
