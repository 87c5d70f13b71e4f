"""A playground for each test, an unmodified bot on the real SDKs, and a bare client."""

from collections.abc import AsyncIterator

import pytest_asyncio

from playground.server import Playground
from tests.playground.sdk_bot import SdkBot
from tests.playground.slack_calls import SlackCalls


@pytest_asyncio.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground() as running:
        yield running


@pytest_asyncio.fixture
async def bot(playground: Playground) -> AsyncIterator[SdkBot]:
    async with SdkBot(playground, sockets=2) as running:
        yield running


@pytest_asyncio.fixture
async def slack(playground: Playground) -> AsyncIterator[SlackCalls]:
    async with SlackCalls(playground) as client:
        yield client
