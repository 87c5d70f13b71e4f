"""One server of each kind for the session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.caller import APIS
from tests.peers.llmock import Llmock
from tests.peers.servers import AIMOCK, LLMOCK, free_port, installed, serving

_FIXTURES = Path(__file__).with_name("aimock.json")


@pytest.fixture(params=APIS)
def api(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def aimock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of aimock, which answers by the fixtures of aimock.json."""
    program = installed(AIMOCK, "npm ci --ignore-scripts")
    port, fixtures = free_port(), str(_FIXTURES)
    command = (str(program), "-h", "127.0.0.1", "-p", str(port), "-f", fixtures, "--validate-on-load", "--strict")
    with serving(command, port, tmp_path_factory.mktemp("aimock") / "log") as url:
        yield url


@pytest.fixture(scope="session")
def llmock_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of llmock."""
    program = installed(LLMOCK, "make build/peers/.installed")
    port = free_port()
    command = (str(program), "serve", "--host", "127.0.0.1", "--port", str(port))
    with serving(command, port, tmp_path_factory.mktemp("llmock") / "log") as url:
        yield url


@pytest.fixture
async def llmock(llmock_url: str) -> Llmock:
    """llmock without anybody else's scenario."""
    server = Llmock(llmock_url)
    await server.reset()
    return server
