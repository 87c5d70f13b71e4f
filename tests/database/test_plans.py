"""How the database finds rows: by an index of the right width, however long the channel's past is."""

from pathlib import Path

import pytest
from sqlalchemy import Select, Update, create_engine
from sqlalchemy.dialects import sqlite

from database import Store
from store import history, inbox, turns
from tests.database.makers import Figures, address

BY_KEY: list[Select[*tuple[str, ...]] | Update] = [
    inbox._KNOWN_KEY,
    inbox._KNOWN_THREAD,
    inbox._TAKE_UP,
    inbox._ANCHOR,
    turns._ANSWERED,
    turns._SETTLE,
    turns._END,
    history._EDIT,
    history._DELETE,
    history._POSTED,
]
BY_THREAD: list[Select[*tuple[str, ...]] | Update] = [history._NEWEST, history._FIRST, history._THREAD_STATE]


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    path = tmp_path / "x.db"
    await (await Store.open(address(path), Figures())).close()
    return path


def plan(file: Path, statement: Select[*tuple[str, ...]] | Update) -> str:
    words = str(statement.compile(dialect=sqlite.dialect()))
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", ("1",) * words.count("?")).all()
    engine.dispose()
    return "\n".join(row.detail for row in rows)


@pytest.mark.parametrize("statement", BY_KEY + BY_THREAD)
async def test_no_statement_of_a_turn_reads_a_whole_table(
    file: Path, statement: Select[*tuple[str, ...]] | Update
) -> None:
    found = plan(file, statement)
    assert "SEARCH" in found
    assert "SCAN" not in found.replace("SCALAR", "")


@pytest.mark.parametrize("statement", BY_THREAD)
async def test_a_thread_is_read_without_the_rest_of_its_channel(
    file: Path, statement: Select[*tuple[str, ...]] | Update
) -> None:
    assert "messages_thread (team=? AND channel=? AND thread_ts=?" in plan(file, statement)


async def test_what_waits_is_found_among_all_that_ever_came(file: Path) -> None:
    assert "inbox_waiting" in plan(file, inbox._UNCLAIMED)
    assert "turns_unfinished" in plan(file, turns._UNFINISHED)
