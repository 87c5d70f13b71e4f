"""The Web API over HTTP: who may call, what goes wrong on purpose, and the record of every call."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate

from aiohttp import web

from playground.slack.answers import APP_SCOPES, BOT_SCOPES, DROPPED, Answer, cut, failure, refusal, success, too_many
from playground.slack.arguments import Arguments, read_arguments
from playground.slack.changes import Changes
from playground.slack.faults import Faults
from playground.slack.journal import Call, Journal
from playground.slack.tiers import Tiers
from playground.slack.web_api import METHODS
from playground.slack.web_api.context import Context
from playground.slack.wire import JsonObject, SlackError


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a bot has to present: `bot` for the methods, `app` for opening sockets."""

    bot: str
    app: str


class Gateway:
    """Answers `/api/{method}`."""

    def __init__(self, context: Context, tokens: Tokens, faults: Faults, changes: Changes) -> None:
        self.calls: Journal[Call] = Journal()
        self._context = context
        self._tokens = tokens
        self._faults = faults
        self._changes = changes
        self._tiers = Tiers()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        method = request.match_info["method"]
        args: JsonObject = {}

        async def carry_out() -> Answer:
            args.update(await read_arguments(request))
            authorization = request.headers.get("Authorization", "")
            return await self.through_faults(method, lambda: self._call(method, args, authorization))

        return await self.recorded(request, method, args, carry_out)

    async def recorded(
        self, request: web.Request, name: str, args: JsonObject, carry_out: Callable[[], Awaitable[Answer]]
    ) -> web.StreamResponse:
        """Carry a call out and note it under its name; `args` may still grow meanwhile."""
        began = self._context.workspace.clock.monotonic()
        try:
            answer = await carry_out()
        except SlackError as error:
            answer = refusal(error)
        self._add_headers(answer, request.headers.get("Authorization", ""))
        self._record(request, name, args, answer, began)
        return cut(request) if answer.status == DROPPED else answer.response()

    async def through_faults(self, name: str, carry_out: Callable[[], Awaitable[Answer]]) -> Answer:
        """Let happen what is to go wrong with calls of this name, or carry the call out."""
        hits = self._faults.hits(name)
        for rule in hits:
            if rule.kind == "slow":
                await asyncio.sleep(rule.seconds)
        if (failed := failure(hits)) is not None:
            return failed
        answer = await carry_out()
        if answer.status == 200 and not answer.error and any(rule.kind == "drop_after" for rule in hits):
            answer.status = DROPPED
        return answer

    async def _call(self, method: str, args: JsonObject, authorization: str) -> Answer:
        if method not in METHODS:
            return refusal(SlackError("unknown_method"), req_method=method)
        self._authorize(method, authorization)
        if wait := self._wait(method, args):
            return too_many(wait)
        return success(METHODS[method](self._context, Arguments(args)))

    def is_bot(self, authorization: str) -> bool:
        """Whether a header carries the bot's token."""
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and token == self._tokens.bot

    def _authorize(self, method: str, authorization: str) -> None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise SlackError("not_authed")
        wanted, other = self._tokens.bot, self._tokens.app
        if method == "apps.connections.open":
            wanted, other = other, wanted
        if token == other:
            raise SlackError("not_allowed_token_type")
        if token != wanted:
            raise SlackError("invalid_auth")

    def _add_headers(self, answer: Answer, authorization: str) -> None:
        """Slack's time, and what the token that was sent may do; a token that it does not know may do nothing."""
        answer.headers["Date"] = formatdate(self._context.workspace.clock.now(), usegmt=True)
        token = authorization.partition(" ")[2]
        if token and token in (self._tokens.bot, self._tokens.app):
            given = BOT_SCOPES if token == self._tokens.bot else APP_SCOPES
            kept = [scope for scope in given.split(",") if scope not in self._faults.withheld_scopes.split(",")]
            answer.headers["x-oauth-scopes"] = ",".join(kept)

    def _wait(self, method: str, args: JsonObject) -> int:
        if not self._faults.enforce_tiers:
            return 0
        now = self._context.workspace.clock.monotonic()
        return self._tiers.retry_after(method, args, now, self._faults.tier_window)

    def _record(self, request: web.Request, method: str, args: JsonObject, answer: Answer, began: float) -> None:
        peer = request.transport.get_extra_info("peername") if request.transport is not None else None
        connection = f"{peer[0]}:{peer[1]}" if peer else ""
        seconds = self._context.workspace.clock.monotonic() - began
        self.calls.add(Call(method, args, answer.status, answer.error, began, seconds, connection))
        self._changes.wake()
