"""Where the bytes of files come and go: the addresses that Slack gives out, outside of the Web API.

Faults and the record know these two as the calls `upload` and `download`; the record holds no bytes.
"""

from aiohttp import web

from playground.slack.answers import Answer
from playground.slack.file_parts import read_parts, with_room
from playground.slack.files import File
from playground.slack.filing import Filing
from playground.slack.gateway import Gateway
from playground.slack.wire import JsonObject, SlackError

LOGIN_PAGE = (
    "<!DOCTYPE html><html><head><title>Sign in to Playground | Slack</title></head>"
    "<body><h1>Sign in to Playground</h1><form><input name=email></form></body></html>"
)
NOT_FOUND_PAGE = "<!DOCTYPE html><html><head><title>404 | Slack</title></head><body><h1>Not found</h1></body></html>"


class FileServer:
    """Takes bytes at `/upload/v1/…` and gives them at `/files-pri/…`."""

    def __init__(self, filing: Filing, gateway: Gateway) -> None:
        self._filing = filing
        self._gateway = gateway

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_post("/upload/v1/{ticket}", self._upload)
        app.router.add_get("/files-pri/{key}/{name}", self._download)
        app.router.add_get("/files-pri/{key}/download/{name}", self._download)
        app.router.add_get("/login", self._login)

    async def _login(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text=LOGIN_PAGE, content_type="text/html")

    # -- coming ------------------------------------------------------------------------------------------------------

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        args: JsonObject = {}

        async def carry_out() -> Answer:
            return await self._gateway.through_faults("upload", lambda: self._take(request, args))

        return await self._gateway.recorded(request, "upload", args, carry_out)

    async def _take(self, request: web.Request, args: JsonObject) -> Answer:
        data = await _sent(request)
        if (file := self._filing.by_ticket(request.match_info["ticket"])) is None:
            return Answer("no such upload", 404, content_type="text/plain")
        args |= {"file": file.id, "size": len(data)}
        if len(data) != file.length:
            said = f"{file.length} bytes were announced, {len(data)} came"
            return Answer(said, 400, content_type="text/plain")
        file.data = data
        return Answer(f"OK - {len(data)}", content_type="text/plain")

    # -- going -------------------------------------------------------------------------------------------------------

    async def _download(self, request: web.Request) -> web.StreamResponse:
        args: JsonObject = {"file": request.match_info["key"].partition("-")[2]}

        async def carry_out() -> Answer:
            return await self._gateway.through_faults("download", lambda: self._give(request, str(args["file"])))

        return await self._gateway.recorded(request, "download", args, carry_out)

    async def _give(self, request: web.Request, file_id: str) -> Answer:
        if not self._gateway.is_bot(request.headers.get("Authorization", "")):
            return _to_login(request)
        try:
            file = self._filing.file(file_id)
        except SlackError:
            return Answer(NOT_FOUND_PAGE, 404)
        if file.data is None:
            return Answer(NOT_FOUND_PAGE, 404)
        if file.file_access == "access_denied" or file.mode == "hidden_by_limit":
            return _to_login(request)
        return Answer(file.data, headers=_headers(file), content_type=file.mimetype)


async def _sent(request: web.Request) -> bytes:
    """The bytes of an upload, as the whole body or as the file of a form."""
    if request.content_type != "multipart/form-data":
        return await with_room(request).read()
    _, files = await read_parts(request)
    return files[0][1] if files else b""


def _to_login(request: web.Request) -> Answer:
    return Answer(b"", 302, {"Location": f"/login?redir={request.rel_url.raw_path}"})


def _headers(file: File) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{file.path_name}"', "X-Content-Type-Options": "nosniff"}
