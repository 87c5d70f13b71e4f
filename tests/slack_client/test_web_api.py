"""What Slack's answers mean, and when a call is made again."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from ops.figures import Figures
from slack_client.errors import Ambiguous, OutOfPatience, RateLimited, Refused, SlackFailure, Unreachable
from slack_client.pacing import Pacing
from slack_client.web_api import WebApi
from tests.slack_client.scripted import TIMINGS, ScriptedApi


@dataclass
class Slack:
    """A server whose next answers are made up. `api` talks to it."""

    api: WebApi
    answers: list[web.Response] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[Slack]:
    """The server and a Web API for it."""

    async def handle(request: web.Request) -> web.Response:
        found.arrivals.append(time.monotonic())
        return found.answers.pop(0) if found.answers else web.json_response({"ok": True, "ts": "1.1"})

    app = web.Application()
    app.router.add_route("*", "/api/{method}", handle)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            token="xoxb-test", base_url=str(server.make_url("/api/")), session=session, retry_handlers=[]
        )
        client.proxy = None
        found = Slack(WebApi(client, Pacing(TIMINGS), TIMINGS, Figures()))
        yield found


HTML = "<html>no</html>"


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (web.json_response({"ok": False, "error": "not_in_channel"}), Refused, "not_in_channel"),
        (web.json_response({"ok": False, "error": "rate_limited"}), RateLimited, "ratelimited"),
        (web.json_response({"ok": False, "error": "ratelimited"}, status=429), RateLimited, "ratelimited"),
        (web.Response(text=HTML, content_type="text/html", status=429), RateLimited, "ratelimited"),
        (web.Response(text="{broken", content_type="application/json", status=429), RateLimited, "ratelimited"),
        (web.json_response({"ok": False, "error": "internal_error"}), Ambiguous, "internal_error"),
        (web.json_response({"ok": False}), Ambiguous, "http_200"),
        (web.json_response({"ok": False, "error": 7}), Ambiguous, "7"),
        (web.Response(text=HTML, content_type="text/html", status=503), Ambiguous, "http_503"),
        (web.Response(text=HTML, content_type="text/html"), Ambiguous, "http_200"),
        (web.Response(text="Bad gateway", status=502), Ambiguous, "http_502"),
        (web.Response(text="fine"), Ambiguous, "no JSON answer"),
        (web.Response(text="{broken", content_type="application/json"), Ambiguous, "http_200"),
        (web.Response(text="{broken", content_type="application/json", status=500), Ambiguous, "http_500"),
        (web.json_response([1]), Ambiguous, "no JSON answer"),
        (web.Response(body=b"\xff\xfe{", content_type="application/json"), Ambiguous, "no JSON answer"),
        (web.Response(status=502), Ambiguous, "http_502"),
    ],
)
async def test_every_answer_has_a_meaning(
    slack: Slack, answer: web.Response, kind: type[SlackFailure], reason: str
) -> None:
    slack.answers.append(answer)
    with pytest.raises(kind) as failure:
        await slack.api.call("chat.update", {"channel": "C1"})
    assert failure.value.reason == reason
    assert (await slack.api.call("chat.delete", {}))["ts"] == "1.1"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("0", 1), ("-3", 1), ("soon", 5), ("inf", 5), ("nan", 5), (None, 5), ("3600", 3600)],
)
async def test_retry_after_is_taken_at_its_word(slack: Slack, header: str | None, seconds: float) -> None:
    headers = {} if header is None else {"Retry-After": header}
    slack.answers.append(web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers))
    with pytest.raises(RateLimited) as failure:
        await slack.api.call("chat.update", {})
    assert failure.value.retry_after == seconds
    assert slack.api.pacing.gate("chat.update").shut_for == pytest.approx(seconds, abs=0.5)


async def test_while_the_gate_is_shut_slack_is_not_asked(slack: Slack) -> None:
    slack.api.pacing.gate("chat.update").refused(30)
    with pytest.raises(RateLimited):
        await slack.api.call("chat.update", {})
    assert slack.arrivals == []


async def test_a_server_that_is_not_there_has_not_seen_the_call() -> None:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(base_url="http://127.0.0.1:9/api/", session=session, retry_handlers=[])
        client.proxy = None
        with pytest.raises(Unreachable):
            await WebApi(client, Pacing(TIMINGS), TIMINGS, Figures()).call("chat.update", {})


async def test_a_sure_call_waits_as_long_as_slack_says(slack: Slack) -> None:
    refusal = web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
    slack.answers.append(refusal)
    await slack.api.call_surely("chat.update", {}, patience=10)
    first, second = slack.arrivals
    assert second - first >= 1.0


async def test_an_ambiguous_end_is_repeated_only_where_that_is_harmless() -> None:
    api = ScriptedApi()
    api.next["chat.update"] = [Ambiguous("chat.update", "http_500")] * 4
    with pytest.raises(Ambiguous):
        await api.call_surely("chat.update", {}, patience=5)
    await api.call_surely("chat.update", {}, patience=5, repeatable=True)
    assert len(api.calls) == 5


async def test_what_slack_has_not_seen_is_always_repeated() -> None:
    api = ScriptedApi()
    api.next["chat.postMessage"] = [Unreachable("chat.postMessage", "refused")] * 3
    await api.call_surely("chat.postMessage", {}, patience=5)
    assert len(api.calls) == 4


async def test_patience_ends() -> None:
    api = ScriptedApi()
    api.pacing.gate("chat.update").refused(60)
    with pytest.raises(OutOfPatience):
        await api.call_surely("chat.update", {}, patience=0.1)


async def test_a_success_of_an_older_call_does_not_make_waiting_ones_spin() -> None:
    api = ScriptedApi()
    gate = api.pacing.gate("chat.update")
    gate.refused(0.3)
    gate.succeeded()  # a call that was under way before the 429
    began = time.monotonic()
    ticks = 0

    async def heartbeat() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.02)
            ticks += 1

    beat = asyncio.create_task(heartbeat())
    await api.call_surely("chat.update", {}, patience=5)
    beat.cancel()
    assert time.monotonic() - began >= 0.3
    assert ticks >= 3, "the event loop stayed free"


async def test_a_refusal_ends_the_doubt_about_a_gate() -> None:
    api = ScriptedApi()
    api.next["chat.update"] = [RateLimited("chat.update", 0.05), Refused("chat.update", "message_not_found")]
    with pytest.raises(Refused):
        await api.call_surely("chat.update", {}, patience=5)
    assert not api.pacing.gate("chat.update").doubtful()
