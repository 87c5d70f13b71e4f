"""Opening and closing a file: what is refused, and with which exit."""

import asyncio
import os
import sqlite3
import stat
from pathlib import Path

import pytest
from blockbuster import blockbuster_ctx

from base_client import ThreadKey
from database import Store, StoreUnavailable
from tests.database.makers import THREAD, Figures, address, answer, child, claimed, key, message, texts


async def refusal(url: str) -> StoreUnavailable:
    with pytest.raises(StoreUnavailable) as caught:
        await Store.open(url, Figures())
    return caught.value


async def test_what_was_written_is_there_after_a_restart(url: str) -> None:
    store = await Store.open(url, Figures())
    await store.accept(message(1))
    await store.set_fact("name", "value")
    await store.close()
    store = await Store.open(url, Figures())
    assert not await store.accept(message(1))
    assert await store.knows_thread(THREAD)
    assert await store.fact("name") == "value"
    assert texts(await claimed(store, "t", THREAD, [key(1)])) == ["m1"]
    await store.close()


async def test_the_folders_are_made_for_the_owner_alone(tmp_path: Path) -> None:
    store = await Store.open(address(tmp_path / "a" / "b" / "c.db"), Figures())
    await store.close()
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


async def test_a_relative_path_is_one_of_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = await Store.open("sqlite+aiosqlite:///data/x.db", Figures())
    await store.close()
    assert (tmp_path / "data" / "x.db").is_file()


@pytest.mark.parametrize(
    ("written", "name"),
    [("with space.db", "with space.db"), ("ü.db", "ü.db"), ("50%25.db", "50%.db"), ("a%3Fmode=ro.db", "a?mode=ro.db")],
)
async def test_odd_names_are_names(tmp_path: Path, written: str, name: str) -> None:
    store = await Store.open(address(tmp_path / written), Figures())
    await store.close()
    assert sorted(os.listdir(tmp_path)) == [name, f"{name}.lock"]


async def test_a_second_process_is_told_that_the_file_is_in_use(url: str) -> None:
    first = await Store.open(url, Figures())
    error = await refusal(url)
    assert "in use" in error.reason
    assert not error.wrong_configuration
    assert await first.accept(message(1))
    await first.close()
    second = await Store.open(url, Figures())
    await second.close()


async def test_closing_twice_is_closing_once(url: str) -> None:
    store = await Store.open(url, Figures())
    await store.close()
    await store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.accept(message(1))
    with pytest.raises(StoreUnavailable):
        await store.fact("name")


async def test_nothing_blocks_the_loop(url: str) -> None:
    with blockbuster_ctx():
        store = await Store.open(url, Figures())
        await answer(store, "t", 1, posted=2)
        assert texts(await store.history(THREAD)) == ["m1", "a1"]
        assert not await store.knows_thread(ThreadKey("T1", "C1", "9.0"))
        await store.close()


async def test_closing_writes_what_was_handed_in(url: str) -> None:
    store = await Store.open(url, Figures())
    writes = [asyncio.create_task(store.accept(message(number))) for number in range(200)]
    await asyncio.sleep(0)
    await store.close()
    assert all(await asyncio.gather(*writes))
    store = await Store.open(url, Figures())
    assert len(await store.unclaimed()) == 200
    await store.close()


async def test_closing_leaves_one_file(url: str, tmp_path: Path) -> None:
    store = await Store.open(url, Figures())
    await store.accept(message(1))
    await store.close()
    assert sorted(os.listdir(tmp_path / "data")) == ["threadwell.db", "threadwell.db.lock"]


async def test_a_folder_is_no_file(tmp_path: Path) -> None:
    error = await refusal(address(tmp_path))
    assert "folder" in error.reason
    assert error.wrong_configuration


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("words")
    error = await refusal(address(tmp_path / "file" / "x.db"))
    assert str(tmp_path / "file" / "x.db") in error.reason
    assert error.wrong_configuration


@pytest.mark.parametrize("path", ["/proc/threadwell/x.db", "/proc/x.db", "/dev/null/x.db"])
async def test_an_unwritable_place_is_a_wrong_configuration(path: str) -> None:
    error = await refusal(address(Path(path)))
    assert error.wrong_configuration


FORBIDDEN = """
import asyncio, os, sys, tempfile
from database import Store, StoreUnavailable
from tests.database.makers import Figures

async def main(mode):
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/x.db"
        await (await Store.open(url, Figures())).close()
        os.chmod(f"{folder}/x.db", mode)
        if os.geteuid() == 0:
            for name in ("", "x.db", "x.db.lock"):
                os.chown(f"{folder}/{name}", 65534, 65534)
            os.seteuid(65534)
        try:
            await Store.open(url, Figures())
        except StoreUnavailable as error:
            print(error.wrong_configuration, error.reason)
        os.seteuid(os.getuid())

asyncio.run(main(int(sys.argv[1], 8)))
"""


@pytest.mark.parametrize(("mode", "reason"), [("400", "readonly"), ("000", "unable to open")])
async def test_a_file_without_permission_is_a_wrong_configuration(mode: str, reason: str) -> None:
    process = await child(FORBIDDEN, mode)
    told, _ = await process.communicate()
    assert told.decode().startswith("True")
    assert reason in told.decode()


async def test_a_file_of_words_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear reader, " * 1_000)
    error = await refusal(address(path))
    assert "not a database" in error.reason
    assert error.wrong_configuration
    assert path.read_text().startswith("Dear reader")


async def test_an_empty_file_is_an_empty_database(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    store = await Store.open(address(path), Figures())
    assert await store.accept(message(1))
    await store.close()


@pytest.mark.parametrize("tables", [["messages"], ["migrations"], ["migrations", "inbox", "turns"]])
async def test_the_database_of_another_program_is_left_alone(tmp_path: Path, tables: list[str]) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    for table in tables:
        other.execute(f"CREATE TABLE {table} (words TEXT)")
    other.close()
    assert (await refusal(address(path))).wrong_configuration
    other = sqlite3.connect(path)
    assert [name for (name,) in other.execute("SELECT name FROM sqlite_master ORDER BY rowid")] == tables
    other.close()


@pytest.mark.parametrize(
    "url", ["sqlite+aiosqlite:///", "sqlite+aiosqlite:///:memory:", "no address", "postgresql:///x"]
)
async def test_an_address_without_a_file_is_a_wrong_configuration(url: str) -> None:
    assert (await refusal(url)).wrong_configuration


async def test_a_refused_opening_lets_the_next_one_in(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear reader, " * 1_000)
    await refusal(address(path))
    path.unlink()
    store = await Store.open(address(path), Figures())
    await store.close()
