"""How the process starts, and how it says that it cannot."""

import asyncio
import json
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from playground.server import Options, Playground
from tests.wire.harness import ROOT, environment, launch, running_bot


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that came to its end by itself."""

    code: int
    out: str
    problems: list[str]


@pytest_asyncio.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground(Options()) as running:
        yield running


async def ended(variables: dict[str, str], folder: Path, *arguments: str, seconds: float = 25.0) -> Ended:
    """Run `main.py` until it ends; its error stream line by line."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "main.py"),
        *arguments,
        cwd=folder,
        env=variables,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(seconds):
            out, err = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    said = err.decode()
    assert "Traceback" not in out.decode() + said, out.decode() + said
    assert not re.search(r"xoxb-|xapp-\d", said), "a token, or part of one, is on the screen"
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), said.splitlines())


def variables(playground: Playground, folder: Path, **given: str) -> dict[str, str]:
    return environment(playground, folder, "async", given, {"start_patience": 2.0})


# Wrong configuration: 78, a line for each problem


async def test_nothing_is_configured(tmp_path: Path) -> None:
    end = await ended({}, tmp_path)
    assert end.code == 78
    assert end.problems == [
        "threadwell: SLACK_BOT_TOKEN is missing",
        "threadwell: SLACK_APP_TOKEN is missing",
        "threadwell: OPENAI_API_KEY is missing",
    ]


async def test_every_problem_is_named_at_once_and_no_value_is_repeated(playground: Playground, tmp_path: Path) -> None:
    wrong = {
        "SLACK_BOT_TOKEN": "xoxp-1-not-a-bot",
        "OPENAI_API": "telepathy",
        "CONTEXT_TOKENS": "many",
        "HEALTH_PORT": "70000",
        "INSTRUCTIONS_FILE": str(tmp_path / "nowhere.txt"),
        "DATABASE_URL": "postgresql+asyncpg://user:hunter2@db/threadwell",
    }
    end = await ended(variables(playground, tmp_path, **wrong), tmp_path)
    assert end.code == 78
    assert sorted(problem.split()[1].rstrip(":") for problem in end.problems) == sorted(wrong)
    assert not any(secret in "\n".join(end.problems) for secret in ("xoxp", "hunter2", "telepathy"))
    assert playground.calls == []


@pytest.mark.parametrize(
    ("token", "other"), [("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"), ("SLACK_APP_TOKEN", "SLACK_BOT_TOKEN")]
)
async def test_a_token_that_slack_refuses(playground: Playground, tmp_path: Path, token: str, other: str) -> None:
    revoked = "xoxb-revoked" if token == "SLACK_BOT_TOKEN" else "xapp-1-revoked"
    end = await ended(variables(playground, tmp_path, **{token: revoked}), tmp_path)
    assert end.code == 78
    assert len(end.problems) == 1
    assert end.problems[0].startswith(f"threadwell: {token}: Slack answers invalid_auth")
    assert other not in end.problems[0]


@pytest.mark.parametrize("kind", ["unwritable", "folder", "no database"])
async def test_a_database_that_cannot_be(playground: Playground, tmp_path: Path, kind: str) -> None:
    path = {"unwritable": Path("/proc/threadwell/bot.db"), "folder": tmp_path / "folder"}.get(kind, tmp_path / "a.txt")
    if kind == "folder":
        path.mkdir()
    elif kind == "no database":
        path.write_text("Dear diary,\n" * 1_000)
    end = await ended(variables(playground, tmp_path, DATABASE_URL=f"sqlite+aiosqlite:///{path}"), tmp_path)
    assert end.code == 78
    assert len(end.problems) == 1
    assert str(path.parent) in end.problems[0]
    assert playground.calls == []


async def test_a_health_port_in_use(playground: Playground, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        end = await ended(variables(playground, tmp_path, HEALTH_PORT=str(port)), tmp_path)
    assert end.code == 78
    assert end.problems == [f"threadwell: HEALTH_PORT: cannot listen on 127.0.0.1:{port} (address already in use)"]


async def test_timings_for_tests_are_refused_away_from_this_machine(playground: Playground, tmp_path: Path) -> None:
    end = await ended(variables(playground, tmp_path, SLACK_API_URL="https://slack.com/api/"), tmp_path)
    assert end.code == 78
    assert end.problems == ["threadwell: TEST_TIMINGS: is honoured only with a loopback SLACK_API_URL"]


async def test_settings_that_cannot_be_read(playground: Playground, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("ADMIN_CONTACT=Zo\xeb\n".encode("latin-1"))
    end = await ended(variables(playground, tmp_path), tmp_path)
    assert end.code == 78
    assert end.problems == ["threadwell: .env is not UTF-8 text"]


async def test_a_wrong_command_line(tmp_path: Path) -> None:
    end = await ended({}, tmp_path, "--plaground")
    assert end.code == 2
    assert any("--plaground" in line for line in end.problems)


# A second process, an unreachable Slack: 1, because a supervisor may try again


async def test_a_second_process_on_the_same_database(playground: Playground, tmp_path: Path) -> None:
    async with running_bot(playground, tmp_path) as first:
        end = await ended(variables(playground, tmp_path), tmp_path)
        assert end.code == 1
        assert end.problems == [f"threadwell: {tmp_path}/bot.db is in use by another process"]
        assert first.process.returncode is None
        ts = playground.workspace.post("ada", "general", "<@U0THREADWL> echo: still here")
        await playground.workspace.wait_for(lambda: playground.workspace.answers("general", ts), 10)


async def test_slack_cannot_be_reached(tmp_path: Path) -> None:
    async with Playground(Options()) as gone:
        given = variables(gone, tmp_path)
    end = await ended(given, tmp_path)
    assert end.code == 1
    assert end.problems == ["threadwell: Slack could not be reached for 2 s"]
    assert "slack_not_ready" in end.out


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
@pytest.mark.parametrize("fault", ["server_error", "rate_limited"])
async def test_slack_refuses_service_for_the_whole_patience(
    playground: Playground, tmp_path: Path, method: str, fault: str
) -> None:
    playground.faults.add("server_error" if fault == "server_error" else "rate_limited", method, times=None)
    end = await ended(variables(playground, tmp_path), tmp_path)
    assert end.code == 1
    assert end.problems == ["threadwell: Slack could not be reached for 2 s"]


async def test_slack_comes_back_in_time(playground: Playground, tmp_path: Path, mode: str) -> None:
    playground.faults.add("server_error", "auth.test", times=2)
    playground.faults.add("rate_limited", "apps.connections.open", times=1)
    playground.faults.add("drop_before", "apps.connections.open", times=1)
    async with running_bot(playground, tmp_path, mode):
        await playground.workspace.wait_for(lambda: len(playground.sockets.connections) == 2, 10)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_while_slack_is_awaited(playground: Playground, tmp_path: Path, number: signal.Signals) -> None:
    playground.faults.add("server_error", "auth.test", times=None)
    given = environment(playground, tmp_path, "async", {}, {"start_patience": 60.0})
    bot = await launch(given, tmp_path)
    await bot.until_logged("slack_not_ready")
    bot.process.send_signal(number)
    async with asyncio.timeout(10):
        assert await bot.process.wait() == 0
    bot.check_log()


async def test_a_restart_finds_what_it_left(playground: Playground, tmp_path: Path) -> None:
    """The lock on the database goes with the process, however it ends."""
    async with running_bot(playground, tmp_path) as first:
        await first.kill()
        async with running_bot(playground, tmp_path, "threaded") as second:
            assert json.loads(second.text.splitlines()[0])["event"]
