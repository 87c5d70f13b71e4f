"""Chromium, and the real bot as a child process, for everything that drives the page."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from playground.server import Playground

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).resolve().parents[2]
# A browser under test talks to this machine only.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@asynccontextmanager
async def running_chromium() -> AsyncIterator[Browser]:
    """A headless browser."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def running_bot(playground: Playground, folder: Path) -> AsyncIterator[None]:
    """The bot on a database in `folder`, connected to the playground. Nothing of the shell's environment reaches it."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "main.py"),
        cwd=folder,
        env={
            "SLACK_API_URL": playground.slack_api_url,
            "SLACK_BOT_TOKEN": playground.bot_token,
            "SLACK_APP_TOKEN": playground.app_token,
            "OPENAI_BASE_URL": playground.openai_base_url,
            "OPENAI_API_KEY": "x",
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/bot.db",
            "HEALTH_PORT": "0",
            "PATH": os.environ["PATH"],
        },
    )
    try:
        await playground.workspace.wait_for(lambda: len(playground.sockets.connections) == 2, 20)
        yield
    finally:
        child.terminate()
        try:
            async with asyncio.timeout(10):
                await child.wait()
        except TimeoutError:
            child.kill()
            await child.wait()
