"""Backups of the database: whole, private, counted; and the way back, which a crash leaves open in either direction."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from database import Backups, Store, StoreUnavailable, TurnState, WrongBackup
from store import backups as copies
from store import migrations, sqlite
from tests.database.makers import THREAD, Clock, Figures, answer, begin, message, texts
from tests.database.test_migrations import numbers


class Died(BaseException):
    """The process ends here."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "threadwell.db"


@pytest.fixture
def backups(url: str, clock: Clock) -> Backups:
    return Backups(url, clock)


async def said(url: str) -> list[str]:
    """What stands in the thread, to a process that starts now."""
    store = await Store.open(url, Figures())
    try:
        return texts(await store.history(THREAD))
    finally:
        await store.close()


async def test_a_backup_is_made_while_the_store_is_at_work(store: Store, backups: Backups, file: Path) -> None:
    await answer(store, "t", 1, posted=2)
    made = await backups.make()
    await answer(store, "u", 3, posted=4)
    assert made.parent == file.parent / "backups"
    assert made.stat().st_mode & 0o777 == 0o600
    assert made.parent.stat().st_mode & 0o777 == 0o700
    assert numbers(made) == [step.number for step in migrations.MIGRATIONS]
    with closing(sqlite3.connect(made)) as copy:
        assert [row[0] for row in copy.execute("SELECT text FROM messages ORDER BY ts")] == ["m1", "a1"]
    assert sorted(each.name for each in made.parent.iterdir()) == [made.name], "nothing half done lies beside it"


async def test_the_newest_are_kept(store: Store, backups: Backups, clock: Clock) -> None:
    made = []
    for _ in range(4):
        made.append(await backups.make())
        clock.now += 1
    stranger = made[0].with_name("threadwell-mine.db")
    stranger.touch()
    assert await backups.keep(2) == 2
    assert [each.exists() for each in (*made, stranger)] == [False, False, True, True, True]


async def test_no_backup_of_nothing(backups: Backups) -> None:
    with pytest.raises(StoreUnavailable, match="there is no database"):
        await backups.make()


async def test_what_came_after_the_backup_is_gone_and_kept_beside(
    store: Store, backups: Backups, url: str, file: Path
) -> None:
    await answer(store, "t", 1, posted=2)
    made = await backups.make()
    await answer(store, "u", 3, posted=4)
    await store.close()
    before = await backups.restore(made)
    assert await said(url) == ["m1", "a1"]
    assert before is not None
    assert before.parent == file.parent
    with closing(sqlite3.connect(before)) as kept:
        assert kept.execute("SELECT count(*) FROM messages").fetchone() == (4,)
    assert made.exists(), "a copy of it was taken"


async def test_into_an_empty_place(store: Store, backups: Backups, tmp_path: Path) -> None:
    await answer(store, "t", 1, posted=2)
    made = await backups.make()
    elsewhere = f"sqlite+aiosqlite:///{tmp_path}/elsewhere/bot.db"
    assert await Backups(elsewhere).restore(made) is None
    assert await said(elsewhere) == ["m1", "a1"]


async def test_what_was_under_way_is_not_begun_once_more(store: Store, backups: Backups, url: str) -> None:
    await begin(store, "at work", 1)
    await store.accept(message(2))
    made = await backups.make()
    await store.close()
    await backups.restore(made)
    again = await Store.open(url, Figures())
    assert await again.unfinished() == ()
    assert await again.unclaimed() == ()
    record = await again.turn("at work")
    assert record is not None
    assert record.state is TurnState.FAILED
    assert len(await again.repeat("at work")) == 1, "people may still have it answered"
    await again.close()


async def test_a_restore_that_died_leaves_nothing_behind_once_the_bot_runs(url: str, file: Path) -> None:
    file.parent.mkdir()
    left = [file.with_name(f"{file.name}.restoring{end}") for end in ("", ".new")]
    for path in left:
        path.touch()
    await (await Store.open(url, Figures())).close()
    assert not any(path.exists() for path in left)


async def test_two_at_once_do_not_spoil_each_other(store: Store, backups: Backups, file: Path) -> None:
    await answer(store, "t", 1, posted=2)
    made = await asyncio.gather(backups.make(), backups.make(), return_exceptions=True)
    whole = [each for each in made if isinstance(each, Path)]
    assert whole
    assert all(numbers(each) for each in whole)
    assert all(isinstance(each, Path | StoreUnavailable) for each in made)


async def test_when_one_was_made_is_told_by_its_name(store: Store, backups: Backups, clock: Clock) -> None:
    clock.now = 1_700_000_000.0
    made = await backups.make()
    os.utime(made, (1.0, 1.0))
    assert await backups.latest() == clock.now


async def test_not_while_the_store_is_at_work(store: Store, backups: Backups) -> None:
    await answer(store, "t", 1, posted=2)
    made = await backups.make()
    with pytest.raises(StoreUnavailable, match="in use by another process"):
        await backups.restore(made)
    assert texts(await store.history(THREAD)) == ["m1", "a1"]


def a_letter(path: Path) -> None:
    path.write_text("Dear diary,\n" * 1_000)


def nothing(path: Path) -> None:
    path.touch()


def another_programs(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")


def damaged(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(8_192)
        file.write(bytes(path.stat().st_size - 8_192))


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO migrations VALUES (1000, 2, 'of the future', 1.0)")
        connection.commit()


@pytest.mark.parametrize("spoil", [Path.unlink, a_letter, nothing, another_programs, damaged, newer])
async def test_what_cannot_be_restored_changes_nothing(
    store: Store, backups: Backups, url: str, file: Path, spoil: Callable[[Path], None]
) -> None:
    await answer(store, "t", 1, posted=2)
    made = await backups.make()
    await store.close()
    if spoil not in {damaged, newer, Path.unlink}:
        made.unlink()
    spoil(made)
    lying = sorted(each.name for each in file.parent.iterdir())
    with pytest.raises(WrongBackup, match=made.name):
        await backups.restore(made)
    assert sorted(each.name for each in file.parent.iterdir()) == lying
    assert await said(url) == ["m1", "a1"]


@pytest.mark.parametrize("step", range(12))
async def test_a_crash_leaves_either_database_whole(
    url: str, backups: Backups, file: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    store = await Store.open(url, Figures())
    await answer(store, "t", 1, posted=2)
    made = await backups.make()
    await answer(store, "u", 3, posted=4)
    await store.close()
    left = [step]

    def dying(original: Callable[..., object]) -> Callable[..., object]:
        def guarded(*arguments: object, **named: object) -> object:
            if not left[0]:
                raise Died
            left[0] -= 1
            return original(*arguments, **named)

        return guarded

    with monkeypatch.context() as patched:
        patched.setattr("store.backups.copy", dying(sqlite.copy))
        patched.setattr("store.backups.end_journal", dying(sqlite.end_journal))
        patched.setattr("store.backups._sync", dying(copies._sync))
        patched.setattr(os, "link", dying(os.link))
        patched.setattr(Path, "replace", dying(Path.replace))
        try:
            await backups.restore(made)
        except Died:
            assert await said(url) in (["m1", "a1", "m3", "a3"], ["m1", "a1"])
            return
    assert await said(url) == ["m1", "a1"]


async def test_a_damaged_database_is_replaced_and_its_journal_kept_beside_it(
    store: Store, backups: Backups, url: str, file: Path
) -> None:
    await answer(store, "t", 1, posted=2)
    made = await backups.make()
    await store.close()
    damaged(file)
    before = await backups.restore(made)
    assert await said(url) == ["m1", "a1"]
    assert before is not None
    assert before.exists()
