"""One PM2 daemon for each file of tests; a workspace and a folder of the bot for each test."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from playground.server import Playground
from tests.peers.servers import installed
from tests.pm2.deployment import Deployment
from tests.pm2.supervisor import PM2, Pm2


@pytest.fixture(scope="module")
def pm2() -> Iterator[Pm2]:
    """PM2, ended afterwards whatever has happened."""
    installed(PM2, "npm ci --ignore-scripts")
    # Pytest's own folders have long names, and a socket's path has about a hundred characters.
    with tempfile.TemporaryDirectory(prefix="pm2-", ignore_cleanup_errors=True) as home:
        running = Pm2(Path(home))
        try:
            yield running
        finally:
            running.end()


@pytest_asyncio.fixture
async def deployment(pm2: Pm2, tmp_path: Path) -> AsyncIterator[Deployment]:
    """A folder of the bot in an empty workspace, not yet started; its log is checked at the end."""
    async with Playground() as playground:
        deployment = Deployment(tmp_path, pm2, playground)
        try:
            yield deployment
            deployment.bot.check_log()
            assert "xoxb-" not in pm2.said
        finally:
            playground.model.knobs.reset()
            try:
                await pm2.forget()
            finally:
                deployment.sweep()
