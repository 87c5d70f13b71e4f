"""From an empty file, an older one and a newer one to the schema of this release."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from database import Store, StoreUnavailable, TurnState
from store import migrations, tables
from store.migrations import MIGRATIONS, Migration
from tests.database.file_makers import document
from tests.database.makers import THREAD, Figures, answer, begin, message, texts

LATEST = MIGRATIONS[-1]
ADDS_A_COLUMN = Migration(
    LATEST.number + 1, LATEST.major, "a column", ("ALTER TABLE messages ADD COLUMN kind TEXT NOT NULL DEFAULT 'text'",)
)
ADDS_A_TABLE = Migration(LATEST.number + 2, LATEST.major, "a table", ("CREATE TABLE extra (name TEXT)",))
BREAKS = Migration(
    LATEST.number + 3, LATEST.major, "broken", ("CREATE TABLE more (name TEXT)", "CREATE TABLE extra (x)")
)
TAKES_AWAY = Migration(LATEST.number + 1, LATEST.major + 1, "another major", ("DROP TABLE facts",))
SEARCHED = ("page_words", "page_trigrams")


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
    ordinary = {name for name in seen.get_table_names() if not name.startswith(SEARCHED)}
    assert ordinary == set(tables.metadata.tables)
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


async def test_a_file_from_before_there_were_files_is_migrated_and_runs_with_its_release_again(
    url: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_engine(f"sqlite:///{file}")
    file.parent.mkdir()
    with engine.begin() as connection:
        migrations.migrate(connection, MIGRATIONS[:1], 1.0)
        connection.exec_driver_sql(
            "INSERT INTO messages VALUES ('T1', 'C1', '1.000000', '1000.000000', 'U1', 0, 'old', NULL, '1.000000', 0)"
        )
    engine.dispose()
    store = await Store.open(url, Figures())
    assert texts(await store.history(THREAD)) == ["old"]
    uid = await document(store, "revenue", number=3)
    await store.close()
    assert numbers(file) == [step.number for step in MIGRATIONS]
    assert numbers(file.with_name(f"{file.name}.before-{LATEST.number}")) == [1]
    with monkeypatch.context() as older:
        older.setattr(migrations, "MIGRATIONS", MIGRATIONS[:1])
        await make_another(url)
    store = await Store.open(url, Figures())
    assert [hit.page.text for hit in await store.files.search([uid], "revenue", 5)] == ["revenue"]
    await store.close()


def columns_after(steps: Sequence[Migration]) -> dict[tuple[str, str], bool]:
    """Tables and columns, and whether a row may lack a value there."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        migrations.migrate(connection, steps, 1.0)
        seen = inspect(connection)
        found = {(name, column["name"]): column for name in seen.get_table_names() for column in seen.get_columns(name)}
    engine.dispose()
    return {place: bool(column["nullable"] or column["default"]) for place, column in found.items()}


@pytest.mark.parametrize("number", range(1, len(MIGRATIONS)))
def test_a_migration_takes_nothing_from_older_releases_and_asks_nothing_of_them(number: int) -> None:
    before, after = columns_after(MIGRATIONS[:number]), columns_after(MIGRATIONS[: number + 1])
    assert before.items() <= after.items()
    tables_before = {table for table, _ in before}
    added = {place: lacks for place, lacks in after.items() if place not in before and place[0] in tables_before}
    assert all(added.values()), added


async def test_a_file_that_people_used_runs_with_the_release_before_and_comes_back_whole(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await Store.open(url, Figures())
    await answer(store, "t", 1, posted=2)
    await begin(store, "stopped", 5)
    await store.accept(message(6))
    await store.stop(THREAD, "7.0")
    await store.finish("stopped", TurnState.STOPPED, "half", "", ())
    await store.people.set_preferences("T1", "user", "U1", {"model": "m"}, "U1")
    await store.people.set_summary(THREAD, "in short", "2.0")
    await store.people.rate("t", "U1", "up")
    await store.close()
    with monkeypatch.context() as older:
        older.setattr(migrations, "MIGRATIONS", MIGRATIONS[:2])
        await make_another(url)
    store = await Store.open(url, Figures())
    assert texts(await store.history(THREAD)) == ["m1", "a1", "m3", "a3", "m5", "half", "m6"]
    assert await store.take_back(THREAD) == (message(6),)
    assert (await store.people.preferences("T1", [("user", "U1")]))["user", "U1"] == {"model": "m"}
    assert await store.people.summary(THREAD) is not None
    assert [rating.verdict for rating in await store.people.feedback_of("t")] == ["up"]
    await store.close()


def test_statements_for_one_database_are_kept_from_the_others() -> None:
    step = Migration(9, 1, "search", ("CREATE TABLE mine (name TEXT)",), {"postgresql": ("CREATE EXTENSION trgm",)})
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        migrations.migrate(connection, [step], 1.0)
        assert set(inspect(connection).get_table_names()) == {"migrations", "mine"}
    engine.dispose()


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
