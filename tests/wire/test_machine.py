"""What the machine does to the bot: it says so once, keeps what it acknowledged, and recovers by itself."""

import asyncio
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from playground.server import Playground
from tests.wire.database_side import locked
from tests.wire.harness import ADA, GENERAL, Bot, House, running_bot
from tests.wire.machine import CLOCK, DISK
from tests.wire.model_side import model_works, taken_in, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PAGES_OF_TEXT = "words " * 5_000
"""More than fits into the room that is left in a database that cannot grow."""


def hurry(playground: Playground) -> None:
    """Slack repeats what was not acknowledged soon, and as often as it takes."""
    playground.faults.ack_timeout = 3.0
    playground.faults.retry_pauses = (0.5, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0)


async def answered(house: House, ts: str, text: str, seconds: float = 40.0) -> None:
    """The thread holds this one answer, and nothing else."""
    assert [message.text for message in await house.settled(ts, seconds=seconds)] == [text]


async def test_a_full_disk(folder: Path, mode: str) -> None:
    full = folder / "full"
    async with Playground() as playground:
        hurry(playground)
        given = {DISK: str(full)}
        async with running_bot(playground, folder, mode, timings={}, may_log_tracebacks=True, **given) as bot:
            house = House(playground, bot, mode)
            assert await house.ask("echo: before") == "before"
            playground.model.knobs.next(total_seconds=2.0, chunk_count=8)
            running = house.mention("echo: under way")
            await model_works(house)
            full.touch()
            late = house.mention(f"{PAGES_OF_TEXT} echo: afterwards")
            await bot.until_logged("store_not_writable", 20)
            await asyncio.sleep(3.0)
            full.unlink()
            await answered(house, running, "under way")
            await answered(house, late, "afterwards")
            assert await house.ask("echo: again") == "again"
            await bot.until_logged("store_writable_again", 10)
            assert len(bot.events("store_not_writable")) == 1


async def test_another_program_locks_the_database_for_ten_seconds(folder: Path, mode: str) -> None:
    async with Playground() as playground:
        hurry(playground)
        async with running_bot(playground, folder, mode, may_log_tracebacks=True) as bot:
            house = House(playground, bot, mode)
            playground.model.knobs.next(total_seconds=2.0, chunk_count=8)
            running = house.mention("echo: under way")
            await model_works(house)
            with locked(house):
                late = house.mention("echo: afterwards")
                await asyncio.sleep(10.0)
                assert len(bot.events("store_not_writable")) == 1
            await answered(house, running, "under way")
            await answered(house, late, "afterwards")
            assert await house.ask("echo: again") == "again"
            await bot.until_logged("store_writable_again", 10)


@contextmanager
def no_descriptors(bot: Bot) -> Iterator[None]:
    """The process can open nothing any more."""
    pid, (soft, hard) = bot.process.pid, resource.prlimit(bot.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (5, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))


async def test_no_file_descriptors_are_left(folder: Path, mode: str) -> None:
    async with Playground() as playground:
        hurry(playground)
        async with running_bot(playground, folder, mode, may_log_tracebacks=True) as bot:
            house = House(playground, bot, mode)
            assert await house.ask("echo: before") == "before"
            with no_descriptors(bot):
                # More at once than connections are kept alive: the rest has to open some.
                asked = [house.mention(f"echo: {number}") for number in range(8)]
                for ts in asked:
                    await taken_in(house, ts)
                await bot.until_logged("out_of_descriptors", 20)
                await asyncio.sleep(2.0)
            for number, ts in enumerate(asked):
                [message] = await house.settled(ts, seconds=40)
                assert message.text == str(number) or message.text.startswith("⚠️"), "answered, or explicitly failed"
            assert await house.ask("echo: again") == "again"
            assert len(bot.events("out_of_descriptors")) == 1


@pytest.mark.parametrize("hours", [30, -30])
async def test_the_clock_is_moved(folder: Path, mode: str, hours: int) -> None:
    clock = folder / "clock"
    async with Playground() as playground:
        given = {CLOCK: str(clock)}
        async with running_bot(playground, folder, mode, timings={}, may_log_tracebacks=False, **given) as bot:
            house = House(playground, bot, mode)
            playground.model.knobs.next(total_seconds=2.0, chunk_count=8)
            running = house.mention("echo: under way")
            await model_works(house)
            await asyncio.to_thread(clock.write_text, str(3600 * hours), encoding="ascii")
            await bot.until_logged("clock_moved")
            await answered(house, running, "under way")
            assert await house.ask("echo: again") == "again"
            playground.model.knobs.next(total_seconds=20.0, chunk_count=80)
            stopped = house.mention("echo: a long answer that nobody wants to read to its end")
            await playground.workspace.wait_for(lambda: house.answers(stopped), 10)
            playground.workspace.press_stop(ADA, GENERAL, stopped)
            await until(lambda: house.is_quiet(stopped), 8)
            assert len(bot.events("clock_moved")) == 1
