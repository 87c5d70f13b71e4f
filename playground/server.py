"""The playground: a Slack workspace and a model on this machine, each on a port of its own."""

import secrets
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

from aiohttp import web

from playground.listener import Listener
from playground.model.knobs import KnobSettings
from playground.model.server import ModelServer
from playground.page.page import Page
from playground.slack.changes import Changes
from playground.slack.clock import Clock
from playground.slack.control import Control
from playground.slack.directory import Identity
from playground.slack.faults import Faults
from playground.slack.file_server import FileServer
from playground.slack.gateway import Gateway, Tokens
from playground.slack.interactive_control import InteractiveControl
from playground.slack.journal import Call, Journal
from playground.slack.response_server import ResponseServer
from playground.slack.socket_mode import SocketMode
from playground.slack.web_api.context import Context
from playground.slack.workspace import Workspace

LARGEST_BODY = 4 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Options:
    """Where the playground listens; port 0 takes a free one.

    `enforce_tiers` is the fault's first value, `pace` that of the model's knobs. With `real_model_url` no model is
    started here.
    """

    host: str = "127.0.0.1"
    slack_port: int = 0
    model_port: int = 0
    enforce_tiers: bool = False
    real_model_url: str = ""
    pace: KnobSettings = field(default_factory=KnobSettings)
    clock: Clock = field(default_factory=Clock)


class Playground:
    """The workspace, its faults and its records, and the model; an async context manager.

    `OSError` from `start` means that a port is taken. After `stop` it may be started again: everything is still there,
    on the same ports, but streams that were live have expired.
    """

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.bot_token = f"xoxb-playground-{secrets.token_hex(8)}"
        self.app_token = f"xapp-1-playground-{secrets.token_hex(8)}"
        self.faults = Faults(enforce_tiers=self.options.enforce_tiers)
        self.changes = Changes()
        self.sockets = SocketMode(Identity().app_id, self.faults, self.changes, self.options.clock)
        self.workspace = Workspace(self.sockets.deliver, self.changes, self.faults, self.options.clock)
        self._context = Context(self.workspace, self.sockets)
        self._gateway = Gateway(self._context, Tokens(self.bot_token, self.app_token), self.faults, self.changes)
        self._slack = Listener(self._slack_app, self.options.host, self.options.slack_port, notice_leaving=False)
        self.model = ModelServer()
        self.model.knobs.set(**self.options.pace)
        self._model = Listener(self.model.app, self.options.host, self.options.model_port, notice_leaving=True)

    def _slack_app(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/api/{method}", self._gateway.handle)
        app.router.add_get("/link/", self.sockets.handle)
        FileServer(self.workspace.filing, self._gateway).add_to(app)
        Control(self.workspace, self.sockets, self.faults, self.calls).add_to(app)
        InteractiveControl(self.workspace).add_to(app)
        ResponseServer(self.workspace.interactivity.responses, self._gateway).add_to(app)
        Page(self).add_to(app)
        return app

    # -- addresses and records ---------------------------------------------------------------------------------------

    @property
    def page_url(self) -> str:
        """Where people open the workspace in a browser."""
        return self._slack.url

    @property
    def slack_api_url(self) -> str:
        """The bot's SLACK_API_URL."""
        return self._slack.url + "api/"

    @property
    def openai_base_url(self) -> str:
        """The bot's OPENAI_BASE_URL."""
        return self.options.real_model_url or self._model.url + "v1/"

    @property
    def calls(self) -> Journal[Call]:
        """Every call of the Web API so far."""
        return self._gateway.calls

    @property
    def connections(self) -> dict[Literal["slack", "model", "sockets"], int]:
        """TCP connections opened so far to each side; `sockets` of those to Slack became WebSockets."""
        return {"slack": self._slack.opened, "model": self._model.opened, "sockets": self.sockets.opened}

    # -- life --------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Listen on both ports."""
        await self._slack.start()
        self._context.web_url = self.workspace.filing.address = self._slack.url
        self.sockets.base_url = self._slack.url.replace("http://", "ws://", 1) + "link/"
        if self.options.real_model_url:
            return
        try:
            await self._model.start()
        except OSError:
            await self._slack.stop()
            raise

    async def stop(self) -> None:
        """End every connection and stop listening."""
        self.workspace.streams.close()
        await self.sockets.stop()
        await self._slack.stop()
        await self._model.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
