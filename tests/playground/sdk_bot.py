"""The smallest bot on Slack's real SDKs, as a partner for the playground."""

import asyncio
from types import TracebackType
from typing import Any, Self

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from playground.server import Playground


class SdkBot:
    """An AsyncApp with some AsyncSocketModeHandlers; it notes every event it is given."""

    def __init__(self, playground: Playground, sockets: int) -> None:
        self.events: list[dict[str, Any]] = []
        self.arrived = asyncio.Event()
        self._playground = playground
        self._sockets = sockets

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        playground = self._playground
        self.client = AsyncWebClient(
            token=playground.bot_token, base_url=playground.slack_api_url, session=self._session, retry_handlers=[]
        )
        identity = playground.workspace.identity

        async def authorize(**_: object) -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=None,
                team_id=identity.team_id,
                bot_token=playground.bot_token,
                bot_id=identity.bot_id,
                bot_user_id=identity.bot_user_id,
            )

        app_client = AsyncWebClient(base_url=playground.slack_api_url, session=self._session, retry_handlers=[])
        self.app = AsyncApp(client=app_client, authorize=authorize)
        for kind in ("app_mention", "message", "agent_session_stopped", "agent_session_title_changed"):
            self.app.event(kind)(self._note)
        self.handlers = [
            AsyncSocketModeHandler(self.app, playground.app_token, ping_interval=1) for _ in range(self._sockets)
        ]
        for handler in self.handlers:
            await handler.connect_async()
        await playground.workspace.wait_for(lambda: len(playground.sockets.connections) == self._sockets)
        return self

    async def _note(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        self._playground.changes.wake()

    async def wait_for_events(self, count: int) -> list[dict[str, Any]]:
        """The events so far, once there are at least `count`."""
        return await self._playground.workspace.wait_for(lambda: len(self.events) >= count and self.events)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for handler in self.handlers:
            await handler.close_async()
        await self._session.close()
