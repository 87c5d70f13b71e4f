"""A playground for each test, an unmodified bot on the real SDKs, and a bare client."""

from collections.abc import AsyncIterator

import aiohttp
import pytest_asyncio
from slack_sdk.web.async_client import AsyncWebClient

from playground.server import Playground
from tests.playground.app_side import AppSide
from tests.playground.raw_socket import RawSocket
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


@pytest_asyncio.fixture
async def app(playground: Playground, slack: SlackCalls) -> AsyncIterator[AppSide]:
    async with RawSocket(playground) as socket:
        yield AppSide(playground, socket, slack)


@pytest_asyncio.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield session


@pytest_asyncio.fixture
async def client(playground: Playground, session: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(
        token=playground.bot_token, base_url=playground.slack_api_url, session=session, retry_handlers=[]
    )
