"""The doctor, beside a Slack and a model server in which one thing is wrong at a time.

Most of these run the composition root in the test's own process: it is the same code, and saves a second each time.
"""

import argparse
import asyncio
import json
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import pytest
import pytest_asyncio

import main
from database import Store
from ops.draft import load_draft
from ops.figures import Figures
from playground.server import Options, Playground
from playground.slack.clock import Clock
from tests.wire.harness import environment, running_bot
from tests.wire.processes import command

KEY = "the-key-of-the-tests"


class Line(TypedDict):
    """A finding as `--json` has it."""

    name: str
    level: str
    found: str
    advice: str


class Printed(TypedDict):
    """What `--json` prints."""

    version: str
    ok: bool
    findings: list[Line]


@dataclass(frozen=True, slots=True)
class Examined:
    """The doctor's exit code and its lines."""

    code: int
    lines: list[Line]

    def line(self, name: str) -> Line:
        """The one line of this name."""
        [found] = [line for line in self.lines if line["name"] == name]
        return found

    def failed(self) -> list[str]:
        return [line["name"] for line in self.lines if line["level"] == "FAIL"]


Doctor = Callable[..., Awaitable[Examined]]


@pytest_asyncio.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground(Options()) as running:
        yield running


@pytest.fixture
def doctor(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """Runs the doctor in this process, in a folder of its own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    async def run(playground: Playground, **given: str) -> Examined:
        settings = {"OPENAI_UTILITY_MODEL": "gpt-5.6-luna", **given}
        variables = environment(playground, tmp_path, "async", settings, {})
        draft = load_draft(None, **{name: value for name, value in variables.items() if value != "-"})
        wanted = argparse.Namespace(json=True)
        async with asyncio.timeout(40):
            code = await main.examined(main.DOCTOR, draft, wanted)
        printed = capsys.readouterr()
        check_secrets(printed.out + printed.err, playground)
        told: Printed = json.loads(printed.out)
        assert told["ok"] is (code == 0)
        return Examined(code, told["findings"])

    return run


def check_secrets(said: str, playground: Playground) -> None:
    assert KEY not in said
    for token in (playground.bot_token, playground.app_token):
        assert token[-10:] not in said


async def test_all_is_well(playground: Playground, doctor: Doctor, tmp_path: Path) -> None:
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path}/bot.db", Figures())
    await store.close()
    end = await doctor(playground)
    assert (end.code, end.failed()) == (0, [])
    names = [line["name"] for line in end.lines]
    assert names == [
        *("settings", "bot token", "scopes", "clock", "app token", "socket", "model server"),
        *("OPENAI_MODEL", "OPENAI_UTILITY_MODEL", "OPENAI_IMAGE_MODEL"),
        *("database folder", "database", "free disk", "health port", ".env", "PM2's dump file"),
    ]
    assert "quick_check finds no damage; schema " in end.line("database")["found"]
    assert playground.sockets.opened == 1
    assert sorted(call.method for call in playground.calls) == ["apps.connections.open", "auth.test"]
    assert list(playground.model.journal) == []


async def test_nothing_is_made(playground: Playground, doctor: Doctor, tmp_path: Path) -> None:
    end = await doctor(playground, DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path}/data/bot.db")
    assert end.code == 0
    assert "none yet" in end.line("database")["found"]
    assert end.line("database folder")["found"].endswith("can be made")
    assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))


@pytest.mark.parametrize(
    ("given", "name", "found"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-revoked"}, "bot token", "Slack answers invalid_auth to auth.test"),
        ({"SLACK_APP_TOKEN": "xapp-1-no"}, "app token", "Slack answers invalid_auth to apps.connections.open"),
        ({"OPENAI_MODEL": "gpt-9"}, "OPENAI_MODEL", "the server does not list gpt-9"),
        ({"EMBEDDING_MODEL": "nowhere"}, "EMBEDDING_MODEL", "the server does not list nowhere"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, "model server", "does not answer: "),
        ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "bot token", "Slack cannot be asked: "),
        ({"DATABASE_URL": "sqlite+aiosqlite:////proc/self/bot.db"}, "database folder", "nothing can be written"),
        ({"HEALTH_PORT": "8080", "HEALTH_HOST": "192.0.2.1"}, "health port", "cannot be listened at"),
        ({"SLACK_BOT_TOKEN": "xapp-1-swapped"}, "settings", "SLACK_BOT_TOKEN: is not a bot token"),
    ],
)
async def test_one_thing_is_wrong(
    playground: Playground, doctor: Doctor, given: dict[str, str], name: str, found: str
) -> None:
    end = await doctor(playground, **given)
    assert end.code == 1
    assert name in end.failed()
    assert found in end.line(name)["found"]
    assert end.line(name)["advice"]


@pytest.mark.parametrize(
    ("method", "code", "name"),
    [
        ("auth.test", "token_revoked", "bot token"),
        ("auth.test", "not_allowed_token_type", "bot token"),
        ("apps.connections.open", "missing_scope", "app token"),
    ],
)
async def test_slack_says_no(playground: Playground, doctor: Doctor, method: str, code: str, name: str) -> None:
    playground.faults.add("error", method, code=code)
    end = await doctor(playground)
    assert (end.code, end.failed()) == (1, [name])
    assert end.line(name)["found"] == f"Slack answers {code} to {method}"


async def test_a_persons_token(playground: Playground, doctor: Doctor) -> None:
    identity = playground.workspace.identity
    object.__setattr__(identity, "bot_id", "")
    end = await doctor(playground)
    assert "a person's token" in end.line("bot token")["found"]
    assert end.code == 1


async def test_missing_scopes_are_named(playground: Playground, doctor: Doctor) -> None:
    playground.faults.withheld_scopes = "mpim:history,chat:write"
    end = await doctor(playground)
    assert (end.code, end.failed()) == (1, ["scopes"])
    assert end.line("scopes")["found"] == "missing: chat:write, mpim:history"


async def test_a_socket_that_does_not_open(playground: Playground, doctor: Doctor) -> None:
    playground.faults.burnt_tickets = 1
    end = await doctor(playground)
    assert (end.code, end.failed()) == (1, ["socket"])
    assert end.line("socket")["found"] == "does not open: http_500"


@pytest.mark.parametrize(
    ("ahead", "level", "found"),
    [(20, "WARN", "behind Slack's"), (600, "FAIL", "behind Slack's"), (-600, "FAIL", "ahead of Slack's")],
)
async def test_a_clock_that_is_wrong(doctor: Doctor, ahead: int, level: str, found: str) -> None:
    async with Playground(Options(clock=Clock(now=lambda: time.time() + ahead))) as playground:
        end = await doctor(playground)
    assert end.line("clock")["level"] == level
    assert found in end.line("clock")["found"]
    assert end.code == (level == "FAIL")


async def test_slack_refuses_and_its_clock_is_compared_all_the_same(playground: Playground, doctor: Doctor) -> None:
    end = await doctor(playground, SLACK_BOT_TOKEN="xoxb-revoked")
    assert end.line("clock")["found"] == "agrees with Slack's"


async def test_a_model_server_without_a_list(playground: Playground, doctor: Doctor) -> None:
    playground.model.knobs.set(models_status=404)
    end = await doctor(playground)
    assert (end.code, end.line("model server")["level"]) == (0, "WARN")


async def test_a_key_that_is_refused(playground: Playground, doctor: Doctor) -> None:
    playground.model.knobs.set(models_status=401)
    end = await doctor(playground)
    assert (end.code, end.failed()) == (1, ["model server"])
    assert end.line("model server")["advice"] == "mend OPENAI_API_KEY"


async def test_a_default_that_a_compatible_server_lacks_is_no_mistake(playground: Playground, doctor: Doctor) -> None:
    playground.model.knobs.set(models=("llama",))
    end = await doctor(playground, OPENAI_MODEL="llama", OPENAI_UTILITY_MODEL="none")
    assert end.code == 0
    assert end.line("OPENAI_IMAGE_MODEL")["level"] == "WARN"


async def test_a_damaged_database(playground: Playground, doctor: Doctor, tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    store = await Store.open(f"sqlite+aiosqlite:///{path}", Figures())
    await store.close()
    with path.open("r+b") as file:
        file.seek(8_192)
        file.write(bytes(path.stat().st_size - 8_192))
    before = path.read_bytes()
    end = await doctor(playground)
    assert (end.code, end.failed()) == (1, ["database"])
    assert "is damaged" in end.line("database")["found"]
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "level", "found"),
    [
        ("UPDATE migrations SET major = 99 WHERE number = 1", "FAIL", "use the newer release"),
        ("DELETE FROM migrations WHERE number = 1", "OK", "migrations that the next start brings: 1"),
        ("DROP TABLE turns", "FAIL", "another program's database"),
    ],
)
async def test_the_schema(
    playground: Playground, doctor: Doctor, tmp_path: Path, change: str, level: str, found: str
) -> None:
    path = tmp_path / "bot.db"
    store = await Store.open(f"sqlite+aiosqlite:///{path}", Figures())
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(change)
        connection.commit()
    before = path.read_bytes()
    end = await doctor(playground)
    assert end.line("database")["level"] == level
    assert found in end.line("database")["found"]
    assert path.read_bytes() == before


async def test_no_database_of_ours(playground: Playground, doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_text("Dear diary,\n" * 1_000)
    end = await doctor(playground)
    assert (end.code, end.failed()) == (1, ["database"])


async def test_the_health_port_of_another_program(playground: Playground, doctor: Doctor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        end = await doctor(playground, HEALTH_PORT=str(taken.getsockname()[1]))
    assert (end.code, end.failed()) == (1, ["health port"])
    assert end.line("health port")["found"].endswith("is taken by another program")


async def test_beside_the_bot(playground: Playground, doctor: Doctor, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    async with running_bot(playground, tmp_path, HEALTH_PORT=port):
        end = await doctor(playground, HEALTH_PORT=port)
        other = await doctor(playground, HEALTH_PORT=port, DATABASE_URL="sqlite+aiosqlite:///elsewhere/bot.db")
    assert (end.code, end.failed()) == (0, [])
    assert end.line("health port")["found"].endswith("is held by the bot itself, which is ready")
    assert "finds no damage" in end.line("database")["found"]
    assert other.failed() == ["health port"]


async def test_files_that_others_may_read(playground: Playground, doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / ".env").touch(0o644)
    (tmp_path / ".pm2").mkdir()
    (tmp_path / ".pm2" / "dump.pm2").write_text(json.dumps({"SLACK_BOT_TOKEN": playground.bot_token}))
    end = await doctor(playground)
    assert end.code == 0
    assert end.line(".env")["level"] == "WARN"
    assert end.line(".env")["advice"] == "chmod 600 .env"
    assert "holds our secrets; others may read it" in end.line("PM2's dump file")["found"]


async def test_wrong_settings_keep_nothing_else_from_being_looked_at(playground: Playground, doctor: Doctor) -> None:
    end = await doctor(
        playground, OPENAI_API_KEY="-", CONTEXT_TOKENS="2000", HEALTH_PORT="-1", SLACK_API_URL="telepathy://"
    )
    problems = [line["found"].split()[0].rstrip(":") for line in end.lines if line["name"] == "settings"]
    assert sorted(problems) == ["HEALTH_PORT", "MAX_OUTPUT_TOKENS", "OPENAI_API_KEY", "SLACK_API_URL", "TEST_TIMINGS"]
    left_out = [line["name"] for line in end.lines if line["found"].startswith("not looked at")]
    assert left_out == ["bot token", "app token", "model server", "health port"]
    assert end.line("database")["level"] == "OK"
    assert (end.code, list(playground.calls)) == (1, [])


async def test_the_table_as_operators_see_it(playground: Playground, tmp_path: Path) -> None:
    given = environment(playground, tmp_path, "async", {"OPENAI_MODEL": "gpt-9"}, {}) | {"HOME": str(tmp_path)}
    code, said, err = await command(given, tmp_path, "doctor")
    check_secrets(said, playground)
    assert (code, err) == (1, "")
    lines = said.splitlines()
    assert lines[0].split() == ["CHECK", "FOUND", "WHAT", "TO", "DO"]
    [model] = [line for line in lines if "gpt-9" in line]
    assert model.startswith("FAIL  OPENAI_MODEL ")
    assert lines[-1].startswith("Threadwell ")
    assert lines[-1].endswith("0 WARN, 1 FAIL")
