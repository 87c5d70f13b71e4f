"""A playground, the real bot and a visitor with a browser for each test."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from playground.server import Playground

from .browser import CHROMIUM, running_bot, running_chromium
from .visitor import Visitor


@pytest_asyncio.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground() as running:
        yield running


@pytest_asyncio.fixture
async def chromium() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        missing = f"there is no Chromium at {CHROMIUM}"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    async with running_chromium() as browser:
        yield browser


@pytest_asyncio.fixture
async def bot(playground: Playground, tmp_path: Path) -> AsyncIterator[None]:
    async with running_bot(playground, tmp_path):
        yield


@pytest_asyncio.fixture
async def visitor(playground: Playground, chromium: Browser) -> AsyncIterator[Visitor]:
    """Somebody who has opened the page. Whatever the browser complains about fails the test."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    visitor = Visitor(await context.new_page(), playground)
    await visitor.open()
    yield visitor
    assert visitor.complaints == []
    await context.close()
