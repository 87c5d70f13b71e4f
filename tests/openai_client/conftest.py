"""Fixtures: a scripted server, each API's dialect, and clients that are closed again."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.openai_client.bench import Bench
from tests.openai_client.dialects import ChatDialect, Dialect, ResponsesDialect
from tests.openai_client.easel import Easel
from tests.openai_client.server import ScriptedServer, serving

_CERTIFICATES = httpx2.create_ssl_context()


@pytest.fixture(autouse=True)
def _certificates_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each client reads the machine's certificates anew, which takes longer than most of these tests.
    monkeypatch.setattr(httpx2, "create_ssl_context", lambda **_: _CERTIFICATES)


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with serving() as server:
        yield server


@pytest.fixture(params=[ResponsesDialect(), ChatDialect()], ids=lambda dialect: dialect.api)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    chosen: Dialect = request.param
    return chosen


@pytest.fixture
async def bench(server: ScriptedServer, dialect: Dialect) -> AsyncIterator[Bench]:
    """A client for the dialect's API in front of the scripted server."""
    async with Bench(server, dialect) as bench:
        yield bench


@pytest.fixture
async def responses_bench(server: ScriptedServer) -> AsyncIterator[Bench]:
    async with Bench(server, ResponsesDialect()) as bench:
        yield bench


@pytest.fixture
async def chat_bench(server: ScriptedServer) -> AsyncIterator[Bench]:
    async with Bench(server, ChatDialect()) as bench:
        yield bench


@pytest.fixture
def easel(responses_bench: Bench) -> Easel:
    return Easel(responses_bench)
