"""Backups by hand and by night, of a bot at work, and the way back, as an operator does it."""

import asyncio
from pathlib import Path

import pytest

from playground.server import Playground
from tests.wire.harness import GENERAL, GRACE, House, environment, running_bot
from tests.wire.model_side import Calls, own_house, recorded, told, until
from tests.wire.processes import command


async def line_of(house: House, folder: Path, *words: str) -> tuple[int, str]:
    """A command's exit code, and the one line that it printed."""
    ended = await command(environment(house.playground, folder, house.mode, {}, {}), folder, *words)
    [line] = (ended.out + ended.err).splitlines()
    return ended.code, line


@pytest.mark.timeout(180)
async def test_a_backup_under_load_is_restored_and_the_bot_goes_on_from_it(folder: Path, mode: str) -> None:
    async with Playground() as playground:
        playground.model.knobs.set(total_seconds=1.0, chunk_count=6)
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            ts = house.mention("echo: before the backup")
            await house.settled(ts)
            await recorded(house, ts)
            busy = [house.mention(f"echo: number {number}", GRACE) for number in range(8)]
            code, made = await line_of(house, folder, "backup")
            assert (code, Path(made).parent) == (0, folder / "backups")
            for number, thread in enumerate(busy):
                assert [message.text for message in await house.settled(thread)] == [f"number {number}"]
            code, line = await line_of(house, folder, "restore", made)
            assert (code, line) == (1, f"threadwell: {folder}/bot.db is in use by another process")
        house.playground.model.knobs.reset()
        code, line = await line_of(house, folder, "restore", made)
        assert (code, line.startswith(f"restored {made}; the database before is kept as")) == (0, True)
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            calls = Calls(house)
            house.say("echo: and on", thread_ts=ts)
            await house.settled(ts, answers=2)
            assert any("before the backup" in text for text in told(calls()[-1])), "the history is there"
            for number, thread in enumerate(busy):
                await house.settled(thread)
                assert [message.text for message in house.answers(thread)] == [f"number {number}"]


async def test_what_is_no_backup_is_one_line_and_exit_code_2(folder: Path) -> None:
    async with Playground() as playground:
        async with running_bot(playground, folder) as bot:
            house = House(playground, bot, "async")
            await house.ask("echo: kept")
        before = (folder / "bot.db").read_bytes()
        (folder / "letter.db").write_text("Dear diary,\n" * 1_000)
        assert await line_of(house, folder, "restore", "letter.db") == (
            2,
            "threadwell: letter.db: file is not a database",
        )
        assert await line_of(house, folder, "restore", "gone.db") == (2, "threadwell: gone.db: there is no such file")
        code, line = await line_of(house, folder, "restore")
        assert (code, line.split(";")[0]) == (2, "threadwell: the following arguments are required: FILE")
        assert (folder / "bot.db").read_bytes() == before


async def test_one_is_made_at_night_and_after_a_missed_night(folder: Path) -> None:
    async with own_house(folder, "async", {"backup_interval": 0.2}, BACKUP_KEEP="2") as house:
        await until(lambda: bool(house.bot.events("backup_made")))
        assert await house.ask("echo: meanwhile", GENERAL) == "meanwhile"
        await asyncio.sleep(1.0)
        assert len(house.bot.events("backup_made")) == 1, "the next one is due the next night"
        assert len(list((folder / "backups").iterdir())) == 1


@pytest.mark.parametrize("keep", ["0", "7"])
async def test_none_is_made_where_none_is_wanted_or_none_can_be(folder: Path, keep: str) -> None:
    (folder / "backups").touch()  # no folder can be made here
    async with own_house(folder, "async", {"backup_interval": 0.2}, BACKUP_KEEP=keep) as house:
        if keep != "0":
            await house.bot.until_logged("backup_failed")
        assert await house.ask("echo: all the same") == "all the same"
        assert not house.bot.events("backup_made")
