"""The playground as a child process."""

import os
from pathlib import Path

import pytest

from ops.playground_process import PlaygroundFailed, playground_process

HOSTILE = {"OPENAI_API_KEY": "sk-of-the-shell", "OPENAI_BASE_URL": "https://api.openai.com/v1/", "SLACK_BOT_TOKEN": "x"}


def environments_of_children() -> list[str]:
    pid = os.getpid()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [Path(f"/proc/{child}/environ").read_text(encoding="utf-8") for child in children]


async def test_no_account_of_the_shell_reaches_the_playground_or_the_bot() -> None:
    before = environments_of_children()
    async with playground_process({"PATH": os.environ["PATH"], **HOSTILE}) as (given, page):
        child = next(one for one in environments_of_children() if one not in before)
        assert not any(name in child for name in HOSTILE)
        assert given["OPENAI_API_KEY"] == "playground"
        assert all(value not in given.values() for value in HOSTILE.values())
        assert given["SLACK_API_URL"] == f"{page}api/"
        folder = Path(given["DATABASE_URL"].removeprefix("sqlite+aiosqlite:///")).parent
        assert folder.is_dir()
    assert not folder.exists()
    assert environments_of_children() == before


async def test_with_the_real_model_the_bots_own_settings_count() -> None:
    async with playground_process({"PATH": os.environ["PATH"], **HOSTILE}, "http://127.0.0.1:9/v1/") as (given, _):
        assert not [name for name in given if name.startswith("OPENAI_")]


async def test_a_playground_that_does_not_start(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PlaygroundFailed):
        async with playground_process({"PYTHONHOME": "/nowhere"}):
            pass
    assert capfd.readouterr().err
