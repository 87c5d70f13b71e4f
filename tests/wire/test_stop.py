"""How the bot ends when it is asked to."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from playground.server import Options, Playground
from tests.wire.harness import ADA, BOT, GRACE, Bot, House, environment, launch, running_bot
from tests.wire.model_side import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(90)]


@pytest_asyncio.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground(Options()) as running:
        yield running


async def ended(bot: Bot, number: signal.Signals = signal.SIGTERM, seconds: float = 20.0) -> int:
    """Signal the bot and wait for its end; its exit code."""
    bot.process.send_signal(number)
    async with asyncio.timeout(seconds):
        return await bot.process.wait()


async def process(given: dict[str, str], folder: Path, output: Path | int, kept: int) -> asyncio.subprocess.Process:
    """A bot whose output goes to a file or to an open descriptor; it inherits the descriptor `kept`."""
    with open(output, "wb") if isinstance(output, int) else output.open("wb") as stream:  # noqa: ASYNC230  at once
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.wire.run_bot",
            cwd=folder,
            env=given,
            stdout=stream,
            stderr=stream,
            pass_fds=[kept],
        )


def descendants(pid: int) -> list[str]:
    """Processes below a process."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()


@pytest.mark.parametrize(("mode", "number"), [("async", signal.SIGTERM), ("threaded", signal.SIGINT)])
async def test_a_running_turn_finishes_and_nothing_new_is_taken_in(
    playground: Playground, tmp_path: Path, mode: str, number: signal.Signals
) -> None:
    async with running_bot(playground, tmp_path, mode) as bot:
        house = House(playground, bot, mode)
        ts = house.mention("slow 2 echo: one two three four five six seven eight nine ten")
        await playground.workspace.wait_for(lambda: house.answers(ts), 10)
        assert descendants(bot.process.pid) == []
        ending = asyncio.create_task(ended(bot, number))
        await playground.workspace.wait_for(lambda: not playground.sockets.connections, 10)
        late = house.mention("echo: too late")
        assert await ending == 0
        assert [message.text for message in house.answers(ts)] == ["one two three four five six seven eight nine ten"]
        assert house.is_quiet(ts)
        assert house.answers(late) == []
        assert [event["event"] for event in bot.events("stopped")] == ["stopped"]


async def test_a_turn_longer_than_the_grace_says_that_it_goes_on_later(
    playground: Playground, tmp_path: Path, mode: str
) -> None:
    async with running_bot(playground, tmp_path, mode, SHUTDOWN_GRACE_SECONDS="1") as bot:
        house = House(playground, bot, mode)
        begun = house.mention("slow 60 long 3000")
        silent = house.mention("hang")
        await playground.workspace.wait_for(lambda: house.answers(begun) and playground.model.active == 2, 10)
        assert await ended(bot) == 0
    assert playground.workspace.open_streams() == []
    for ts in (begun, silent):
        (message,) = house.answers(ts)
        assert message.text.endswith("_Restarting, continues shortly._")
        assert house.is_quiet(ts)
    await asyncio.wait_for(playground.model.idle(), 5)


async def test_ten_hung_model_calls_do_not_hold_up_the_end(playground: Playground, tmp_path: Path, mode: str) -> None:
    async with running_bot(playground, tmp_path, mode, SHUTDOWN_GRACE_SECONDS="0") as bot:
        house = House(playground, bot, mode)
        asked = [house.mention("hang", (ADA, GRACE)[number % 2]) for number in range(12)]
        await until(lambda: playground.model.active >= 10)
        assert await ended(bot) == 0
    await asyncio.wait_for(playground.model.idle(), 5)
    assert all(house.is_quiet(ts) for ts in asked)


async def test_a_second_signal_at_once_is_the_same_request_and_a_later_one_is_not(
    playground: Playground, tmp_path: Path
) -> None:
    async with running_bot(playground, tmp_path, SHUTDOWN_GRACE_SECONDS="60") as bot:
        house = House(playground, bot, "async")
        ts = house.mention("slow 1 echo: all of this is said to its end")
        house.mention("hang")
        await until(lambda: playground.model.active == 2)
        bot.process.send_signal(signal.SIGINT)
        bot.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(2.2)
        assert [message.text for message in house.answers(ts)] == ["all of this is said to its end"]
        assert bot.process.returncode is None
        assert await ended(bot, signal.SIGINT, 2.0) == 0


async def test_the_supervisor_is_told_when_both_sockets_are_open(
    playground: Playground, tmp_path: Path, mode: str
) -> None:
    reader, writer = os.pipe()
    given = environment(playground, tmp_path, mode, {"NODE_CHANNEL_FD": str(writer)}, {})
    bot = Bot(await process(given, tmp_path, tmp_path / "bot.log", writer), tmp_path / "bot.log")
    os.close(writer)
    try:
        assert await asyncio.wait_for(asyncio.to_thread(os.read, reader, 100), 20) == b'"ready"\n'
        assert len(playground.sockets.connections) == 2
        os.close(reader)  # the supervisor dies
        house = House(playground, bot, mode)
        assert await house.ask("echo: still at work") == "still at work"
        assert await ended(bot) == 0
    finally:
        await bot.kill()
    bot.check_log(playground)


async def test_nobody_reads_the_log_any_more(playground: Playground, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    given = environment(playground, tmp_path, "async", {}, {})
    bot = Bot(await process(given, tmp_path, os.dup(writer), writer), tmp_path / "none.log")
    os.close(writer)
    try:
        await playground.workspace.wait_for(lambda: len(playground.sockets.connections) == 2, 20)
        os.close(reader)
        house = House(playground, bot, "async")
        assert await house.ask("echo: one") == "one"
        assert await house.ask("echo: two") == "two"
        began = time.monotonic()
        assert await ended(bot) == 0
        assert time.monotonic() - began < 10
    finally:
        await bot.kill()


async def test_a_stop_while_the_sockets_cannot_be_renewed(playground: Playground, tmp_path: Path, mode: str) -> None:
    async with running_bot(playground, tmp_path, mode, may_log_tracebacks=True) as bot:
        playground.faults.add("rate_limited", "apps.connections.open", times=None, retry_after=30)
        playground.sockets.cut()
        await bot.until_logged("socket_down")
        assert await ended(bot, seconds=15) == 0


async def test_a_start_that_fails_late_leaves_recovered_turns_their_time(
    playground: Playground, tmp_path: Path, mode: str
) -> None:
    async with running_bot(playground, tmp_path, mode) as bot:
        ts = playground.workspace.post("ada", "general", f"<@{BOT}> slow 1 echo: finished by the next process")
        await until(lambda: playground.model.active == 1)
        await bot.kill()
    bot = await launch(environment(playground, tmp_path, mode, {"SLACK_APP_TOKEN": "xapp-1-revoked"}, {}), tmp_path)
    async with asyncio.timeout(30):
        assert await bot.process.wait() == 78
    house = House(playground, bot, mode)
    assert [message.text for message in house.answers(ts)][-1].endswith("finished by the next process")
    assert house.is_quiet(ts)
    assert "Traceback" not in bot.text
