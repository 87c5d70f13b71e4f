"""From an empty file, an older one and a newer one to the schema of this release."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from database import Store, StoreUnavailable
from store import migrations, tables
from store.migrations import MIGRATIONS, Migration
from tests.database.makers import THREAD, Figures, answer, message, texts

LATEST = MIGRATIONS[-1]
ADDS_A_COLUMN = Migration(
    LATEST.number + 1, LATEST.major, "a column", ("ALTER TABLE messages ADD COLUMN kind TEXT NOT NULL DEFAULT 'text'",)
)
ADDS_A_TABLE = Migration(LATEST.number + 2, LATEST.major, "a table", ("CREATE TABLE extra (name TEXT)",))
BREAKS = Migration(
    LATEST.number + 3, LATEST.major, "broken", ("CREATE TABLE more (name TEXT)", "CREATE TABLE extra (x)")
)
TAKES_AWAY = Migration(LATEST.number + 1, LATEST.major + 1, "another major", ("DROP TABLE facts",))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "threadwell.db"


def release(monkeypatch: pytest.MonkeyPatch, *steps: Migration) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, *steps))


def numbers(file: Path) -> list[int]:
    connection = sqlite3.connect(file)
    rows = connection.execute("SELECT number FROM migrations ORDER BY number").fetchall()
    connection.close()
    return [number for (number,) in rows]


async def make(url: str) -> None:
    store = await Store.open(url, Figures())
    await answer(store, "t", 1, posted=2)
    await store.close()


async def test_the_migrated_schema_is_the_one_that_statements_see(url: str, file: Path) -> None:
    await make(url)
    engine = create_engine(f"sqlite:///{file}")
    seen = inspect(engine)
    assert set(seen.get_table_names()) == set(tables.metadata.tables)
    for name, table in tables.metadata.tables.items():
        columns = {column["name"]: bool(column["nullable"]) for column in seen.get_columns(name)}
        assert columns == {column.name: bool(column.nullable) for column in table.columns}, name
        assert seen.get_pk_constraint(name)["constrained_columns"] == [c.name for c in table.primary_key.columns], name
    engine.dispose()


def test_numbers_go_up_one_by_one_and_majors_never_down() -> None:
    assert [step.number for step in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))
    assert [step.major for step in MIGRATIONS] == sorted(step.major for step in MIGRATIONS)


async def test_an_older_file_is_migrated_and_kept_beside(url: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await make(url)
    release(monkeypatch, ADDS_A_COLUMN, ADDS_A_TABLE)
    store = await Store.open(url, Figures())
    assert texts(await store.history(THREAD)) == ["m1", "a1"]
    assert await store.accept(message(3))
    await store.close()
    assert numbers(file) == [step.number for step in (*MIGRATIONS, ADDS_A_COLUMN, ADDS_A_TABLE)]
    copy = file.with_name(f"{file.name}.before-{ADDS_A_TABLE.number}")
    assert numbers(copy) == [step.number for step in MIGRATIONS]


async def test_the_previous_release_runs_on_the_migrated_file(
    url: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make(url)
    with monkeypatch.context() as newer:
        release(newer, ADDS_A_COLUMN)
        await make_another(url)
    store = await Store.open(url, Figures())
    await answer(store, "v", 5, posted=6)
    assert texts(await store.history(THREAD)) == ["m1", "a1", "m3", "a3", "m5", "a5"]
    await store.close()
    assert numbers(file)[-1] == ADDS_A_COLUMN.number


async def make_another(url: str) -> None:
    store = await Store.open(url, Figures())
    await answer(store, "u", 3, posted=4)
    await store.close()


async def test_a_file_of_a_newer_major_is_refused_untouched(
    url: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        release(newer, TAKES_AWAY)
        await (await Store.open(url, Figures())).close()
    with pytest.raises(StoreUnavailable, match="newer release") as caught:
        await Store.open(url, Figures())
    assert caught.value.wrong_configuration
    assert numbers(file)[-1] == TAKES_AWAY.number


async def test_migrations_stand_all_or_not_at_all(url: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await make(url)
    with monkeypatch.context() as broken:
        release(broken, ADDS_A_COLUMN, ADDS_A_TABLE, BREAKS)
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="already exists"):
                await Store.open(url, Figures())
    assert numbers(file) == [step.number for step in MIGRATIONS]
    store = await Store.open(url, Figures())
    assert texts(await store.history(THREAD)) == ["m1", "a1"]
    await store.close()


async def test_an_up_to_date_file_is_opened_without_a_copy(url: str, file: Path) -> None:
    await make(url)
    await make_another(url)
    assert sorted(path.name for path in file.parent.iterdir()) == [file.name, f"{file.name}.lock"]
