"""A bot that dies in the middle of files and pictures: nothing is shown twice, and reading goes on where it was."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from playground.model.journal import Api
from playground.server import Playground
from tests.ingestion.samples import pdf
from tests.wire.harness import House, running_bot
from tests.wire.model_side import own_house, until

pytestmark = pytest.mark.asyncio(loop_scope="function")


def pictures(house: House, ts: str) -> list[str]:
    """Ids of the files that the bot shared in the thread."""
    return [file.id for message in house.answers(ts) for file in message.files]


def drawn(playground: Playground) -> int:
    """How often the model was asked for a picture."""
    return sum(call.api is Api.IMAGES for call in playground.model.journal)


async def test_a_picture_that_was_shared_is_not_made_again(folder: Path, mode: str) -> None:
    async with Playground() as playground:
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            playground.model.knobs.next()  # calls the tool
            playground.model.knobs.next()  # draws
            playground.model.knobs.next(hang_before_headers=True)  # never gets to its last words
            ts = house.mention("draw a boat")
            await until(lambda: bool(pictures(house, ts)))
            await until(lambda: playground.model.active == 1)
            await bot.kill()
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            await playground.workspace.wait_for(
                lambda: house.is_quiet(ts) and any(not message.files for message in house.answers(ts)), 30
            )
            assert len(pictures(house, ts)) == 1
            assert drawn(playground) == 1
            assert sum(not message.files for message in house.answers(ts)) == 1


async def test_reading_goes_on_where_it_was(folder: Path, mode: str) -> None:
    document = pdf([f"Page {n} is about heron{n}. " + "Words. " * 200 for n in range(1, 701)])
    async with Playground() as playground:
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            ts = house.attach("what is on page 650?", [("long.pdf", document)])
            await until(lambda: _indexed(folder) >= 50, 30)
            await bot.kill()
        before = _indexed(folder)
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            await playground.workspace.wait_for(lambda: "heron650" in house.answers(ts)[-1].text, 60)
            assert len(await house.settled(ts)) == 1
        assert 50 <= before < 700
        assert _indexed(folder) == 700
        fetched = [call for call in playground.calls if call.method == "download"]
        assert len(fetched) <= 1, "the bytes were on the disk already"


async def test_nothing_is_left_of_a_deleted_file(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        ts = house.attach("keep", [("secret.txt", b"the number is 4711-0815")])
        await house.settled(ts)
        workspace = house.playground.workspace
        workspace.delete(channel="C0GENERAL1", ts=ts)
        await until(lambda: not any((folder / "files").iterdir()))
    assert b"4711-0815" not in _database(folder)


def _indexed(folder: Path) -> int:
    """Pages in the bot's database."""
    with closing(sqlite3.connect(f"file:{folder}/bot.db?mode=ro", uri=True)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM pages").fetchone()
    return int(count)


def _database(folder: Path) -> bytes:
    """All bytes of the bot's database, its journal included."""
    return b"".join(path.read_bytes() for path in folder.glob("bot.db*"))
