"""What PM2 does to the bot loses nothing and doubles nothing."""

import asyncio
import os
import signal
from itertools import pairwise

import pytest

from tests.pm2.deployment import Deployment, answered, ask, gone, is_running, shown
from tests.pm2.supervisor import APP
from tests.wire.conftest import MODES
from tests.wire.harness import GRACE
from tests.wire.model_side import everything_taken_in, model_works, until
from tests.wire.processes import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

WRONG_CONFIGURATION = 78

# A bot that holds much more memory once there is a file of this name; the next process does not.
LEAKING = f"""
import sys, threading, time
from pathlib import Path

sys.path.insert(0, {str(ROOT)!r})
import main

def leak():
    while not Path("leak").exists():
        time.sleep(0.05)
    Path("leak").unlink()
    kept.append(b"x" * 300_000_000)

kept = []
threading.Thread(target=leak, daemon=True).start()
sys.exit(main.main())
"""


@pytest.fixture(params=MODES)
def supervised(request: pytest.FixtureRequest, deployment: Deployment) -> Deployment:
    """The folder with a mode in its `.env`."""
    deployment.edit(USE_ASYNC_MODE="true" if request.param == "async" else "false")
    return deployment


async def test_the_command_comes_back_when_the_bot_is_connected(deployment: Deployment) -> None:
    await deployment.start()
    assert len(deployment.playground.sockets.connections) == 2
    app = await deployment.pm2.app()
    assert (app.status, app.restarts) == ("online", 0)
    assert deployment.pids() == [app.pid]
    assert await deployment.house.ask("echo: at your service") == "at your service"


async def test_a_restart_under_load_loses_and_doubles_nothing(supervised: Deployment) -> None:
    playground, house = supervised.playground, supervised.house
    playground.faults.ack_timeout = 1.0
    playground.faults.retry_pauses = (0.0, 0.5, 1.0, *([3.0] * 10))
    supervised.edit(SHUTDOWN_GRACE_SECONDS="1")
    await supervised.start()
    playground.model.knobs.set(total_seconds=3.0, chunk_count=10)
    asked: dict[str, str] = {}
    for _ in range(20):
        ask(house, asked, f"Number {len(asked)}.")
    await model_works(house, 5)
    restarting = asyncio.create_task(supervised.restart())
    connections = []
    while not restarting.done():
        connections.append(len(playground.sockets.connections))
        ask(house, asked, f"Number {len(asked)}.")
        await asyncio.sleep(0.1)
    await restarting
    assert len(await supervised.started(2)) == 2
    assert 0 in connections, "people wrote while there was no bot"
    await supervised.bot.until_logged("turn_resumed")  # turns were cut
    playground.model.knobs.reset()
    await answered(house, asked)
    await everything_taken_in(house)
    await answered(house, asked)


async def test_a_running_turn_ends_before_the_process_is_stopped(deployment: Deployment) -> None:
    playground, house = deployment.playground, deployment.house
    deployment.edit(SHUTDOWN_GRACE_SECONDS="4")
    await deployment.start()
    playground.model.knobs.next(total_seconds=1.5, chunk_count=10)
    whole = house.mention("echo: said to its end")
    await model_works(house)
    playground.model.knobs.next(hang_before_headers=True)
    silent = house.mention("echo: said by the next process", GRACE)
    await model_works(house, 2)
    await everything_taken_in(house)
    await deployment.pm2("stop", APP)
    assert deployment.pids() == []
    assert [message.text for message in house.answers(whole)] == ["said to its end"]
    assert [message.text.rpartition("_Restarting")[1] for message in house.answers(silent)] == ["_Restarting"]
    app = await deployment.pm2.app()
    assert (app.status, app.exit_code) == ("stopped", 0)
    assert "sending SIGKILL" not in deployment.pm2.said
    await deployment.pm2("start", APP)
    await answered(house, {whole: "said to its end", silent: "said by the next process"})


