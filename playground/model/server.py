"""The offline model server: OpenAI's APIs for answers, pictures and embeddings, its models, and its own controls."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from aiohttp import web

from playground.model.apis import Apis
from playground.model.bodies import check_key
from playground.model.calls import Calls
from playground.model.catalogue import listed
from playground.model.control import Controls
from playground.model.errors import ApiError
from playground.model.journal import Api, ModelCall, Outcome
from playground.model.knobs import Knobs
from playground.model.streaming import FOREVER

LARGEST_BODY = 96 * 1024 * 1024  # bytes; pictures come inside the JSON, a third larger than they are

REQUEST_ID = web.RequestKey("request_id", str)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Answer = Callable[[web.Request, ModelCall], Awaitable[web.StreamResponse]]


class ModelServer:
    """One server; whoever runs `app()` should use `AppRunner(handler_cancellation=True)`, so that a client that goes
    away is noticed at once and not at the next write.

    `knobs` may be changed at any time and hold from the next call on. `journal` has the newest calls, oldest first.
    `clock` gives seconds since the epoch.
    """

    def __init__(self, knobs: Knobs | None = None, clock: Callable[[], float] = time.time) -> None:
        self.knobs = knobs or Knobs()
        self._calls = Calls(clock)
        self.journal = self._calls.journal
        self._apis = Apis(self.knobs)
        self._requests = 0

    @property
    def active(self) -> int:
        """Calls being answered."""
        return self._calls.active

    @property
    def peak_active(self) -> int:
        """Most calls that were being answered at once."""
        return self._calls.peak_active

    async def idle(self) -> None:
        """Waits until no call is being answered."""
        await self._calls.idle()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[self._guard])
        for path, api, answer in (
            ("/v1/responses", Api.RESPONSES, self._apis.answer),
            ("/v1/chat/completions", Api.CHAT_COMPLETIONS, self._apis.answer),
            ("/v1/images/generations", Api.IMAGES, self._apis.draw),
            ("/v1/images/edits", Api.IMAGES, self._apis.edit),
            ("/v1/embeddings", Api.EMBEDDINGS, self._apis.embed),
        ):
            app.router.add_post(path, self._followed(api, answer))
        app.router.add_get("/v1/models", self._models)
        Controls(self.knobs, self.journal).add_to(app)
        app.on_response_prepare.append(_name_request)
        app.on_shutdown.append(self._stop)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
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
        check_key(request)
        await asyncio.sleep(self.knobs.models_seconds)
        return web.json_response(listed(self.knobs))

    def _followed(self, api: Api, answer: Answer) -> Handler:
        """A handler that keeps the line of each call in the journal true, however it ends."""

        async def handle(request: web.Request) -> web.StreamResponse:
            call = self._calls.begin(request, api, request[REQUEST_ID])
            try:
                async with asyncio.timeout(FOREVER):
                    return await answer(request, call)
            except ApiError as error:
                call.status = error.status
                raise
            except (asyncio.CancelledError, ConnectionError):
                if call.outcome is Outcome.ACTIVE:
                    call.outcome = Outcome.CLIENT_CLOSED
                raise
            finally:
                self._calls.end(call)

        return handle

    async def _stop(self, _app: web.Application) -> None:
        self._calls.stop()


async def _name_request(request: web.Request, response: web.StreamResponse) -> None:
    response.headers["x-request-id"] = request[REQUEST_ID]
    response.headers["openai-version"] = "2020-10-01"


def _error_response(error: ApiError) -> web.Response:
    headers = {"Retry-After": f"{error.retry_after:g}"} if error.retry_after is not None else None
    return web.json_response(error.body(), status=error.status, headers=headers)
