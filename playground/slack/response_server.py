"""Where response addresses lead, outside of the Web API. Faults and the record know them as the call `response_url`."""

from aiohttp import web

from playground.slack.answers import Answer
from playground.slack.arguments import Arguments, read_object
from playground.slack.gateway import Gateway
from playground.slack.responses import Responses
from playground.slack.wire import JsonObject, SlackError


class ResponseServer:
    """Takes JSON at `/response/…`, without a token."""

    def __init__(self, responses: Responses, gateway: Gateway) -> None:
        self._responses = responses
        self._gateway = gateway

    def add_to(self, app: web.Application) -> None:
        """Add the route."""
        app.router.add_post("/response/{ticket}", self._handle)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        args: JsonObject = {}

        async def carry_out() -> Answer:
            return await self._gateway.through_faults("response_url", lambda: self._take(request, args))

        return await self._gateway.recorded(request, "response_url", args, carry_out)

    async def _take(self, request: web.Request, args: JsonObject) -> Answer:
        args.update(read_object(await request.read()))
        try:
            self._responses.take(request.match_info["ticket"], Arguments(args))
        except SlackError as error:
            return Answer({"ok": False, "error": error.code}, 404 if error.code.endswith("_url") else 400)
        return Answer("ok", content_type="text/plain")
