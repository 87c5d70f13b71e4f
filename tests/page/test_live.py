"""What travels between the page and the playground, without a browser."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from playground.page.page import POLICY
from playground.server import Playground
from playground.slack.wire import JsonObject

ADA = "U0ADA00001"


class Line:
    """A page's WebSocket, read by a test."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.heard: list[JsonObject] = []

    async def send(self, **message: object) -> None:
        await self._socket.send_json(message)

    async def hear(self, op: str) -> JsonObject:
        """The next message of a kind."""
        while True:
            new = [message for message in await self._next() if message["op"] == op]
            if new:
                return new[0]

    async def quiet(self, seconds: float) -> None:
        """Listen until nothing has come for so long."""
        try:
            while True:
                async with asyncio.timeout(seconds):
                    await self._next()
        except TimeoutError:
            return

    async def _next(self) -> list[JsonObject]:
        messages: list[JsonObject] = json.loads(await self._socket.receive_str(timeout=5))
        self.heard += messages
        return messages


@pytest_asyncio.fixture
async def playground() -> AsyncIterator[Playground]:
    """A fresh one for each test: without a browser that is cheap."""
    async with Playground() as running:
        yield running


@pytest_asyncio.fixture
async def session(playground: Playground) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(playground.page_url) as session:
        yield session


@pytest_asyncio.fixture
async def line(session: aiohttp.ClientSession) -> AsyncIterator[Line]:
    async with session.ws_connect("/live") as socket:
        line = Line(socket)
        await line.send(do="look", person=ADA, channel="C0GENERAL1", thread="")
        await line.hear("place")
        yield line


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/static/colours.css", "/static/icon.svg"])
async def test_everything_is_served_under_a_strict_policy(session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(path) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/live"])
@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
async def test_other_names_and_other_sites_are_refused(
    session: aiohttp.ClientSession, path: str, headers: dict[str, str]
) -> None:
    async with session.get(path, headers=headers) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("path", ["/static/../page.py", "/static/%2e%2e%2fpage.py", "/static/nothing.js"])
async def test_nothing_else_is_served(session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(path) as answer:
        assert answer.status == 404


async def test_a_stream_of_many_pieces_is_shown_in_few_and_only_where_it_changed(
    playground: Playground, line: Line
) -> None:
    workspace = playground.workspace
    place = workspace.channel("general")
    root = workspace.post("ada", "general", "a question")
    workspace.post("ada", "general", "something else")
    await line.send(do="look", person=ADA, channel=place.id, thread=root)
    await line.quiet(1.2)
    line.heard.clear()

    message = workspace.streams.start(place, root, ADA)
    for number in range(300):
        workspace.streams.append(message, [f"word {number} "], [])
        await asyncio.sleep(0.001)
    await line.quiet(0.9)
    pieces = [str(put["html"]) for put in line.heard if put.get("id") == f"t-{message.ts}"]
    assert 1 < len(pieces) < 30
    assert "word 299" in pieces[-1]
    assert {put["id"] for put in line.heard if put["op"] == "put"} == {f"t-{message.ts}", f"c-{root}"}
    assert not [put for put in line.heard if put["op"] == "all"]


async def test_a_page_that_fell_behind_is_shown_everything(playground: Playground, line: Line) -> None:
    workspace = playground.workspace
    for number in range(1_200):  # more than fit in a subscription, all in one turn of the loop
        workspace.post("ada", "general", f"message {number}")
    everything = await line.hear("all")
    assert "message 1199" in str(everything["html"])
    assert str(everything["html"]).count("<article") == 201
    assert "Older messages are not shown" in str(everything["html"])


async def test_an_ephemeral_is_for_one_person_only(
    playground: Playground, session: aiohttp.ClientSession, line: Line
) -> None:
    headers = {"Authorization": f"Bearer {playground.bot_token}"}
    note = {"channel": "C0GENERAL1", "user": ADA, "text": "just for you"}
    async with session.post("/api/chat.postEphemeral", json=note, headers=headers) as answer:
        assert (await answer.json())["ok"]
    assert "Only visible to you" in str((await line.hear("put"))["html"])
    await line.send(do="look", person="U0GRACE001", channel="C0GENERAL1", thread="")
    await line.quiet(0.9)
    assert [message["html"] for message in line.heard if message["op"] == "all" and message["id"] == "c"][-1] == ""


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"do": "edit", "text": "mine now"}, "not your message"),
        ({"do": "delete"}, "not your message"),
        ({"do": "dance"}, "unknown request"),
        ({"do": "knob", "name": "slack.nothing", "value": 1}, "unknown knob nothing"),
        ({"do": "knob", "name": "model.status", "value": 7}, "status: expected 0 or a status from 400 to 599"),
        ({"do": "rule", "kind": "slow", "every": 0}, "every is at least 1"),
    ],
)
async def test_what_may_not_be_is_refused_in_words(
    playground: Playground, line: Line, asked: dict[str, object], refusal: str
) -> None:
    ts = playground.workspace.post("grace", "general", "hers")
    await line.send(**{"ts": ts, **asked})
    assert (await line.hear("notice"))["text"] == refusal
    assert playground.workspace.message("general", ts).text == "hers"


async def test_nonsense_on_the_line_changes_nothing(playground: Playground, line: Line) -> None:
    await line._socket.send_str("[1")
    assert (await line.hear("notice"))["text"] == "invalid json"
    await line.send(do="look", person="nobody", channel="nowhere", thread="1.000001")
    assert (await line.hear("place"))["address"] == "/U0ADA00001/C0GENERAL1"
