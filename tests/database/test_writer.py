"""The writer: groups, savepoints, failures, cancelled callers."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from store import writer as writing
from store.errors import StoreUnavailable
from store.facts import fact, set_fact
from store.sqlite import Seat, reading_engine, writing_engine
from store.writer import Writer
from tests.database.makers import Figures

MAKE = "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "x.db"


@pytest.fixture
async def seat(file: Path) -> AsyncIterator[Seat]:
    async with Seat(writing_engine(file)) as seat:
        yield seat


@pytest.fixture
async def writer(seat: Seat, figures: Figures) -> AsyncIterator[Writer]:
    made = Writer(seat, figures)
    await made.run(lambda connection: connection.exec_driver_sql(MAKE) and None)
    yield made
    await made.close(5.0)


def put(name: str) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        set_fact(connection, name, "value")
        return name

    return work


def fail(name: str) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        set_fact(connection, name, "value")
        raise ValueError(name)

    return work


class Gate:
    """An operation that holds the writer until it is let go."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.open = threading.Event()

    def __call__(self, _connection: Connection) -> str:
        self.entered.set()
        assert self.open.wait(20)
        return "gate"

    async def taken(self) -> None:
        assert await asyncio.to_thread(self.entered.wait, 20)


def names(file: Path) -> set[str]:
    connection = sqlite3.connect(file)
    found = {name for (name,) in connection.execute("SELECT name FROM facts")}
    connection.close()
    return found


async def together(writer: Writer, *works: Callable[[Connection], str]) -> list[str | BaseException]:
    """Run operations as one group: they wait in line while another one holds the writer."""
    gate = Gate()
    first = asyncio.create_task(writer.run(gate))
    await gate.taken()
    waiting = [asyncio.create_task(writer.run(work)) for work in works]
    await asyncio.sleep(0)
    gate.open.set()
    assert await first == "gate"
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_an_operation_is_on_the_disk_when_it_returns(writer: Writer, file: Path) -> None:
    assert await writer.run(put("a")) == "a"
    assert names(file) == {"a"}


async def test_what_waits_is_committed_together(writer: Writer, figures: Figures) -> None:
    figures.observed.clear()
    assert await together(writer, *(put(str(number)) for number in range(70))) == [str(number) for number in range(70)]
    assert figures.of("store_group_size") == [1, 64, 6]
    assert len(figures.of("store_commit_seconds")) == 3


async def test_a_failing_operation_is_undone_alone(writer: Writer, file: Path) -> None:
    first, second, third = await together(writer, put("a"), fail("b"), put("c"))
    assert (first, third) == ("a", "c")
    assert isinstance(second, ValueError)
    assert names(file) == {"a", "c"}


async def test_a_failing_operation_by_itself_is_undone(writer: Writer, file: Path) -> None:
    with pytest.raises(ValueError, match="b"):
        await writer.run(fail("b"))
    await writer.run(put("c"))
    assert names(file) == {"c"}


async def test_a_refused_statement_is_the_failure_of_its_caller_alone(writer: Writer, file: Path) -> None:
    def wrong(connection: Connection) -> str:
        connection.execute(text("INSERT INTO facts VALUES ('secret', NULL)"))
        return "never"

    first, second = await together(writer, wrong, put("a"))
    assert isinstance(first, StoreUnavailable)
    assert "NOT NULL" in first.reason
    assert "secret" not in first.reason
    assert (second, names(file)) == ("a", {"a"})


async def test_a_group_whose_transaction_is_lost_fails_as_a_whole(writer: Writer, file: Path) -> None:
    def loses_everything(connection: Connection) -> str:
        connection.exec_driver_sql("ROLLBACK")
        raise ValueError("the disk is full")

    outcomes = await together(writer, put("a"), loses_everything, put("c"))
    assert [type(outcome) for outcome in outcomes] == [ValueError] * 3
    assert names(file) == set()
    assert await writer.run(put("d")) == "d"


async def test_a_full_disk_fails_its_group_and_passes(writer: Writer, seat: Seat, file: Path) -> None:
    def large(connection: Connection) -> str:
        set_fact(connection, "large", "x" * 1_000_000)
        return "large"

    pages = await seat.run(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one())
    await seat.run(lambda c: c.rollback())
    await seat.run(lambda c: _pragma(c, f"max_page_count={pages + 2}"))
    with pytest.raises(StoreUnavailable, match="full"):
        await writer.run(large)
    first, second = await together(writer, put("a"), large)
    assert isinstance(second, StoreUnavailable)
    assert (first == "a") == (names(file) == {"a"})
    await seat.run(lambda c: _pragma(c, "max_page_count=100000"))
    assert await writer.run(large) == "large"


