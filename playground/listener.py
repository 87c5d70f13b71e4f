"""One HTTP server on one port, which counts the TCP connections opened to it."""

import asyncio
from collections.abc import Callable

from aiohttp import web

SHUTDOWN_SECONDS = 1.0


class Listener:
    """Serves an application on a port of this machine.

    With `notice_leaving` a request ends when its client goes away; without it, it is carried out all the same.
    """

    def __init__(self, make_app: Callable[[], web.Application], host: str, port: int, *, notice_leaving: bool) -> None:
        self.opened = 0
        """TCP connections opened so far."""
        self.port = port
        self._make_app = make_app
        self._host = host
        self._notice_leaving = notice_leaving
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self.port}/"

    async def start(self) -> None:
        """Listen; OSError when the port is taken. Port 0 becomes the real one, which a later start takes again."""
        self._runner = web.AppRunner(
            self._make_app(),
            access_log=None,
            handle_signals=False,
            handler_cancellation=self._notice_leaving,
            shutdown_timeout=SHUTDOWN_SECONDS,
        )
        await self._runner.setup()
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self._connect, self._host, self.port, backlog=1_024)
        except OSError:
            await self.stop()
            raise
        self.port = self._server.sockets[0].getsockname()[1]

    def _connect(self) -> asyncio.Protocol:
        self.opened += 1
        make = self._runner.server if self._runner is not None else None
        if make is None:
            raise ConnectionAbortedError("the playground is stopping")
        return make()

    async def stop(self) -> None:
        """Stop listening and end all connections; requests under way are cut off."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
