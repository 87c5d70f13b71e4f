"""`main.py --playground`: the workspace on this machine as a child process, and settings that point the bot at it."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from pydantic import BaseModel, ValidationError

START_SECONDS = 20.0
_STOP_SECONDS = 5.0
DATABASE = "sqlite+aiosqlite:///data/playground.db"


class PlaygroundFailed(Exception):
    """The playground did not start; it has said why on the error stream."""


class _Addresses(BaseModel):
    slack_api_url: str
    openai_base_url: str
    page_url: str
    bot_token: str
    app_token: str


@asynccontextmanager
async def playground_process(environment: Mapping[str, str]) -> AsyncIterator[tuple[dict[str, str], str]]:
    """Run the playground; yields the settings for the bot and the page's address."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "playground",
        stdout=asyncio.subprocess.PIPE,
        env=dict(environment),
        start_new_session=True,  # Ctrl-C is for the bot, which ends the playground when it is done with it
    )
    try:
        addresses = await _addresses(child)
        yield _settings(addresses), addresses.page_url
    finally:
        if child.returncode is None:
            child.terminate()
            try:
                async with asyncio.timeout(_STOP_SECONDS):
                    await child.wait()
            except TimeoutError:
                child.kill()
                await child.wait()


async def _addresses(child: asyncio.subprocess.Process) -> _Addresses:
    if child.stdout is None:
        raise PlaygroundFailed
    try:
        async with asyncio.timeout(START_SECONDS):
            return _Addresses.model_validate(json.loads(await child.stdout.readline() or b"{}"))
    except (TimeoutError, ValueError, ValidationError):
        raise PlaygroundFailed from None


def _settings(addresses: _Addresses) -> dict[str, str]:
    return {
        "SLACK_API_URL": addresses.slack_api_url,
        "SLACK_BOT_TOKEN": addresses.bot_token,
        "SLACK_APP_TOKEN": addresses.app_token,
        "OPENAI_BASE_URL": addresses.openai_base_url,
        "OPENAI_API_KEY": "playground",
        "DATABASE_URL": DATABASE,
        "HEALTH_PORT": "0",
    }
