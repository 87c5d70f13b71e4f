"""A file that the last process did not close is looked at before anything is written into it."""

import logging
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from database import Store, StoreUnavailable
from store import opening
from tests.database.makers import Figures, address, child, key

KILLED = """
import asyncio, os, signal, sys
from database import Store
from tests.database.makers import Figures, message

async def main():
    store = await Store.open(sys.argv[1], Figures())
    for first in range(0, 2000, 100):
        await asyncio.gather(*(store.accept(message(number, "words " * 100)) for number in range(first, first + 100)))
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def left_open(path: Path) -> Path:
    """A database that a killed process leaves behind, most of it written back from the journal."""
    process = await child(KILLED, address(path))
    assert await process.wait() == -signal.SIGKILL
    assert path.with_name(f"{path.name}-wal").stat().st_size > 0
    return path


def damage(path: Path) -> None:
    """Zeros over pages in the middle of the file."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(bytes(100_000))


def bytes_of(path: Path) -> list[bytes]:
    return [path.read_bytes(), path.with_name(f"{path.name}-wal").read_bytes()]


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.name == "threadwell.store"]


async def test_a_sound_file_is_checked_and_opened(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = await left_open(tmp_path / "x.db")
    with caplog.at_level(logging.INFO):
        store = await Store.open(address(path), Figures())
    assert {one.key for one in await store.unclaimed()} == {key(number) for number in range(2_000)}
    await store.close()
    assert events(caplog) == ["database_checked"]


async def test_after_a_clean_close_nothing_is_checked(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            await (await Store.open(address(tmp_path / "x.db"), Figures())).close()
    assert events(caplog) == []


async def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = await left_open(tmp_path / "x.db")
    damage(path)
    before = bytes_of(path)
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="damaged") as caught:
            await Store.open(address(path), Figures())
        assert caught.value.wrong_configuration
        assert str(path) in caught.value.reason
        assert bytes_of(path) == before


async def test_a_check_that_takes_too_long_is_cut_and_the_file_opened(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "CHECK_SECONDS", -1.0)
    path = await left_open(tmp_path / "x.db")
    with caplog.at_level(logging.INFO):
        store = await Store.open(address(path), Figures())
    assert len(await store.unclaimed()) == 2_000
    await store.close()
    assert events(caplog) == ["database_check_cut"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
