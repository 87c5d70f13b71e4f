"""The routes of the page: its shell, its static files, and the WebSocket that brings it to life."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import WSCloseCode, web

from playground.page.files import PageFiles
from playground.page.visit import Visit
from playground.slack.loopback import check_loopback

if TYPE_CHECKING:
    from playground.server import Playground

FOLDER = Path(__file__).parent
LARGEST_REQUEST = 1024 * 1024  # bytes
HEARTBEAT = 20.0
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class Page:
    """The playground in a browser, for this machine only."""

    def __init__(self, playground: "Playground") -> None:
        self._playground = playground
        self._static = {path.name: path for path in (FOLDER / "static").iterdir()}
        self._run = secrets.token_hex(4)
        self._sockets: set[web.WebSocketResponse] = set()

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/", self._shell)
        app.router.add_get("/static/{name}", self._file)
        app.router.add_get("/live", self._live)
        PageFiles(self._playground).add_to(app)
        app.on_shutdown.append(self._leave)

    async def _shell(self, request: web.Request) -> web.StreamResponse:
        check_loopback(request)
        return web.FileResponse(FOLDER / "shell.html", headers=HEADERS)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        check_loopback(request)
        if (path := self._static.get(request.match_info["name"])) is None:
            raise web.HTTPNotFound
        return web.FileResponse(path, headers=HEADERS)

    async def _live(self, request: web.Request) -> web.StreamResponse:
        """One visit; the first message names this run, so that a page notices a restart."""
        check_loopback(request)
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=LARGEST_REQUEST, timeout=1.0)
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await socket.send_json([{"op": "hello", "run": self._run}])
            await Visit(self._playground, socket, self._name).run()
        finally:
            self._sockets.discard(socket)
        return socket

    def _name(self, user: str) -> str:
        person = self._playground.workspace.people.get(user)
        return person.real_name if person else user

    async def _leave(self, app: web.Application) -> None:
        for socket in tuple(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY, message=b"the playground stops")
