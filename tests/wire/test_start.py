"""How the bot starts, and how it says that it cannot.

Most of these run the composition root in the test's own process: it is the same code, and saves a second each time.
"""

import asyncio
import re
import shutil
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

import main
from config import load_settings
from playground.server import Options, Playground
from tests.wire.harness import ADA, BOT, GENERAL, environment, launch, running_bot
from tests.wire.processes import command


@dataclass(frozen=True, slots=True)
class Ending:
    """A bot that came to its end by itself: its exit code, and its error stream line by line."""

    code: int
    problems: list[str]


def _checked(code: int, said: str) -> Ending:
    assert "Traceback" not in said, said
    assert not re.search(r"xox[bp]-[\w]|xapp-\d", said), "a token, or part of one, is on the screen"
    return Ending(code, said.splitlines())


@pytest_asyncio.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground(Options()) as running:
        yield running


def variables(playground: Playground, folder: Path, mode: str = "async", **given: str) -> dict[str, str]:
    """Settings of a bot that has two seconds of patience."""
    return environment(playground, folder, mode, given, {"start_patience": 2.0})


@pytest.fixture
def ended_here(capsys: pytest.CaptureFixture[str]) -> Callable[[dict[str, str]], "asyncio.Task[Ending]"]:
    """Runs a bot in this process until it ends by itself."""

    async def run(given: dict[str, str]) -> Ending:
        async with asyncio.timeout(20):
            code = await main.serve(load_settings(None, **given), asyncio.Event())
        return _checked(code, capsys.readouterr().err)

    return lambda given: asyncio.create_task(run(given))


async def ended(given: dict[str, str], folder: Path, *arguments: str) -> Ending:
    """Run `main.py` as a process until it ends by itself."""
    end = await command(given, folder, *arguments)
    return _checked(end.code, end.err)


Here = Callable[[dict[str, str]], "asyncio.Task[Ending]"]

# Wrong configuration: 78, a line for each problem


async def test_every_problem_is_named_at_once_and_no_value_is_repeated(playground: Playground, tmp_path: Path) -> None:
    wrong = {
        "SLACK_BOT_TOKEN": "xoxp-1-not-a-bot",
        "OPENAI_API": "telepathy",
        "CONTEXT_TOKENS": "many",
        "HEALTH_PORT": "70000",
        "DATABASE_URL": "postgresql+asyncpg://user:hunter2@db/threadwell",
    }
    given = variables(playground, tmp_path, **wrong)
    del given["OPENAI_API_KEY"]
    end = await ended(given, tmp_path)
    assert end.code == 78
    named = [problem.split()[1].rstrip(":") for problem in end.problems]
    assert sorted(named) == sorted([*wrong, "OPENAI_API_KEY"])
    assert all(problem.startswith("threadwell: ") for problem in end.problems)
    assert "hunter2" not in "\n".join(end.problems)
    assert playground.calls == []


async def test_a_bot_token_that_slack_refuses(playground: Playground, tmp_path: Path, ended_here: Here) -> None:
    end = await ended_here(variables(playground, tmp_path, SLACK_BOT_TOKEN="xoxb-revoked"))
    assert end == Ending(78, ["threadwell: SLACK_BOT_TOKEN: Slack answers invalid_auth to auth.test"])


async def test_an_app_token_that_slack_refuses(
    playground: Playground, tmp_path: Path, ended_here: Here, mode: str
) -> None:
    end = await ended_here(variables(playground, tmp_path, mode, SLACK_APP_TOKEN="xapp-1-revoked"))
    assert end == Ending(78, ["threadwell: SLACK_APP_TOKEN: Slack answers invalid_auth to apps.connections.open"])


@pytest.mark.parametrize("kind", ["no place to write", "folder", "no database"])
async def test_a_database_that_cannot_be(playground: Playground, tmp_path: Path, ended_here: Here, kind: str) -> None:
    path = tmp_path / "bot.db"
    if kind == "folder":
        path.mkdir()
    elif kind == "no database":
        path.write_text("Dear diary,\n" * 1_000)
    else:
        path = Path("/proc/threadwell/bot.db")
    end = await ended_here(variables(playground, tmp_path, DATABASE_URL=f"sqlite+aiosqlite:///{path}"))
    assert end.code == 78
    assert len(end.problems) == 1
    assert "threadwell: /" in end.problems[0]
    assert playground.calls == []


