"""A process that is stopped for a minute, by a debugger or a machine that is moved, goes on where it was."""

import asyncio
import signal
from pathlib import Path

import pytest

from playground.server import Playground
from tests.wire.conftest import MODES
from tests.wire.harness import House, running_bot
from tests.wire.model_side import model_works

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

STILL = 60.0


async def test_the_process_stands_still_for_a_minute(folder: Path) -> None:
    async with asyncio.TaskGroup() as group:
        for mode in MODES:
            (folder / mode).mkdir()
            group.create_task(stands_still(folder / mode, mode))


async def stands_still(folder: Path, mode: str) -> None:
    """Slack repeats at its own pace what it is not told of."""
    async with Playground() as playground, running_bot(playground, folder, mode, may_log_tracebacks=True) as bot:
        house = House(playground, bot, mode)
        playground.model.knobs.next(total_seconds=3.0, chunk_count=20)
        running = house.mention("echo: under way")
        await model_works(house)
        bot.process.send_signal(signal.SIGSTOP)
        late = house.mention("echo: asked meanwhile")
        await asyncio.sleep(STILL)
        bot.process.send_signal(signal.SIGCONT)
        for ts, text in ((running, "under way"), (late, "asked meanwhile")):
            assert [message.text for message in await house.settled(ts, seconds=80)] == [text]
        assert await house.ask("echo: again") == "again"
        assert len(bot.events("process_stood_still")) == 1
