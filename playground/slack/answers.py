"""What the Web API answers: success, refusal, too many calls, a broken server, a cut connection."""

import json

from aiohttp import web

from playground.slack.clock import new_id
from playground.slack.faults import Rule
from playground.slack.wire import JsonObject, SlackError

BOT_SCOPES = (
    "app_mentions:read,assistant:write,channels:history,channels:read,chat:write,commands,files:read,files:write,"
    "groups:history,groups:read,im:history,im:write,mpim:history,reactions:write,users:read"
)
APP_SCOPES = "connections:write"
ERROR_PAGE = "<!DOCTYPE html><html><head><title>Server Error</title></head><body><h1>Server Error!</h1></body></html>"
DROPPED = 0
"""Status of an answer that is none: the connection is cut."""


class Answer:
    """What goes back: a status, a body, and the error code for the record. A text is a page of HTML."""

    __slots__ = ("body", "content_type", "error", "headers", "status")

    def __init__(
        self,
        body: JsonObject | str | bytes,
        status: int = 200,
        headers: dict[str, str] | None = None,
        content_type: str = "text/html",
    ) -> None:
        self.status = status
        self.body = body
        self.headers = headers or {}
        self.content_type = content_type
        self.error = ""
        if isinstance(body, dict):
            self.error = str(body.get("error", ""))
        elif status != 200:
            self.error = f"http_{status}"

    def response(self) -> web.Response:
        """The same as aiohttp sends it."""
        body, content_type, charset = self.body, self.content_type, None
        if isinstance(body, dict):
            body, content_type = json.dumps(body), "application/json"
        if isinstance(body, str):
            body, charset = body.encode(), "utf-8"
        return web.Response(
            body=body, status=self.status, content_type=content_type, charset=charset, headers=self.headers
        )


def success(body: JsonObject) -> Answer:
    """`ok` and what the method has to say."""
    return Answer({"ok": True, **body}, headers=_headers())


def refusal(error: SlackError, **details: str) -> Answer:
    """`ok: false` with the code, and its details where there are any."""
    body: JsonObject = {"ok": False, "error": error.code, **details}
    if error.messages:
        body["response_metadata"] = {"messages": error.messages}
    return Answer(body, headers=_headers())


def too_many(seconds: int) -> Answer:
    """429 with Retry-After."""
    return Answer({"ok": False, "error": "ratelimited"}, 429, _headers() | {"Retry-After": str(seconds)})


def failure(hits: list[Rule]) -> Answer | None:
    """What the faults that hit a call answer in its place; None where they let it through."""
    for rule in hits:
        if rule.kind == "rate_limited":
            return too_many(rule.retry_after)
        if rule.kind == "server_error":
            return Answer(ERROR_PAGE, rule.status)
        if rule.kind == "error":
            return refusal(SlackError(rule.code))
        if rule.kind == "drop_before":
            return Answer({"ok": False, "error": "connection_dropped"}, DROPPED)
    return None


def cut(request: web.Request) -> web.Response:
    """End the connection in place of an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _headers() -> dict[str, str]:
    return {"x-slack-req-id": new_id("")}