async def test_a_crash_is_followed_by_a_restart_each_a_little_later(deployment: Deployment) -> None:
    playground, house = deployment.playground, deployment.house
    playground.faults.ack_timeout = 1.0
    playground.faults.retry_pauses = (0.0, 0.5, 1.0, *([3.0] * 10))
    await deployment.start()
    asked: dict[str, str] = {}
    for crashes in range(1, 4):
        playground.model.knobs.set(total_seconds=60.0, chunk_count=60)
        ask(house, asked, f"asked before crash {crashes}")
        await model_works(house)
        await deployment.kill_bot()
        playground.model.knobs.reset()
        ask(house, asked, f"asked while it was away for the {crashes}. time")
        await deployment.started(crashes + 1)
        await answered(house, asked)
    delays = deployment.pm2.delays
    assert len(delays) == 3
    assert all(later > sooner for sooner, later in pairwise(delays))
    assert (await deployment.pm2.app()).restarts == 3


async def test_wrong_configuration_is_not_restarted(deployment: Deployment) -> None:
    right = deployment.settings["SLACK_BOT_TOKEN"]
    deployment.edit(SLACK_BOT_TOKEN="")
    await deployment.start()
    await asyncio.sleep(3.0)  # time for many restarts
    app = await deployment.pm2.app()
    assert (app.pid, app.restarts, app.exit_code) == (0, 0, WRONG_CONFIGURATION)
    assert app.status != "online"
    assert deployment.pm2.refusals == ["threadwell: SLACK_BOT_TOKEN is missing"]
    assert deployment.pids() == []
    deployment.edit(SLACK_BOT_TOKEN=right)
    await deployment.restart()
    assert await deployment.house.ask("echo: mended") == "mended"


async def test_too_much_memory_is_a_restart_that_lets_turns_end(deployment: Deployment) -> None:
    house = deployment.house
    written = deployment.config.read_text(encoding="utf-8")
    lowered = written.replace('max_memory_restart: "1G"', 'max_memory_restart: "250M"')
    assert lowered != written
    deployment.config.write_text(lowered, encoding="utf-8")
    (deployment.folder / "main.py").unlink()
    (deployment.folder / "main.py").write_text(LEAKING, encoding="utf-8")
    await deployment.start()
    deployment.playground.model.knobs.next(total_seconds=4.0, chunk_count=20)
    ts = house.mention("echo: said to its end")
    await model_works(house)
    await everything_taken_in(house)
    (deployment.folder / "leak").touch()
    await deployment.started(2)
    await answered(house, {ts: "said to its end"})
    assert deployment.pm2.said.count("exceeds --max-memory-restart") == 1
    assert "sending SIGKILL" not in deployment.pm2.said
    assert len(deployment.bot.events("stopped")) == 1, "the first was asked to stop"
    assert (await deployment.pm2.app()).restarts == 1
    assert await house.ask("echo: and on") == "and on"


async def test_an_orphan_and_a_second_bot_never_run_together(deployment: Deployment) -> None:
    house, sockets = deployment.house, deployment.playground.sockets
    await deployment.start()
    orphan = (await deployment.pm2.app()).pid
    deployment.pm2.crash()
    assert await house.ask("echo: served by the orphan") == "served by the orphan"
    await deployment.start()
    await until(lambda: len(deployment.pm2.refusals) >= 3, 60)
    assert {line.partition(" is in use")[2] for line in deployment.pm2.refusals} == {" by another process"}
    assert (await deployment.pm2.app()).exit_code == 1
    assert is_running(orphan)
    ts = house.mention("echo: still the orphan")
    assert [message.text for message in await house.settled(ts)] == ["still the orphan"]
    assert sockets.opened == 2, "the second never reached Slack"
    os.kill(orphan, signal.SIGTERM)
    await gone(orphan)
    await deployment.started(2)
    assert sockets.opened == 4
    house.say("echo: the second", thread_ts=ts)
    await shown(house, lambda: [message.text for message in house.answers(ts)] == ["still the orphan", "the second"])
    app = await deployment.pm2.app()
    assert deployment.pids() == [app.pid]
    assert app.status == "online"
