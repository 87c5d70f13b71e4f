"""The page's own way to files: what people attach, and what they look at. For this machine only, without a token."""

import json
from typing import TYPE_CHECKING

from aiohttp import web

from playground.slack.file_parts import read_parts
from playground.slack.files import File
from playground.slack.loopback import check_loopback
from playground.slack.wire import JsonObject, SlackError

if TYPE_CHECKING:
    from playground.server import Playground

# A file is other people's: whatever it is, it runs nothing and is no part of another site's page.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def page_address(file: File) -> str:
    """Where the page finds a file's bytes."""
    return f"/page-files/{file.id}/{file.path_name}"


class PageFiles:
    """Takes attached files, and shows those that are there."""

    def __init__(self, playground: "Playground") -> None:
        self._workspace = playground.workspace

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_post("/upload", self._upload)
        app.router.add_get("/page-files/{id}/{name}", self._show)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """A form with files of `person`; answers with the files, which wait for their message, or with an `error`."""
        check_loopback(request)
        try:
            arguments, files = await read_parts(request)
            person = self._workspace.person(str(arguments.get("person")))
            kept = [self._workspace.filing.keep(person.id, name, data) for name, data in files]
        except SlackError as refusal:
            return _json({"error": refusal.code.replace("_", " ")}, 400)
        shown: list[JsonObject] = [{"id": file.id, "address": page_address(file)} for file in kept]
        return _json({"files": shown})

    async def _show(self, request: web.Request) -> web.StreamResponse:
        """Pictures to look at, everything else to be saved."""
        check_loopback(request)
        file = self._workspace.filing.known.get(request.match_info["id"])
        if file is None or file.data is None:
            raise web.HTTPNotFound
        kind = "inline" if file.is_picture else "attachment"
        headers = HEADERS | {"Content-Disposition": f'{kind}; filename="{file.path_name}"'}
        content_type = file.mimetype if file.is_picture else "application/octet-stream"
        return web.Response(body=file.data, content_type=content_type, headers=headers)


def _json(body: JsonObject, status: int = 200) -> web.Response:
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json")
