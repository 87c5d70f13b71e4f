"""`main.py --playground`: the workspace on this machine as a child process, and settings that point the bot at it."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import BaseModel, ValidationError

START_SECONDS = 20.0
_STOP_SECONDS = 5.0
_HOME = Path(__file__).resolve().parent.parent
_FOREIGN = ("SLACK_", "OPENAI_")

NO_WORKSPACE = {
    "SLACK_API_URL": "http://127.0.0.1/",
    "SLACK_BOT_TOKEN": "xoxb-playground",
    "SLACK_APP_TOKEN": "xapp-playground",
}
"""Settings that stand for the playground's before it runs."""


class PlaygroundFailed(Exception):
    """The playground did not start; it has said why on the error stream."""


class _Addresses(BaseModel):
    slack_api_url: str
    openai_base_url: str
    page_url: str
    bot_token: str
    app_token: str


@asynccontextmanager
async def playground_process(
    environment: Mapping[str, str], real_model_url: str = ""
) -> AsyncIterator[tuple[dict[str, str], str]]:
    """Run the playground; yields the settings for the bot and the page's address.

    With `real_model_url` there is no offline model, and no setting of the bot's model is among the yielded ones.
    """
    folder = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="threadwell-playground-")
    try:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "playground",
            *(["--model", "real"] if real_model_url else []),
            stdin=asyncio.subprocess.PIPE,  # its end tells the playground of ours, also of a sudden one
            stdout=asyncio.subprocess.PIPE,
            cwd=_HOME,
            env=_environment(environment, real_model_url),
            start_new_session=True,  # Ctrl-C is for the bot, which ends the playground when it is done with it
        )
        try:
            addresses = await _addresses(child)
            settings = _workspace(addresses, folder.name)
            yield (settings if real_model_url else settings | _offline_model(addresses)), addresses.page_url
        finally:
            await _end(child)
    finally:
        await asyncio.to_thread(folder.cleanup)


def _environment(environment: Mapping[str, str], real_model_url: str) -> dict[str, str]:
    """Without anybody's accounts."""
    kept = {name: value for name, value in environment.items() if not name.startswith(_FOREIGN)}
    return kept | ({"OPENAI_BASE_URL": real_model_url} if real_model_url else {})


async def _addresses(child: asyncio.subprocess.Process) -> _Addresses:
    if child.stdout is None:
        raise PlaygroundFailed
    try:
        async with asyncio.timeout(START_SECONDS):
            return _Addresses.model_validate(json.loads(await child.stdout.readline() or b"{}"))
    except (TimeoutError, ValueError, ValidationError):
        raise PlaygroundFailed from None


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    child.terminate()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()


def _workspace(addresses: _Addresses, folder: str) -> dict[str, str]:
    # The workspace begins anew with each playground, and so does what the bot remembers of it.
    return {
        "SLACK_API_URL": addresses.slack_api_url,
        "SLACK_BOT_TOKEN": addresses.bot_token,
        "SLACK_APP_TOKEN": addresses.app_token,
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/threadwell.db",
        "HEALTH_PORT": "0",
    }


def _offline_model(addresses: _Addresses) -> dict[str, str]:
    return {"OPENAI_BASE_URL": addresses.openai_base_url, "OPENAI_API_KEY": "playground"}
