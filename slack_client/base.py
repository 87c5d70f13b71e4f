"""SlackBot: the workspace, connected. One shared session, one identity, two sockets, in either mode."""

import asyncio
import logging
from collections.abc import Mapping
from typing import TypeVar

import aiohttp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from base_client import Observer
from config import Settings, is_loopback
from connections import counting
from database import Store
from message_processor.base import MessageProcessor
from message_processor.ingestion.web import Web
from message_processor.small_tasks import SmallTasks
from slack_client import async_mode, sync_mode
from slack_client.chat import SlackChat
from slack_client.errors import Ambiguous, RateLimited, Refused, Unreachable
from slack_client.files import SlackFiles
from slack_client.identity import Identity
from slack_client.pacing import Pacing
from slack_client.reception import Means, reception_of
from slack_client.sockets import COUNT, SocketWatch
from slack_client.uploads import SlackUploads
from slack_client.web_api import Answer, WebApi
from thread_manager import Runner, run_at_once

log = logging.getLogger("threadwell.slack")

Client = TypeVar("Client", AsyncWebClient, WebClient)


class WrongTokens(Exception):
    """Slack does not accept a token, or the app lacks what it needs; `problem` is a line for the operator."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class SlackUnreachable(Exception):
    """Slack could not be asked for as long as the patience allows."""


class TokenGone(Exception):
    """Slack has taken the bot's token back while the bot ran."""