def _pragma(connection: Connection, words: str) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute(f"PRAGMA {words}").fetchall()


async def test_a_commit_that_fails_fails_its_group(writer: Writer, file: Path) -> None:
    def owes(connection: Connection) -> str:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        set_fact(connection, "owes", "value")
        connection.exec_driver_sql("INSERT INTO child VALUES ('nobody')")
        return "owes"

    await writer.run(lambda c: c.exec_driver_sql("CREATE TABLE child (name TEXT REFERENCES facts (name))") and None)
    await writer._seat.run(lambda c: _pragma(c, "foreign_keys=ON"))
    outcomes = await together(writer, put("a"), owes)
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 2
    assert names(file) == set()
    assert await writer.run(put("b")) == "b"


async def test_a_file_locked_by_another_program_is_waited_for_then_refused(
    writer: Writer, file: Path, figures: Figures
) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = asyncio.get_running_loop().time()
    with pytest.raises(StoreUnavailable, match="in use") as caught:
        await writer.run(put("a"))
    assert 2.0 < asyncio.get_running_loop().time() - began < 6.0
    assert not caught.value.wrong_configuration
    assert figures.counted["store_group_failures"] == 1
    other.execute("COMMIT")
    other.close()
    assert await writer.run(put("b")) == "b"
    assert names(file) == {"b"}


async def test_a_caller_that_gives_up_in_line_is_left_out_and_breaks_nothing(writer: Writer, file: Path) -> None:
    gate = Gate()
    first = asyncio.create_task(writer.run(gate))
    await gate.taken()
    gone, stays = asyncio.create_task(writer.run(put("gone"))), asyncio.create_task(writer.run(put("stays")))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    gate.open.set()
    assert (await first, await stays) == ("gate", "stays")
    assert gone.cancelled()
    assert names(file) == {"stays"}


async def test_a_caller_that_gives_up_too_late_breaks_nothing(writer: Writer, file: Path) -> None:
    gate = Gate()
    first = asyncio.create_task(writer.run(gate))
    await gate.taken()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    gate.open.set()
    assert await writer.run(put("a")) == "a"


async def test_the_line_is_bounded(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PATIENCE", 0.2)
    gate = Gate()
    first = asyncio.create_task(writer.run(gate))
    await gate.taken()
    waiting = [asyncio.create_task(writer.run(put(str(number)))) for number in range(writing.QUEUE_LIMIT + 10)]
    await asyncio.sleep(0)
    assert writer.waiting == writing.QUEUE_LIMIT
    outcomes = await asyncio.gather(first, *waiting, return_exceptions=True)
    gate.open.set()
    assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}
    assert "nothing could be written" in str(outcomes[0])


async def test_closing_on_a_hanging_disk_is_bounded_and_tells_who_waits(seat: Seat, figures: Figures) -> None:
    writer = Writer(seat, figures)
    gate = Gate()
    tasks = [asyncio.create_task(writer.run(gate))]
    await gate.taken()
    tasks += [asyncio.create_task(writer.run(put("a")))]
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await writer.close(0.1)
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    gate.open.set()
    assert [str(outcome) for outcome in outcomes] == ["the store is closed"] * 2


async def test_a_transaction_holds_the_write_lock_from_its_beginning(writer: Writer, file: Path) -> None:
    gate = Gate()
    held = asyncio.create_task(writer.run(gate))
    await gate.taken()
    other = sqlite3.connect(file, isolation_level=None, timeout=0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    gate.open.set()
    await held
    other.execute("BEGIN IMMEDIATE")
    other.close()


async def test_the_writer_syncs_each_commit_and_readers_never_write(seat: Seat, file: Path) -> None:
    assert await seat.run(lambda c: c.exec_driver_sql("PRAGMA synchronous").scalar_one()) == 2
    assert await seat.run(lambda c: c.exec_driver_sql("PRAGMA journal_mode").scalar_one()) == "wal"
    async with Seat(reading_engine(file)) as reader:
        with pytest.raises(Exception, match="readonly"):
            await reader.run(lambda c: c.exec_driver_sql(MAKE) and None)


async def test_a_reader_sees_each_commit_at_once_and_waits_for_no_writer(
    writer: Writer, seat: Seat, file: Path
) -> None:
    async with Seat(reading_engine(file)) as reader:
        for name in ("a", "b"):
            assert await reader.run(partial(fact, name=name)) is None
            await writer.run(put(name))
            assert await reader.run(partial(fact, name=name)) == "value"
        gate = Gate()
        held = asyncio.create_task(writer.run(gate))
        await gate.taken()
        assert await reader.run(lambda c: fact(c, "a")) == "value"
        gate.open.set()
        await held
