"""Back to the threaded mode and forward again, in every way that the documents name, on one database."""

import pytest

from tests.pm2.deployment import Deployment, answered
from tests.pm2.supervisor import APP
from tests.wire.harness import ADA, ALAN, GENERAL, GRACE
from tests.wire.model_side import everything_taken_in, model_works, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

WAYS = ("env_file", "shell", "script")
STICKING = ("shell", "script")
LONG = " ".join(f"word{number}" for number in range(100))
TEAM_CHANNEL = "C0TEAM0001"


async def switch(deployment: Deployment, way: str, mode: str) -> None:
    """Go over to a mode in one of the documented ways."""
    value = "true" if mode == "async" else "false"
    if way == "env_file":
        deployment.edit(USE_ASYNC_MODE=value)
        await deployment.restart()
    elif way == "shell":
        await deployment.restart("--update-env", USE_ASYNC_MODE=value)
    else:
        await deployment.restart_file("--env", "async" if mode == "async" else "sync")


@pytest.mark.parametrize("way", WAYS)
async def test_each_mode_goes_on_with_what_the_other_has_begun(deployment: Deployment, way: str) -> None:
    deployment.edit(SHUTDOWN_GRACE_SECONDS="0")
    await deployment.start()
    house, model = deployment.house, deployment.playground.model
    first = house.mention("echo: first")
    await house.settled(first)
    for processes, mode in enumerate(("threaded", "async"), start=2):
        model.knobs.next(total_seconds=60.0, chunk_count=60)
        cut = house.mention(f"echo: {LONG}")
        await model_works(house)
        await everything_taken_in(house)
        await switch(deployment, way, mode)
        assert (await deployment.started(processes))[-1] == mode
        await answered(house, {cut: LONG})
        house.say(f"echo: {mode}", thread_ts=first)
        assert [message.text for message in await house.settled(first, answers=processes)][-1] == mode
    assert deployment.modes == ["async", "threaded", "async"]
    await until(lambda: len(deployment.bot.events("turn_resumed")) >= 2)
    assert len(deployment.bot.events("turn_resumed")) == 2
    assert len(list(deployment.folder.glob("*.db"))) == 1


@pytest.mark.parametrize("way", STICKING)
async def test_what_pm2_was_given_hides_the_env_file_until_the_app_is_deleted(deployment: Deployment, way: str) -> None:
    deployment.edit(USE_ASYNC_MODE="false")
    await deployment.start()
    await switch(deployment, way, "async")
    deployment.edit(USE_ASYNC_MODE="false")
    await deployment.restart()
    if way == "shell":
        await deployment.restart("--update-env")
    else:
        await deployment.restart_file()
    assert await deployment.started(4) == ["threaded", "async", "async", "async"]
    await deployment.pm2("delete", APP)
    await deployment.start()
    assert (await deployment.started(5))[-1] == "threaded"


async def test_a_shell_that_does_not_ask_for_an_update_changes_nothing(deployment: Deployment) -> None:
    await deployment.start()
    await deployment.restart(USE_ASYNC_MODE="false")
    assert await deployment.started(2) == ["async", "async"]
    await deployment.pm2("save")
    kept = (deployment.pm2.home / "dump.pm2").read_text(encoding="utf-8")
    assert APP in kept
    assert "xoxb-" not in kept, "what stands in .env alone is not in PM2's file"


async def test_a_channel_goes_first(deployment: Deployment) -> None:
    deployment.edit(USE_ASYNC_MODE="false", SYNC_WORKERS="2", SHUTDOWN_GRACE_SECONDS="0")
    await deployment.start()
    house = deployment.house
    for person in (ADA, GRACE):
        house.mention("please hang", person)
    await model_works(house, 2)
    behind = house.mention("echo: at last", ALAN, TEAM_CHANNEL)
    await everything_taken_in(house)
    deployment.edit(ASYNC_TEST_CHANNELS=TEAM_CHANNEL)
    await deployment.restart()
    assert [message.text for message in await house.settled(behind, TEAM_CHANNEL, seconds=60)] == ["at last"]
    waiting = house.mention("echo: waits for a worker", ALAN)
    assert await house.ask("echo: needs none", TEAM_CHANNEL, ALAN) == "needs none"
    assert house.answers(waiting, GENERAL) == []
    assert deployment.playground.model.active == 2
    assert deployment.modes == ["threaded", "threaded"]