class SlackBot:
    """The bot in its workspace: `open`, then `start` with the core, then `stop_intake` and `close`."""

    def __init__(
        self,
        settings: Settings,
        session: aiohttp.ClientSession,
        api: WebApi,
        observer: Observer,
    ) -> None:
        self._settings = settings
        self._session = session
        self._api = api
        self._observer = observer
        self._small_tasks = SmallTasks()
        self._direct = is_loopback(settings.SLACK_API_URL)
        self._turns: sync_mode.ThreadedTurns | None = None
        self._sockets: SocketWatch | None = None
        self.identity: Identity
        self.chat: SlackChat

    @classmethod
    async def open(cls, settings: Settings, store: Store, observer: Observer, web: Web) -> "SlackBot":
        """Find out who the bot is. WrongTokens, or SlackUnreachable after the patience of a start.

        `web` fetches people's files and stays the caller's to close.
        """
        timings = settings.timings
        session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=timings.slack_call),
            connector=aiohttp.TCPConnector(limit=_connections(settings), keepalive_timeout=60),
            trace_configs=[counting(observer, "slack")],
        )
        client = AsyncWebClient(
            token=settings.SLACK_BOT_TOKEN.get_secret_value(),
            base_url=settings.SLACK_API_URL,
            session=session,
            retry_handlers=[],
        )
        bot = cls(settings, session, WebApi(client, Pacing(timings), timings, observer), observer)
        bot._without_proxy(client)
        try:
            await bot._introduce(store, web, client.proxy)
        except BaseException:
            await session.close()
            raise
        return bot

    async def _introduce(self, store: Store, web: Web, proxy: str | None) -> None:
        answer = await self._ask("auth.test", {}, "SLACK_BOT_TOKEN")
        fields = {name: str(answer.get(name) or "") for name in ("team_id", "user_id", "bot_id", "user")}
        self.identity = Identity(fields["team_id"], fields["user_id"], fields["bot_id"], fields["user"])
        self._store = store
        settings, address = self._settings, self._settings.SLACK_API_URL
        files = SlackFiles(self._api, web, settings.SLACK_BOT_TOKEN, address, proxy)
        uploads = SlackUploads(self._api, address, self._observer, proxy)
        contact = settings.ADMIN_CONTACT
        self.chat = SlackChat(
            self._api, self.identity, store, settings.timings, self._observer, files, uploads, contact
        )
        await self.chat.prepare()
        log.info("slack_identity", extra={"team": self.identity.team, "bot": self.identity.user})

    async def _ask(
        self, method: str, arguments: Mapping[str, object], token_name: str, token: str | None = None
    ) -> Answer:
        """A first call at start: repeated while Slack is unreachable, WrongTokens when it says no."""
        timings = self._settings.timings
        try:
            async with asyncio.timeout(timings.start_patience):
                while True:
                    try:
                        return await self._api.call(method, arguments, token=token)
                    except Refused as refusal:
                        raise WrongTokens(f"{token_name}: Slack answers {refusal.reason} to {method}") from None
                    except (Ambiguous, RateLimited, Unreachable) as failure:
                        log.warning("slack_not_ready", extra={"method": method, "reason": failure.reason})
                        wait = failure.retry_after if isinstance(failure, RateLimited) else timings.retry_base * 4
                        await asyncio.sleep(wait)
        except TimeoutError:
            raise SlackUnreachable(f"Slack could not be reached for {timings.start_patience:.0f} s") from None

    def runner(self) -> Runner:
        """How turns run in this mode."""
        if self._settings.USE_ASYNC_MODE:
            return run_at_once
        deadline = self._settings.TURN_TIMEOUT_SECONDS + self._settings.timings.delivery_patience
        self._turns = sync_mode.ThreadedTurns(self._settings.SYNC_WORKERS, self._settings.ASYNC_TEST_CHANNELS, deadline)
        return self._turns.run

    async def start(self, core: MessageProcessor) -> None:
        """Open the sockets; from now on events come in. WrongTokens, SocketsLost, SlackUnreachable."""
        settings, timings = self._settings, self._settings.timings
        app_token = settings.SLACK_APP_TOKEN.get_secret_value()
        # The SDK's clients try a refused token for ever: ask once ourselves.
        await self._ask("apps.connections.open", {}, "SLACK_APP_TOKEN", app_token)
        means = Means(settings, self.identity, self._api, self.chat, self._store, self._small_tasks, self._observer)
        reception = reception_of(core, means)
        who = self.identity
        authorization = AuthorizeResult(
            enterprise_id=None,
            team_id=who.team,
            bot_user_id=who.user,
            bot_id=who.bot,
            bot_token=settings.SLACK_BOT_TOKEN.get_secret_value(),
        )
        if settings.USE_ASYNC_MODE:
            client = AsyncWebClient(base_url=settings.SLACK_API_URL, session=self._session, retry_handlers=[])
            app = async_mode.build_app(self._without_proxy(client), authorization, reception)
            sockets = async_mode.build_sockets(app, app_token, timings.socket_ping, COUNT, self._direct)
            self._sockets = SocketWatch(sockets, timings, self._observer)
        else:
            blocking = WebClient(base_url=settings.SLACK_API_URL, retry_handlers=[])
            threaded = sync_mode.build_app(self._without_proxy(blocking), authorization, reception, timings.intake)
            threads = sync_mode.build_sockets(threaded, app_token, timings.socket_ping, COUNT, self._direct)
            self._sockets = SocketWatch(threads, timings, self._observer)
        await self._sockets.open()

    def _without_proxy(self, client: Client) -> Client:
        """The SDK takes proxies from the environment and knows no exception for loopback: made here."""
        if self._direct:
            client.proxy = None
        return client

    async def watch(self) -> None:
        """Keep the sockets alive, for ever; SocketsLost when that fails for too long, TokenGone."""
        if self._sockets is None:
            return
        sockets = asyncio.create_task(self._sockets.watch(), name="socket watch")
        token = asyncio.create_task(self._api.token_gone.wait(), name="token watch")
        try:
            await asyncio.wait((sockets, token), return_when=asyncio.FIRST_COMPLETED)
            if token.done():
                raise TokenGone(
                    "Slack does not take SLACK_BOT_TOKEN any more: was the app removed or its token revoked?"
                )
            sockets.result()
        finally:
            for task in (sockets, token):
                task.cancel()
            await asyncio.wait((sockets, token), timeout=5.0)

    async def ready(self) -> bool:
        """Whether events can come in."""
        return self._sockets is not None and await self._sockets.ready()

    async def stop_intake(self) -> None:
        """Take no more events; bounded."""
        if self._sockets is not None:
            await self._sockets.close()

    async def close(self) -> None:
        """End what still writes, then the workers and the session; bounded."""
        await self._small_tasks.close()
        await self.chat.close()
        if self._turns is not None:
            self._turns.close()
        await self._session.close()


def _connections(settings: Settings) -> int:
    """Most connections to Slack at once: replies write one call at a time each, and keep-alive reuses them."""
    return max(20, min(200, settings.ASYNC_MAX_CONCURRENT_REQUESTS))
