"""The offline model server: both of OpenAI's APIs for answers, a list of models, and its own controls."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable

from aiohttp import web

from playground.model import asked as asking
from playground.model import strictness
from playground.model.answers import Ending, Reply, compose
from playground.model.asked import Asked
from playground.model.chat_api import ChatMaker
from playground.model.control import Controls
from playground.model.errors import ApiError
from playground.model.faults import HTML_PAGE, NO_SUCH_API, error_of
from playground.model.journal import CALLS_KEPT, HEADERS_KEPT, Api, ModelCall, Outcome
from playground.model.knobs import Knobs
from playground.model.responses_api import ResponseMaker, failure_line
from playground.model.script import Json
from playground.model.streaming import FOREVER, send_document, send_stream
from playground.model.usage import PromptCache
from playground.model.words import steer

LARGEST_BODY = 64 * 1024 * 1024  # bytes; pictures come inside the JSON
MODELS = ("gpt-6.2-sol", "gpt-6.2-astra", "gpt-6.1-terra", "gpt-5.6-luna", "gpt-image-2.6-sunburst")
MODELS_CREATED = 1_790_000_000

REQUEST_ID = web.RequestKey("request_id", str)


class ModelServer:
    """One server; whoever runs `app()` should use `AppRunner(handler_cancellation=True)`, so that a client that goes
    away is noticed at once and not at the next write.

    `knobs` may be changed at any time and hold from the next call on. `journal` has the newest calls, oldest first.
    `clock` gives seconds since the epoch.
    """

    def __init__(self, knobs: Knobs | None = None, clock: Callable[[], float] = time.time) -> None:
        self.knobs = knobs or Knobs()
        self.journal: list[ModelCall] = []
        self.active = 0
        self.peak_active = 0
        self._clock = clock
        self._calls = 0
        self._requests = 0
        self._cache = PromptCache()
        self._answering: dict[asyncio.Task[object], ModelCall] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    async def idle(self) -> None:
        """Waits until no call is being answered."""
        await self._idle.wait()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[self._guard])
        app.router.add_post("/v1/responses", self._responses)
        app.router.add_post("/v1/chat/completions", self._chat_completions)
        app.router.add_get("/v1/models", self._models)
        Controls(self.knobs, self.journal).add_to(app)
        app.on_response_prepare.append(_name_request)
        app.on_shutdown.append(self._stop)
        return app

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Names every request, and turns what is refused into OpenAI's error shape."""
        self._requests += 1
        request[REQUEST_ID] = f"req_{self._requests:032x}"
        try:
            return await handler(request)
        except ApiError as error:
            return _error_response(error)
        except web.HTTPException as error:
            if error.status not in (404, 405):
                return _error_response(ApiError(error.status, error.reason))
            place = f"{request.method} {request.path}"
            return _error_response(ApiError(error.status, f"Unknown request URL: {place}.", code="unknown_url"))

    async def _models(self, request: web.Request) -> web.Response:
        _check_key(request)
        known = [{"id": name, "object": "model", "created": MODELS_CREATED, "owned_by": "offline"} for name in MODELS]
        return web.json_response({"object": "list", "data": known})

    async def _responses(self, request: web.Request) -> web.StreamResponse:
        return await self._follow(request, Api.RESPONSES)

    async def _chat_completions(self, request: web.Request) -> web.StreamResponse:
        return await self._follow(request, Api.CHAT_COMPLETIONS)

    async def _follow(self, request: web.Request, api: Api) -> web.StreamResponse:
        """Answers a call and keeps its line in the journal true, however it ends."""
        call = self._begin(request, api)
        try:
            async with asyncio.timeout(FOREVER):
                return await self._answer(request, call)
        except ApiError as error:
            call.status = error.status
            raise
        except (asyncio.CancelledError, ConnectionError):
            if call.outcome is Outcome.ACTIVE:
                call.outcome = Outcome.CLIENT_CLOSED
            raise
        finally:
            if call.outcome is Outcome.ACTIVE:
                call.outcome = Outcome.FAULT
            self._end(call)

    def _begin(self, request: web.Request, api: Api) -> ModelCall:
        self._calls += 1
        call = ModelCall(
            number=self._calls,
            api=api,
            body={},
            headers={name: request.headers[name] for name in HEADERS_KEPT if name in request.headers},
            connection=_connection(request),
            request_id=request[REQUEST_ID],
            started_at=self._clock(),
        )
        self.journal.append(call)
        del self.journal[:-CALLS_KEPT]
        self.active += 1
        self.peak_active = max(self.peak_active, self.active)
        self._idle.clear()
        if task := asyncio.current_task():
            self._answering[task] = call
        return call

    def _end(self, call: ModelCall) -> None:
        call.ended_at = self._clock()
        self.active -= 1
        if not self.active:
            self._idle.set()
        if task := asyncio.current_task():
            self._answering.pop(task, None)

    async def _answer(self, request: web.Request, call: ModelCall) -> web.StreamResponse:
        _check_key(request)
        call.body = await _read_body(request)
        knobs = self.knobs.take()
        if knobs.no_responses_api and call.api is Api.RESPONSES:
            call.outcome, call.status = Outcome.FAULT, 404
            return web.json_response(NO_SUCH_API, status=404)
        strictness.check(call.api, call.body)
        strictness.refuse(call.body, knobs.refuse_parameters)
        asked = asking.read(call.api, call.body)
        knobs = steer(asked, knobs)
        if knobs.hang_before_headers:
            await asyncio.sleep(FOREVER)
        if error := error_of(knobs):
            raise error
        if knobs.html_200:
            call.outcome, call.status = Outcome.FAULT, 200
            return web.Response(text=HTML_PAGE, content_type="text/html")
        return await self._send(request, asked, knobs, call)

    async def _send(self, request: web.Request, asked: Asked, knobs: Knobs, call: ModelCall) -> web.StreamResponse:
        reply = compose(asked, knobs)
        maker = self._maker(asked, reply, knobs, call)
        if asked.stream:
            return await send_stream(request, maker.script(), knobs, call)
        if reply.ending in (Ending.ERROR_FLAT, Ending.ERROR_NESTED) or (
            reply.ending is Ending.FAILED and call.api is Api.CHAT_COMPLETIONS
        ):
            raise ApiError(500, failure_line(reply), type="server_error", code=reply.detail)
        return await send_document(request, maker.document(), knobs, call)

    def _maker(self, asked: Asked, reply: Reply, knobs: Knobs, call: ModelCall) -> ResponseMaker | ChatMaker:
        cache_key = str(call.body.get("prompt_cache_key"))
        usage = None if knobs.missing_usage else self._cache.usage(asked, cache_key, reply.written)
        created_at = int(call.started_at)
        if call.api is Api.RESPONSES:
            return ResponseMaker(call.number, created_at, call.body, reply, usage, knobs.repeat_created)
        return ChatMaker(call.number, created_at, asked.model, reply, usage, asked.include_usage)

    async def _stop(self, _app: web.Application) -> None:
        """Ends the calls that are still being answered: a stalled one would hold up the end of the server."""
        for task, call in self._answering.items():
            call.outcome = Outcome.FAULT
            task.cancel()


async def _name_request(request: web.Request, response: web.StreamResponse) -> None:
    response.headers["x-request-id"] = request[REQUEST_ID]
    response.headers["openai-version"] = "2020-10-01"


def _error_response(error: ApiError) -> web.Response:
    headers = {"Retry-After": f"{error.retry_after:g}"} if error.retry_after is not None else None
    return web.json_response(error.body(), status=error.status, headers=headers)


def _check_key(request: web.Request) -> None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise ApiError(401, "You didn't provide an API key. Provide it in an Authorization header (Bearer YOUR_KEY).")


async def _read_body(request: web.Request) -> Json:
    try:
        body = json.loads(await request.read(), parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise ApiError(400, "We could not parse the JSON body of your request.") from problem
    if not isinstance(body, dict):
        raise ApiError(400, "Invalid body: expected a JSON object.", code="invalid_type")
    return body


def _no_number(word: str) -> object:
    raise ValueError(f"{word} is not JSON")


def _connection(request: web.Request) -> str:
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return f"{peer[0]}:{peer[1]}" if peer else "closed"
