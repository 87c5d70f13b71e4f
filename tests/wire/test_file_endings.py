"""Ends in the middle of files: stops and kills leave no child behind, and content leaves when its time is over."""

import asyncio
import os
import re
import signal
import sqlite3
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from message_processor.wording import ENGLISH
from playground.model.asked import Role
from playground.server import Playground
from tests.ingestion.samples import pdf, png
from tests.wire.harness import Bot, House, running_bot
from tests.wire.model_side import asked, own_house, until

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="function"), pytest.mark.timeout(120)]

PAGES = 700
LONG = pdf([f"Page {n} is about heron{n}. " + "Words. " * 200 for n in range(1, PAGES + 1)])
QUESTION = "what is on page 650?"
KEPT_DAYS = "0.00004"  # three and a half seconds


def children(bot: Bot) -> list[int]:
    """Processes that the bot has started and that run."""
    found = []
    for task in Path(f"/proc/{bot.process.pid}/task").glob("*/children"):
        try:
            found += [int(pid) for pid in task.read_text(encoding="ascii").split()]
        except (FileNotFoundError, ProcessLookupError):
            continue  # the thread has ended meanwhile
    return [pid for pid in found if runs(pid)]


def runs(pid: int) -> bool:
    """Whether the process is there and more than an entry that nobody has taken away yet."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}


async def read_by_a_child(bot: Bot) -> int:
    """Wait until a child reads; its process."""
    await until(lambda: bool(children(bot)), 30)
    return children(bot)[0]


async def held_in_the_middle(bot: Bot, folder: Path) -> int:
    """Wait until a part of the document is stored, and stop the child that reads it; its process."""
    await until(lambda: _count(folder, "pages") >= 50, 30)
    (child,) = children(bot)
    os.kill(child, signal.SIGSTOP)
    return child


async def answered(house: House, ts: str) -> None:
    """Wait for the answer to QUESTION, and see that it is the only one."""
    await house.playground.workspace.wait_for(
        lambda: any("heron650" in each.text for each in house.answers(ts)) and house.is_quiet(ts), 60
    )
    assert len(house.answers(ts)) == 1


async def test_a_stop_while_a_document_is_read_leaves_no_child_and_the_turn_goes_on(folder: Path, mode: str) -> None:
    async with Playground() as playground:
        async with running_bot(playground, folder, mode, SHUTDOWN_GRACE_SECONDS="0") as bot:
            house = House(playground, bot, mode)
            ts = house.attach(QUESTION, [("long.pdf", LONG)])
            child = await held_in_the_middle(bot, folder)
            assert await bot.stop(30) == 0
            assert not runs(child)
            assert PAGES > _count(folder, "pages") >= 50
            assert all(each.text == ENGLISH("turn.restarting") for each in house.answers(ts))
            assert house.is_quiet(ts)
        async with running_bot(playground, folder, mode) as bot:
            await answered(House(playground, bot, mode), ts)
            await until(lambda: not children(bot))


async def test_within_the_grace_a_document_is_read_and_answered(folder: Path, mode: str) -> None:
    async with Playground() as playground, running_bot(playground, folder, mode, SHUTDOWN_GRACE_SECONDS="50") as bot:
        house = House(playground, bot, mode)
        ts = house.attach(QUESTION, [("long.pdf", LONG)])
        child = await read_by_a_child(bot)
        assert await bot.stop(60) == 0
        await answered(house, ts)
        assert not runs(child)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_to_the_whole_tree_does_not_end_the_reading(folder: Path, number: signal.Signals) -> None:
    async with Playground() as playground, running_bot(playground, folder, SHUTDOWN_GRACE_SECONDS="50") as bot:
        house = House(playground, bot, "async")
        ts = house.attach(QUESTION, [("long.pdf", LONG)])
        child = await read_by_a_child(bot)
        os.kill(child, number)
        bot.process.send_signal(number)
        async with asyncio.timeout(60):
            assert await bot.process.wait() == 0
        await answered(house, ts)
        assert "⚠️" not in house.answers(ts)[0].text


async def test_a_stop_ends_no_child_of_another_bot(folder: Path) -> None:
    async with AsyncExitStack() as stack:
        houses = []
        for name in ("one", "two"):
            (folder / name).mkdir()
            playground = await stack.enter_async_context(Playground())
            bot = await stack.enter_async_context(running_bot(playground, folder / name, SHUTDOWN_GRACE_SECONDS="0"))
            houses.append(House(playground, bot, "async"))
        one, two = houses
        stamps = [house.attach(QUESTION, [("long.pdf", LONG)]) for house in houses]
        childs = [await read_by_a_child(house.bot) for house in houses]
        assert childs[0] != childs[1]
        assert await one.bot.stop(30) == 0
        assert not runs(childs[0])
        await answered(two, stamps[1])


async def test_a_killed_bot_takes_its_child_along(folder: Path, mode: str) -> None:
    async with Playground() as playground:
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            ts = house.attach(QUESTION, [("long.pdf", LONG)])
            child = await held_in_the_middle(bot, folder)
            await bot.kill()
            await until(lambda: not runs(child), 5)
        async with running_bot(playground, folder, mode) as bot:
            await answered(House(playground, bot, mode), ts)


async def test_a_killed_child_is_one_line_and_the_question_is_answered(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        ts = house.attach("echo: The rest.", [("long.pdf", LONG)])
        os.kill(await read_by_a_child(house.bot), signal.SIGKILL)
        (answer,) = await house.settled(ts, seconds=60)
        assert answer.text.startswith("The rest.")
        assert "long.pdf" in answer.text
        assert children(house.bot) == []


async def test_what_is_too_old_leaves_disk_and_database(folder: Path, mode: str) -> None:
    async with own_house(folder, mode, {"sweep_interval": 0.3}, FILE_RETENTION_DAYS=KEPT_DAYS) as house:
        ts = house.attach("echo: Seen.", [("one.png", png(300, 100, "red")), ("note.txt", b"the number is 4711-0815")])
        (answer,) = await house.settled(ts)
        assert answer.text == "Seen."
        assert len(list((folder / "files").iterdir())) == 2
        assert b"4711-0815" in _database(folder)
        await until(lambda: not any((folder / "files").iterdir()))
        await until(lambda: _count(folder, "pages") == 0)
        await house.bot.until_logged("files_swept")
        assert _count(folder, "inbox WHERE state = 'failed'") == 0
    assert b"4711-0815" not in _database(folder)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("look_at_pictures", '{"pictures": [1]}'), ("edit_image", '{"prompt": "blue", "pictures": [1]}')],
)
async def test_a_picture_that_is_too_old_is_said_to_be_gone(folder: Path, tool: str, arguments: str) -> None:
    async with own_house(folder, "async", {"sweep_interval": 0.3}, FILE_RETENTION_DAYS=KEPT_DAYS) as house:
        ts = house.attach("echo: Seen.", [("one.png", png(300, 100, "red"))])
        await house.settled(ts)
        await until(lambda: not any((folder / "files").iterdir()))
        house.playground.model.knobs.next(tool_calls=((tool, arguments),))
        house.say("and what was on it?", thread_ts=ts)
        answer = (await house.settled(ts, answers=2))[-1]
        assert "Picture 1 is not in this thread, or it was deleted" in answer.text
        assert not answer.files


async def test_the_model_is_told_that_a_picture_once_was_there(folder: Path) -> None:
    async with own_house(folder, "async", {"sweep_interval": 0.3}, FILE_RETENTION_DAYS=KEPT_DAYS) as house:
        ts = house.attach("echo: Seen.", [("one.png", png(300, 100, "red"))])
        await house.settled(ts)
        await until(lambda: not any((folder / "files").iterdir()))
        house.say("and what was on it?", thread_ts=ts)
        await house.settled(ts, answers=2)
        call = house.playground.model.journal[-1]
        words = "\n".join(turn.text for turn in asked(call).turns if turn.role is Role.PERSON)
        assert re.search(r"attached .*(gone|expired|kept|deleted)", words), words


def _count(folder: Path, table: str) -> int:
    """Rows in the bot's database."""
    with closing(sqlite3.connect(f"file:{folder}/bot.db?mode=ro", uri=True)) as connection:
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  the test's own words
    return int(count)


def _database(folder: Path) -> bytes:
    """All bytes of the bot's database, its journal included."""
    return b"".join(path.read_bytes() for path in folder.glob("bot.db*"))
