"""The Web API over HTTP: who may call, what goes wrong on purpose, and the record of every call."""

import asyncio
import json
from dataclasses import dataclass

from aiohttp import web

from playground.slack.arguments import Arguments, read_arguments
from playground.slack.changes import Changes
from playground.slack.clock import new_id
from playground.slack.faults import Faults, Rule
from playground.slack.journal import Call, Journal
from playground.slack.tiers import Tiers
from playground.slack.web_api import METHODS
from playground.slack.web_api.context import Context
from playground.slack.wire import JsonObject, SlackError

SCOPES = (
    "app_mentions:read,assistant:write,channels:history,channels:read,chat:write,groups:history,groups:read,"
    "im:history,im:read,im:write,reactions:read,reactions:write,users:read"
)
ERROR_PAGE = "<!DOCTYPE html><html><head><title>Server Error</title></head><body><h1>Server Error!</h1></body></html>"
DROPPED = 0


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a bot has to present: `bot` for the methods, `app` for opening sockets."""

    bot: str
    app: str


class _Answer:
    """What goes back: a status, a body, and the error code for the record."""

    __slots__ = ("error", "headers", "response_body", "status")

    def __init__(self, body: JsonObject | str, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.response_body = body
        self.headers = headers or {}
        self.error = ""
        if isinstance(body, dict):
            self.error = str(body.get("error", ""))
        elif status != 200:
            self.error = f"http_{status}"

    def response(self) -> web.Response:
        if isinstance(self.response_body, str):
            return web.Response(
                text=self.response_body, status=self.status, content_type="text/html", headers=self.headers
            )
        body = json.dumps(self.response_body).encode()
        return web.Response(
            body=body, status=self.status, content_type="application/json", charset="utf-8", headers=self.headers
        )


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
        began = self._context.workspace.clock.monotonic()
        args: JsonObject = {}
        try:
            args = await read_arguments(request)
            answer = await self._answer(method, args, request.headers.get("Authorization", ""))
        except SlackError as error:
            answer = _refusal(error)
        self._record(request, method, args, answer, began)
        if answer.status == DROPPED:
            return _cut(request)
        return answer.response()

    async def _answer(self, method: str, args: JsonObject, authorization: str) -> _Answer:
        hits = self._faults.hits(method)
        for rule in hits:
            if rule.kind == "slow":
                await asyncio.sleep(rule.seconds)
        if failure := _failure(hits):
            return failure
        if method not in METHODS:
            return _refusal(SlackError("unknown_method"), req_method=method)
        self._authorize(method, authorization)
        if wait := self._wait(method, args):
            return _too_many(wait)
        answer = _Answer({"ok": True, **METHODS[method](self._context, Arguments(args))}, headers=_headers())
        if any(rule.kind == "drop_after" for rule in hits):
            answer.status = DROPPED
        return answer

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

    def _wait(self, method: str, args: JsonObject) -> int:
        if not self._faults.enforce_tiers:
            return 0
        now = self._context.workspace.clock.monotonic()
        return self._tiers.retry_after(method, args, now, self._faults.tier_window)

    def _record(self, request: web.Request, method: str, args: JsonObject, answer: _Answer, began: float) -> None:
        peer = request.transport.get_extra_info("peername") if request.transport is not None else None
        connection = f"{peer[0]}:{peer[1]}" if peer else ""
        seconds = self._context.workspace.clock.monotonic() - began
        self.calls.add(Call(method, args, answer.status, answer.error, began, seconds, connection))
        self._changes.wake()


def _failure(hits: list[Rule]) -> _Answer | None:
    for rule in hits:
        if rule.kind == "rate_limited":
            return _too_many(rule.retry_after)
        if rule.kind == "server_error":
            return _Answer(ERROR_PAGE, rule.status)
        if rule.kind == "error":
            return _refusal(SlackError(rule.code))
        if rule.kind == "drop_before":
            return _Answer({"ok": False, "error": "connection_dropped"}, DROPPED)
    return None


def _headers() -> dict[str, str]:
    return {"x-oauth-scopes": SCOPES, "x-slack-req-id": new_id("")}


def _too_many(seconds: int) -> _Answer:
    return _Answer({"ok": False, "error": "ratelimited"}, 429, _headers() | {"Retry-After": str(seconds)})


def _refusal(error: SlackError, **details: str) -> _Answer:
    body: JsonObject = {"ok": False, "error": error.code, **details}
    if error.messages:
        body["response_metadata"] = {"messages": error.messages}
    return _Answer(body, headers=_headers())


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
