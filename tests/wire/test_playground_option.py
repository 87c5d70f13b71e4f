"""`python main.py --playground`: everything on this machine, whatever the shell's environment holds."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypedDict

import aiohttp
import pytest
from aiohttp import web

from playground.model.server import ModelServer
from tests.wire.harness import Bot
from tests.wire.processes import ROOT

PAGE = re.compile(r"in its playground: (http://127\.0\.0\.1:\d+/)")


class Shown(TypedDict):
    """A message as the playground's controls show it."""

    text: str


@contextmanager
def dead_port() -> Iterator[int]:
    """A port of this machine at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


@asynccontextmanager
async def playground(folder: Path, *arguments: str, **variables: str) -> AsyncIterator[str]:
    """The bot in its playground; yields the page's address. Ctrl-C ends both."""
    home = folder / "home"
    home.mkdir()
    with (folder / "said").open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROOT / "main.py"),
            "--playground",
            *arguments,
            cwd=home,
            env=variables,
            stdout=said,
            stderr=said,
        )
    bot = Bot(process, folder / "said")
    try:
        async with asyncio.timeout(30):
            while not (found := PAGE.search(bot.text)):
                assert process.returncode is None, bot.text
                await asyncio.sleep(0.05)
        yield found[1]
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(20):
            assert await process.wait() == 0
    finally:
        await bot.kill()
        bot.check_log()
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(found[1])
    assert os.listdir(home) == []


async def answer(page: str, text: str) -> str:
    """Write to the bot as Ada; what it answers."""
    async with aiohttp.ClientSession(page, raise_for_status=True) as session:
        async with session.post(
            "control/messages", json={"user": "ada", "channel": "general", "text": f"<@U0THREADWL> {text}"}
        ) as posted:
            asked: dict[str, str] = await posted.json()
        place = {"channel": asked["channel"], "thread_ts": asked["ts"], "timeout": "15"}
        async with session.get("control/thread", params=place) as read:
            thread: list[Shown] = (await read.json())["messages"]
    return thread[-1]["text"]


@pytest.mark.parametrize("mode", ["true", "false"])
async def test_a_hostile_environment_reaches_nobody(tmp_path: Path, mode: str) -> None:
    with dead_port() as port:
        nowhere = f"http://127.0.0.1:{port}"
        hostile = {
            **{name: nowhere for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy")},
            "SLACK_CLIENT_ID": "1.2",
            "SLACK_CLIENT_SECRET": "secret",
            "SLACK_SIGNING_SECRET": "secret",
            "SLACK_BOT_TOKEN": "xoxp-somebody-else",
            "SLACK_APP_TOKEN": "",
            "SLACK_API_URL": nowhere,
            "OPENAI_BASE_URL": "",
            "OPENAI_API_KEY": "sk-of-the-shell",
            "OPENAI_ORG_ID": "org-of-the-shell",
            "name": "threadwell",
            "status": "online",
            "USE_ASYNC_MODE": mode,
        }
        async with playground(tmp_path, **hostile) as page:
            assert await answer(page, "echo: good morning") == "good morning"


async def test_a_scrubbed_environment_is_enough(tmp_path: Path) -> None:
    async with playground(tmp_path) as page:
        async with aiohttp.ClientSession(page) as session, session.get("") as shown:
            assert shown.status < 500
        assert "offline model" in await answer(page, "who are you?")


async def test_the_real_model_in_the_playground(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Another server stands for the real one: it sees the shell's key, and the settings of .env."""
    keys: set[str] = set()

    @web.middleware
    async def note_key(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        keys.add(request.headers.get("Authorization", ""))
        return await handler(request)

    server = ModelServer()
    app = server.app()
    app.middlewares.append(note_key)
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        address = f"{site.name}/v1"
        folder = tmp_path_factory.mktemp("real")
        async with playground(folder, "--model", "real", OPENAI_BASE_URL=address, OPENAI_API_KEY="sk-mine") as page:
            assert await answer(page, "echo: from afar") == "from afar"
        assert server.journal  # a title may follow the answer
        assert keys == {"Bearer sk-mine"}
    finally:
        await runner.cleanup()


async def test_the_real_model_needs_a_key(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "main.py"), "--playground", "--model", "real", cwd=tmp_path, env={},
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await process.communicate()
    assert (process.returncode, said) == (78, b"threadwell: OPENAI_API_KEY is missing\n")
