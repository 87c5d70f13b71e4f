"""ecosystem.config.js, read by node as PM2 reads it."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from config import Settings, Timings

from .sources import ROOT


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The one app of the file, loaded from a strange working directory."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI"):
            pytest.fail("node is missing")
        pytest.skip("node is missing")
    printed = subprocess.run(
        [node, "-p", "JSON.stringify(require(process.argv[1]).apps)", str(ROOT / "ecosystem.config.js")],
        cwd=tmp_path_factory.mktemp("elsewhere"),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    (only,) = json.loads(printed.stdout)
    return dict(only)


def test_paths_do_not_depend_on_where_pm2_is_called(app: dict[str, Any]) -> None:
    assert app["name"] == "slackbot"
    assert Path(app["cwd"]) == ROOT
    assert app["script"] == "main.py"
    assert Path(app["interpreter"]) == ROOT / ".venv/bin/python"


def test_one_process_in_fork_mode(app: dict[str, Any]) -> None:
    assert (app["exec_mode"], app["instances"]) == ("fork", 1)


def test_running_turns_may_finish_before_pm2_kills(app: dict[str, Any]) -> None:
    grace = Settings.model_fields["SHUTDOWN_GRACE_SECONDS"].default
    assert app["kill_timeout"] == 75_000
    assert app["kill_timeout"] >= (grace + 10) * 1000
    assert "shutdown_with_message" not in app
    assert app["treekill"] is False


def test_pm2_waits_as_long_as_the_start_is_tried(app: dict[str, Any]) -> None:
    assert app["wait_ready"] is True
    assert isinstance(app["listen_timeout"], int)
    assert app["listen_timeout"] > Timings().start_patience * 1000


def test_restarts_back_off_and_wrong_configuration_is_not_restarted(app: dict[str, Any]) -> None:
    assert app["exp_backoff_restart_delay"] > 0
    assert app["stop_exit_codes"] == [78]


def test_the_mode_is_named_only_where_it_is_asked_for(app: dict[str, Any]) -> None:
    assert "USE_ASYNC_MODE" not in app["env"]
    assert app["env_sync"] == {"USE_ASYNC_MODE": "false"}
    assert app["env_async"] == {"USE_ASYNC_MODE": "true"}
