"""The asynchronous mode: Bolt's AsyncApp behind two AsyncSocketModeHandlers, turns on the loop."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from slack_client.event_handlers.registration import BOLT_NAME, Reception, acknowledgement


class AsyncSocket:
    """Implements `sockets.Socket` over the SDK's asynchronous client."""

    def __init__(self, app: AsyncApp, app_token: str, ping_interval: float, direct: bool) -> None:
        self._client = AsyncSocketModeHandler(app, app_token, ping_interval=ping_interval).client
        if direct:
            self._client.proxy = None

    async def connected(self) -> bool:
        return await self._client.is_connected()

    async def renew(self) -> None:
        client = self._client
        client.wss_uri = None
        # The SDK waits five seconds for its lock and then goes on without it, which leaves a socket that nobody reads.
        if client.connect_operation_lock.locked():
            return
        connecting = asyncio.create_task(client.connect_to_new_endpoint(force=True), name="socket renewal")
        try:
            while not (await asyncio.wait([connecting], timeout=client.ping_interval / 2))[0]:
                client.wss_uri = None  # after a failed handshake the SDK would try the same spent ticket for ever
            connecting.result()
        finally:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)

    async def close(self) -> None:
        await self._client.close()


class TakeIn(AsyncMiddleware):
    """Hands every payload to the reception and answers that it may be acknowledged, and with what.

    A class, because Bolt prepares a function's arguments first, and chokes there on an event that is no object.
    """

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        return acknowledgement(await self._reception.take(req.body, req.headers))


def build_app(client: AsyncWebClient, authorization: AuthorizeResult, reception: Reception) -> AsyncApp:
    """The Bolt app: every payload goes to the reception and is acknowledged when that returns."""

    async def authorize(**_: object) -> AuthorizeResult:
        return authorization

    return AsyncApp(
        client=client,
        name=BOLT_NAME,
        authorize=authorize,
        # Before the authorisation, which prepares a client for each request: nothing here needs one.
        before_authorize=TakeIn(reception),
        process_before_response=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )


def build_sockets(
    app: AsyncApp, app_token: str, ping_interval: float, count: int, direct: bool
) -> Sequence[AsyncSocket]:
    """Sockets of the app, not yet open; `direct` ones ignore proxies."""
    return [AsyncSocket(app, app_token, ping_interval, direct) for _ in range(count)]
