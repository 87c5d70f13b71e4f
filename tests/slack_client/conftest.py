"""A room with a scripted Slack, for tests of what is written into a thread."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.slack_client.room import Room, open_room


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """A room of an app that is an agent."""
    async with open_room(tmp_path) as opened:
        yield opened
