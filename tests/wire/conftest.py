"""One playground and one bot for each mode, shared by the session; faults are reset after every test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from playground.server import Options, Playground
from tests.wire.harness import House, running_bot
from tests.wire.model_side import own_house

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


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=MODES)
async def houses_own(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house of one module, whose allowance for streams nobody else uses."""
    async with own_house(tmp_path_factory.mktemp("own"), request.param) as own:
        yield own


@pytest.fixture
def house(shared_house: House) -> Iterator[House]:
    """The shared house, without anybody else's faults."""
    yield shared_house
    _mend(shared_house)


@pytest.fixture
def own(houses_own: House) -> Iterator[House]:
    """The module's own house, without another test's faults."""
    yield houses_own
    _mend(houses_own)


def _mend(house: House) -> None:
    house.playground.faults.reset()
    house.playground.model.knobs.reset()


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """For tests that start a bot of their own."""
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a bot of its own keeps its database and log."""
    return tmp_path
