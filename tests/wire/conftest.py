"""One playground and one bot for each mode, shared by the session; faults are reset after every test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from playground.server import Options, Playground
from tests.wire.harness import House, running_bot

MODES = ("async", "threaded")


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=MODES)
async def shared_house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """The house of one mode."""
    mode: str = request.param
    folder = tmp_path_factory.mktemp(mode)
    async with Playground(Options()) as playground, running_bot(playground, folder, mode) as bot:
        yield House(playground, bot, mode)


@pytest.fixture
def house(shared_house: House) -> Iterator[House]:
    """The shared house, without anybody else's faults."""
    yield shared_house
    shared_house.playground.faults.reset()
    shared_house.playground.model.knobs.reset()


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """For tests that start a bot of their own."""
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a bot of its own keeps its database and log."""
    return tmp_path
