"""Health over HTTP."""

import socket
from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest
import pytest_asyncio

from ops.health import Health, PortTaken


class House:
    """What health asks."""

    ready = True

    async def is_ready(self) -> bool:
        return self.ready

    async def check(self) -> Mapping[str, object]:
        return {"figures": {"turns": 3}}


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def house() -> House:
    return House()


@pytest_asyncio.fixture
async def client(house: House, port: int) -> AsyncIterator[aiohttp.ClientSession]:
    health = Health(house.is_ready, house.check)
    await health.start("127.0.0.1", port)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session
    await health.close()


@pytest.mark.parametrize(("ready", "status"), [(True, 200), (False, 503)])
async def test_ready_only_while_events_can_come_in(
    client: aiohttp.ClientSession, house: House, ready: bool, status: int
) -> None:
    house.ready = ready
    for path, wanted in (("/health/live", 200), ("/health/ready", status), ("/health", status)):
        async with client.get(path) as answer:
            assert answer.status == wanted


async def test_all_figures(client: aiohttp.ClientSession) -> None:
    async with client.get("/health") as answer:
        body: dict[str, object] = await answer.json()
    assert body.pop("seconds_up") == pytest.approx(0, abs=30)
    process = body.pop("process")
    assert isinstance(process, dict)
    assert process["tasks"] > 0
    assert body == {"ready": True, "figures": {"turns": 3}}


async def test_nothing_can_be_changed(client: aiohttp.ClientSession) -> None:
    async with client.post("/health", data=b"x") as answer:
        assert answer.status == 405


async def test_a_port_in_use_is_named(client: aiohttp.ClientSession, house: House, port: int) -> None:
    with pytest.raises(PortTaken) as raised:
        await Health(house.is_ready, house.check).start("127.0.0.1", port)
    assert raised.value.problem.startswith(f"HEALTH_PORT: cannot listen on 127.0.0.1:{port}")