async def test_a_damaged_database_is_left_as_it_is(playground: Playground, tmp_path: Path, mode: str) -> None:
    async with running_bot(playground, tmp_path, mode, timings={"backup_interval": 0.2}) as bot:
        await bot.until_logged("backup_made")
        await bot.kill()
    path = tmp_path / "bot.db"
    [backup] = (tmp_path / "backups").iterdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with path.open("r+b") as file:
            file.seek(8_192)
            file.write(bytes(path.stat().st_size - 8_192))
        for name in ("bot.db-wal", "bot.db-shm"):
            shutil.copy(tmp_path / name, tmp_path / f"{name}.kept")
    for name in ("bot.db-wal", "bot.db-shm"):  # as a process leaves them that had no time to end
        (tmp_path / f"{name}.kept").rename(tmp_path / name)
    before = path.read_bytes()
    bot = await launch(environment(playground, tmp_path, mode, {"LOG_FORMAT": "text"}, {}), tmp_path, fresh=True)
    try:
        async with asyncio.timeout(30):
            assert await bot.process.wait() == 78
    finally:
        await bot.kill()
    [line] = [line for line in bot.text.splitlines() if line.startswith("threadwell: ")]
    assert "is damaged and was left as it is" in line
    assert line.endswith(f"python main.py restore {backup}")
    assert path.read_bytes() == before


async def test_a_health_port_in_use(playground: Playground, tmp_path: Path, ended_here: Here) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        end = await ended_here(variables(playground, tmp_path, HEALTH_PORT=str(port)))
    assert end.code == 78
    assert len(end.problems) == 1
    assert end.problems[0].startswith(f"threadwell: HEALTH_PORT: cannot listen on 127.0.0.1:{port} (")


# A second process, an unreachable Slack: 1, because a supervisor may try again


async def test_a_second_process_on_the_same_database(playground: Playground, tmp_path: Path, ended_here: Here) -> None:
    async with running_bot(playground, tmp_path) as first:
        end = await ended_here(variables(playground, tmp_path))
        assert end == Ending(1, [f"threadwell: {tmp_path}/bot.db is in use by another process"])
        assert first.process.returncode is None
        ts = playground.workspace.post("ada", "general", "<@U0THREADWL> echo: still here")
        await playground.workspace.wait_for(lambda: playground.workspace.answers("general", ts), 10)


async def test_slack_cannot_be_reached(tmp_path: Path) -> None:
    async with Playground(Options()) as gone:
        given = variables(gone, tmp_path)
    assert await ended(given, tmp_path) == Ending(1, ["threadwell: Slack could not be reached for 2 s"])


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_slack_serves_nobody_for_the_whole_patience(
    playground: Playground, tmp_path: Path, ended_here: Here, method: str
) -> None:
    playground.faults.add("server_error", method, times=None, every=2)
    playground.faults.add("rate_limited", method, times=None)
    end = await ended_here(variables(playground, tmp_path))
    assert end == Ending(1, ["threadwell: Slack could not be reached for 2 s"])
    assert len([call for call in playground.calls if call.method == method]) > 1


async def test_slack_comes_back_in_time(playground: Playground, tmp_path: Path, mode: str) -> None:
    playground.faults.add("server_error", "auth.test", times=2)
    playground.faults.add("rate_limited", "apps.connections.open", times=1)
    playground.faults.add("drop_before", "apps.connections.open", times=1)
    playground.faults.burnt_tickets = 1
    async with running_bot(playground, tmp_path, mode, may_log_tracebacks=True):
        await playground.workspace.wait_for(lambda: len(playground.sockets.connections) == 2, 10)


@pytest.mark.parametrize(("number", "chosen"), [(signal.SIGTERM, "async"), (signal.SIGINT, "threaded")])
async def test_a_signal_while_slack_is_awaited(
    playground: Playground, tmp_path: Path, number: signal.Signals, chosen: str
) -> None:
    playground.faults.add("server_error", "apps.connections.open", times=None)
    bot = await launch(environment(playground, tmp_path, chosen, {}, {"start_patience": 60.0}), tmp_path, fresh=True)
    await bot.until_logged("slack_not_ready")
    bot.process.send_signal(number)
    async with asyncio.timeout(10):
        assert await bot.process.wait() == 0
    bot.check_log(playground)


async def test_a_bot_token_that_is_revoked_while_the_bot_runs(
    playground: Playground, tmp_path: Path, mode: str
) -> None:
    bot = await launch(environment(playground, tmp_path, mode, {"LOG_FORMAT": "text"}, {}), tmp_path, fresh=True)
    try:
        async with asyncio.timeout(30):
            while " started" not in bot.text:
                await asyncio.sleep(0.05)
        playground.faults.add("error", "*", times=None, code="token_revoked")
        playground.workspace.post(ADA, GENERAL, f"<@{BOT}> echo: too late")
        async with asyncio.timeout(60):
            assert await bot.process.wait() == 1
        assert "threadwell: Slack does not take SLACK_BOT_TOKEN any more" in bot.text
    finally:
        await bot.kill()
