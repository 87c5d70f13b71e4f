"""One playground, bot and browser for each file of tests; a fresh channel and a fresh window for each test."""

import os
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from playground.server import Playground
from tests.wire.harness import running_bot

from .app_side import AppSide
from .browser import CHROMIUM, running_chromium
from .visitor import WAIT, Visitor
from .windows import ADA

ROOMS = count(1)
# What is to be seen may take as long as what is to be pressed.
expect.set_options(timeout=WAIT)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def playground() -> AsyncIterator[Playground]:
    async with Playground() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        missing = f"there is no Chromium at {CHROMIUM}"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    async with running_chromium() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(playground: Playground, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[None]:
    folder: Path = tmp_path_factory.mktemp("bot")
    async with running_bot(playground, folder):
        yield


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(playground: Playground, chromium: Browser) -> AsyncIterator[Visitor]:
    """Ada, who has opened an empty channel. Whatever the browser complains about fails the test."""
    playground.faults.reset()
    playground.model.knobs.reset()
    room = playground.workspace.add_channel(f"room-{next(ROOMS)}")
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    visitor = Visitor(await context.new_page(), playground, room)
    await visitor.open()
    yield visitor
    assert visitor.complaints == []
    await context.close()


@pytest_asyncio.fixture(loop_scope="module")
async def app(playground: Playground) -> AsyncIterator[AppSide]:
    """An app made by hand; no window of Ada's stays open behind it."""
    async with AppSide(playground) as app:
        yield app
    for view in reversed(playground.workspace.views_of(ADA)):
        playground.workspace.interactivity.close(ADA, view.id)
