"""Health, metrics and the status page over HTTP, and who may see what."""

import socket
from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import make_mocked_request
from aiohttp.web import HTTPException, HTTPNotFound, Request, Response

from ops.guard import FOR_EVERYBODY, guard
from ops.health import Health, PortTaken, Sources


class House:
    """What health asks."""

    reasons: tuple[str, ...] = ()

    async def ready(self) -> Mapping[str, object]:
        return {"reasons": self.reasons, "sockets": not self.reasons}

    async def check(self) -> Mapping[str, object]:
        return {"figures": {"turns": 3}}

    async def history(self) -> Mapping[str, object]:
        return {"samples": []}

    async def usage(self) -> Mapping[str, object]:
        return {"reason": "the database cannot be read"} if self.reasons else {"month": "2026-11"}

    async def pool(self) -> Mapping[str, object]:
        return {"readers": 2}

    async def metrics(self) -> bytes:
        return b"threadwell_turns_total 3.0\n"

    @property
    def sources(self) -> Sources:
        return Sources(self.ready, self.check, self.pool, self.history, self.usage, self.metrics)


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def house() -> House:
    return House()


@pytest_asyncio.fixture
async def client(house: House, port: int) -> AsyncIterator[aiohttp.ClientSession]:
    health = Health(house.sources, "127.0.0.1")
    await health.start(port)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session
    await health.close()


@pytest.mark.parametrize(("reasons", "status"), [((), 200), (("no socket to Slack is open",), 503)])
async def test_ready_only_while_events_can_come_in(
    client: aiohttp.ClientSession, house: House, reasons: tuple[str, ...], status: int
) -> None:
    house.reasons = reasons
    for path, wanted in (
        ("/health/live", 200),
        ("/health/ready", status),
        ("/health", status),
        ("/health/usage", status),
    ):
        async with client.get(path) as answer:
            assert answer.status == wanted
    async with client.get("/health/ready") as answer:
        assert (await answer.json())["reasons"] == list(reasons)


async def test_all_figures(client: aiohttp.ClientSession) -> None:
    async with client.get("/health") as answer:
        body: dict[str, object] = await answer.json()
    assert body.pop("seconds_up") == pytest.approx(0, abs=30)
    process = body.pop("process")
    assert isinstance(process, dict)
    assert process["tasks"] > 0
    assert body == {"ready": True, "reasons": [], "sockets": True, "figures": {"turns": 3}}


@pytest.mark.parametrize(
    ("path", "kind", "part"),
    [
        ("/", "text/html", "<title>Threadwell</title>"),
        ("/status.js", "text/javascript", "use strict"),
        ("/status.css", "text/css", "color-scheme"),
        ("/metrics", "text/plain", "threadwell_turns_total 3.0"),
        ("/health/db-pool", "application/json", '{"readers": 2}'),
        ("/health/history", "application/json", '{"samples": []}'),
        ("/health/usage", "application/json", '{"month": "2026-11"}'),
    ],
)
async def test_every_page(client: aiohttp.ClientSession, path: str, kind: str, part: str) -> None:
    async with client.get(path) as answer:
        assert (answer.status, answer.content_type) == (200, kind)
        assert part in await answer.text()
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/secrets.js", "/../config.py", "/status.html", "/page/status.css"])
async def test_nothing_else_is_served(client: aiohttp.ClientSession, path: str) -> None:
    async with client.get(path) as answer:
        assert answer.status == 404
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_a_page_under_another_name_is_refused(client: aiohttp.ClientSession) -> None:
    async with client.get("/", headers={"Host": "attacker.example"}) as answer:
        assert answer.status == 403
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_nothing_can_be_changed(client: aiohttp.ClientSession) -> None:
    async with client.post("/health", data=b"x") as answer:
        assert answer.status == 405


async def test_a_port_in_use_is_named(client: aiohttp.ClientSession, house: House, port: int) -> None:
    with pytest.raises(PortTaken) as raised:
        await Health(house.sources, "127.0.0.1").start(port)
    assert raised.value.problem.startswith(f"HEALTH_PORT: cannot listen on 127.0.0.1:{port}")


class Peer:
    """The end of a connection."""

    def __init__(self, address: str) -> None:
        self._address = address

    def get_extra_info(self, name: str, default: object = None) -> object:
        return (self._address, 5_000) if name == "peername" else default


async def seen(path: str, peer: str, **headers: str) -> int:
    """What a peer gets for a path: the status."""

    async def serve(_: Request) -> Response:
        return Response()

    request = make_mocked_request("GET", path, headers={"Host": "127.0.0.1:8080", **headers}, transport=Peer(peer))
    try:
        return (await guard("10.0.0.5")(request, serve)).status
    except HTTPException as refusal:
        return refusal.status


PATHS = ["/", "/status.js", "/health", "/health/db-pool", "/health/history", *sorted(FOR_EVERYBODY)]


@pytest.mark.parametrize("path", PATHS)
async def test_others_see_only_what_monitoring_needs(path: str) -> None:
    assert await seen(path, "127.0.0.1") == 200
    assert await seen(path, "::1") == 200
    assert await seen(path, "::ffff:127.0.0.1") == 200
    assert await seen(path, "192.168.0.7", Host="10.0.0.5") == (
        200 if path in FOR_EVERYBODY else HTTPNotFound.status_code
    )


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "localhost:8080"}, 200),
        ({"Host": "[::1]:8080"}, 200),
        ({"Host": "10.0.0.5:8080"}, 200),
        ({"Host": "evil.example:8080"}, 403),
        ({"Host": ""}, 403),
        ({"Origin": "http://127.0.0.1:8080"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_a_page_of_another_site_sees_nothing(headers: dict[str, str], status: int) -> None:
    assert await seen("/health", "127.0.0.1", **headers) == status
