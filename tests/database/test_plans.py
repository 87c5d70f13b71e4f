"""How the database finds rows: by an index of the right width, however long the channel's past is."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Delete, Insert, Select, Update, create_engine
from sqlalchemy.dialects import sqlite

from database import Store
from store import (
    accounts,
    control,
    deeds,
    embeddings,
    feedback,
    file_lists,
    files,
    history,
    inbox,
    memory,
    pages,
    preferences,
    records,
    retention,
    search,
    spending,
    summaries,
    turns,
)
from tests.database.makers import Figures, address

Statement = Select[*tuple[Any, ...]] | Update | Delete | Insert

BY_KEY: list[Statement] = [
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
    deeds._OF_TURN,
    embeddings._VECTORS,
    embeddings._LACKING,
    embeddings._DROP,
    embeddings._DROP_PAGE,
    file_lists._OF_THREAD,
    file_lists._OF_MESSAGE,
    file_lists._OF_PLATFORM,
    files._BY_ID,
    files._GET,
    files._NEXT_NUMBER,
    files._RECOGNISE,
    files._SET_DONE,
    files._SET_STATE,
    files._BURY,
    pages._BETWEEN,
    pages._NUMBERED,
    pages._SIZE,
    pages._DROP,
    search._CONTAINING,
    accounts._LATEST,
    accounts._SINCE,
    accounts._OF_DAY,
    *accounts._BY.values(),
    spending._BEFORE,
    spending._CALL,
    spending._OF_PERSON,
    spending._OF_TURN,
    spending._TURN,
    spending._UNENDED,
    spending._COMPLETE,
    control._ACCEPT_AGAIN,
    control._MARK,
    control._SET_ASIDE,
    control._TO_STOP,
    control._TURN,
    control._UNANSWERED,
    control._WAITING,
    feedback._OF_TURN,
    memory._FILES,
    memory._UNDELIVERED,
    preferences._CLEAR,
    preferences._REMOVE,
    records._OF_ANSWER,
    records._OF_QUESTION,
    records._RECORD,
    summaries._DROP,
    summaries._GET,
    summaries._OUTDATE,
    retention._DROP_KEY,
    retention._MESSAGE,
    retention._THREAD,
    retention._WORDS,
    retention._FILES,
    *retention._OF_TURNS,
]
BY_THREAD: list[Statement] = [
    history._NEWEST,
    history._FIRST,
    history._THREAD_STATE,
    control._ASIDE,
    control._QUESTIONS,
    memory._KEPT,
    memory._SETTLED,
    retention._BUSY,
    retention._BATCH,
]


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    path = tmp_path / "x.db"
    await (await Store.open(address(path), Figures())).close()
    return path


def plan(file: Path, statement: Statement) -> str:
    words = str(statement.compile(dialect=sqlite.dialect()))
    # A list is written out at its execution.
    words = re.sub(r"__\[POSTCOMPILE_\w+\]", "?, ?", words)
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        spending._spent.create(connection)  # temporary: each connection has its own
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", ("1",) * words.count("?")).all()
    engine.dispose()
    return "\n".join(row.detail for row in rows)


@pytest.mark.parametrize("statement", BY_KEY + BY_THREAD)
async def test_no_statement_of_a_turn_reads_a_whole_table(file: Path, statement: Statement) -> None:
    found = plan(file, statement)
    assert "SEARCH" in found
    assert "SCAN" not in found.replace("SCALAR", "").replace("SCAN CONSTANT ROW", "")


@pytest.mark.parametrize("statement", BY_THREAD)
async def test_a_thread_is_read_without_the_rest_of_its_channel(file: Path, statement: Statement) -> None:
    assert "messages_thread (team=? AND channel=? AND thread_ts=?" in plan(file, statement)


async def test_what_waits_is_found_among_all_that_ever_came(file: Path) -> None:
    assert "inbox_waiting" in plan(file, inbox._UNCLAIMED)
    assert "turns_unfinished" in plan(file, turns._UNFINISHED)


async def test_turns_of_a_person_are_found_without_those_of_others(file: Path) -> None:
    for statement in (accounts._LATEST, accounts._SINCE):
        assert "turns_person (team=? AND author=?" in plan(file, statement)


async def test_calls_are_found_by_what_is_open_and_by_the_newest_turn(file: Path) -> None:
    assert "COVERING INDEX usage_time (at>? AND at<?)" in plan(file, accounts._OF_DAY)
    for statement in spending._SUM_UP.values():
        assert "COVERING INDEX usage_time (at>?)" in plan(file, statement)
    assert "usage USING INDEX usage_reserved" in plan(file, spending._LEFT)
    assert "turns_newest (team=? AND channel=? AND thread_ts=?)" in plan(file, spending._BEFORE)
    assert "usage_person (team=? AND person=? AND at" in plan(file, spending._OF_PERSON)


async def test_settings_are_found_without_those_of_other_places(file: Path) -> None:
    assert "(team=? AND scope=? AND place=?)" in plan(file, preferences._OF_PLACES)


async def test_an_answer_is_found_by_any_of_its_messages(file: Path) -> None:
    assert "deliveries_ts (ts=?)" in plan(file, records._OF_ANSWER)


async def test_files_are_found_by_age_and_by_state(file: Path) -> None:
    assert "files_age" in plan(file, file_lists._EXPIRED)
    assert "files_state (state=?)" in plan(file, file_lists._UNFINISHED)
    assert "COVERING INDEX files_state" in plan(file, file_lists._COUNTS)
