"""Tokens and keys are nowhere to be read, though Slack and the model server echo them wherever an answer has room."""

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

import main
from config import load_settings
from playground.server import Playground
from tests.wire.harness import ADA, BOT, GENERAL, Bot, House, environment, running_bot
from tests.wire.model_side import recorded, until

PLACES = ("/", "/health", "/health/live", "/health/ready", "/health/db-pool", "/health/history", "/metrics")
KEY = f"Qk7{secrets.token_hex(16)}"
"""Nothing in it looks like a key."""


def parts(*values: str) -> set[str]:
    """All that is ten characters long in what is random of tokens and keys."""
    tails = [value.rpartition("-")[2] for value in values]
    return {tail[at : at + 10] for tail in tails for at in range(len(tail) - 9)}


def found_in(text: str, telling: Iterable[str]) -> list[str]:
    return [part for part in telling if part.lower() in text.lower()]


class Mirror:
    """A model server that answers with the key it was sent, in one way after the other."""

    def __init__(self) -> None:
        self.asked = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        key = request.headers["Authorization"].removeprefix("Bearer ")
        self.asked += 1
        error = {"message": f"no such key: {key}", "code": key, "type": key[3:30], "param": key}
        headers = {"x-request-id": f"req_{key[2:25]}", "openai-organization": key}
        ways = (
            web.json_response({"error": error}, status=401, headers=headers),
            web.Response(text=f"<html>{key}</html>", content_type=f"text/{key}", headers=headers),
            web.Response(text=f"data: {json.dumps({'type': 'error', **error})}\n\n", content_type="text/event-stream"),
            web.json_response({"error": error}, status=400, headers=headers),
        )
        return ways[self.asked % len(ways)]

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[str]:
        """The address of the server."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.answer)
        runner = web.AppRunner(app)
        await runner.setup()
        with socket.create_server(("127.0.0.1", 0)) as own:
            await web.SockSite(runner, own).start()
            try:
                yield f"http://127.0.0.1:{own.getsockname()[1]}/v1"
            finally:
                await runner.cleanup()


def echo(playground: Playground, patch: pytest.MonkeyPatch) -> None:
    """Slack's headers, pages and error codes hold the tokens."""
    token, app_token = playground.bot_token, playground.app_token
    patch.setattr("playground.slack.answers.new_id", lambda _: token)
    patch.setattr("playground.slack.answers.ERROR_PAGE", f"<html>{token} {app_token}</html>")
    playground.faults.add("server_error", "chat.startStream", times=1)
    for method in ("chat.startStream", "chat.postMessage", "agents.sessions.setStatus", "assistant.threads.setStatus"):
        playground.faults.add("error", method, times=2, code=token)
    playground.faults.add("error", "apps.connections.open", times=2, code=app_token)


async def seen(bot: Bot, port: int) -> str:
    """All that others can read of the bot."""
    texts = [await asyncio.to_thread(lambda: bot.text)]
    texts.append(await asyncio.to_thread(Path(f"/proc/{bot.process.pid}/cmdline").read_text))
    async with aiohttp.ClientSession() as session:
        for place in PLACES:
            async with session.get(f"http://127.0.0.1:{port}{place}") as answer:
                assert answer.status == 200, place
                texts.append(await answer.text())
    return "\n".join(texts)


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
async def test_what_is_echoed_is_not_told(folder: Path, mode: str, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    mirror = Mirror()
    async with Playground() as playground, mirror.at_work() as address:
        given = {"HEALTH_PORT": str(port), "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": address, "LOG_LEVEL": level}
        async with running_bot(playground, folder, mode, timings=None, may_log_tracebacks=True, **given) as bot:
            house = House(playground, bot, mode)
            for _ in range(4):
                ts = house.mention("are you there?")
                await recorded(house, ts)
            echo(playground, monkeypatch)
            playground.sockets.cut()
            playground.workspace.post(ADA, GENERAL, f"<@{BOT}> and now?")
            await until(lambda: len(playground.sockets.connections) == 2, 30.0)
            ts = house.mention("and now?")
            await recorded(house, ts)
            said = await seen(bot, port)
            assert not found_in(said, parts(KEY, playground.bot_token, playground.app_token))
            assert "[redacted]" in bot.text, "nothing was echoed into the log: the test looks at nothing"
    assert mirror.asked >= 5


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_start_that_fails_does_not_tell_either(
    folder: Path, capsys: pytest.CaptureFixture[str], method: str
) -> None:
    async with Playground() as playground:
        token = playground.bot_token if method == "auth.test" else playground.app_token
        playground.faults.add("error", method, code=f"no_{token}")
        code = await main.serve(
            load_settings(None, **environment(playground, folder, "async", {}, {})), asyncio.Event()
        )
        said = capsys.readouterr().err
        assert code == 78
        assert method in said
        assert not found_in(said, parts(playground.bot_token, playground.app_token))


async def test_operators_are_warned_once_of_a_file_that_others_may_read(folder: Path) -> None:
    file = folder / ".env"
    file.write_text(f"ADMIN_CONTACT=somebody\nOPENAI_API_KEY={KEY}\n")
    file.chmod(0o640)
    async with Playground() as playground, running_bot(playground, folder) as bot:
        [event] = bot.events("secrets_readable")
        assert (event["file"], event["mode"], event["advice"]) == (".env", "0640", "chmod 600 .env")
        assert event["level"] == "WARNING"
        assert not found_in(bot.text, parts(KEY))


async def test_a_file_for_its_owner_alone_is_no_matter(folder: Path) -> None:
    file = folder / ".env"
    file.touch(0o600)
    async with Playground() as playground, running_bot(playground, folder) as bot:
        assert not bot.events("secrets_readable")
