"""The one place that knows SQLite: opening a file, pragmas, BEGIN, the upsert, and a connection's own thread."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import quote

import aiosqlite
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from store.backup_files import backups_of
from store.errors import StoreUnavailable

T = TypeVar("T")

insert = sqlite.insert
"""INSERT with ON CONFLICT; PostgreSQL's has the same methods."""

BUSY_MILLISECONDS = 2_500
CLOSE_PATIENCE = 5.0
"""Longest wait for a connection's last work, in seconds."""
_STATEMENTS_KEPT = 256
_STEPS_BETWEEN_LOOKS = 10_000
"""SQLite's own steps between two looks at the clock: a few milliseconds."""
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_PASSING = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT})

DRIVER_ERRORS = (SQLAlchemyError, sqlite3.Error)


def unavailable(error: Exception, path: Path | None = None) -> StoreUnavailable:
    """What the driver said, as the store's own failure. The statement and its values stay out of the text.

    `path` is given while the file is being opened: only there an error may mean a wrong configuration.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    name = "the database" if path is None else str(path)
    if code in _BUSY:
        return StoreUnavailable(f"{name} is in use: {cause}")
    if code == sqlite3.SQLITE_CORRUPT and path is not None:
        return damaged(path)
    words = str(cause) if isinstance(cause, sqlite3.Error) else type(error).__name__
    return StoreUnavailable(f"{name}: {words}", wrong_configuration=path is not None and code not in _PASSING)


def damaged(path: Path) -> StoreUnavailable:
    """The failure of a file whose content cannot be trusted."""
    backup = next(reversed(backups_of(path)), "FILE")
    return StoreUnavailable(
        f"{path} is damaged and was left as it is: put a backup in its place, python main.py restore {backup}",
        wrong_configuration=True,
    )


def file_of(url: str) -> Path:
    """The file a database URL names; StoreUnavailable where it names none."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreUnavailable("DATABASE_URL is not a database address", wrong_configuration=True) from None
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise StoreUnavailable("DATABASE_URL names no SQLite file", wrong_configuration=True)
    return Path(parsed.database)


def _engine(file: Path | str, pragmas: tuple[str, ...], options: Mapping[str, str] | None = None) -> Engine:
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(file), query=options or {}),
        poolclass=NullPool,
        # The driver begins nothing by itself (isolation_level None): BEGIN is ours, below.
        connect_args={
            "isolation_level": None,
            "cached_statements": _STATEMENTS_KEPT,
            "timeout": BUSY_MILLISECONDS / 1000,
        },
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # Outside any transaction: SQLite refuses to change `synchronous` inside one.
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    return engine


def writing_engine(path: Path) -> Engine:
    """For the one connection that writes: each transaction takes the write lock at its beginning, and commits last."""
    # What people delete is overwritten with zeros.
    engine = _engine(path, ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"))

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def reading_engine(path: Path) -> Engine:
    """For connections that only read. Each statement sees the newest commit; none holds a transaction open."""
    return _engine(path, ("query_only=ON",))


def looking_engine(path: Path) -> Engine:
    """For a look from outside: closing such a connection does not write the journal back either."""
    address = f"file:{quote(str(path.absolute()))}"
    return _engine(address, ("query_only=ON",), {"mode": "ro", "uri": "true"})


def _driver(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)  # noqa: S101  narrows the driver's type
    return raw


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """What fails inside is undone alone. Spoken to the driver: SQLAlchemy's own way costs more than an operation."""
    raw = _driver(connection)
    raw.execute("SAVEPOINT operation")
    try:
        yield
    except BaseException:
        if raw.in_transaction:
            raw.execute("ROLLBACK TO operation")
            raw.execute("RELEASE operation")
        raise
    raw.execute("RELEASE operation")


def in_transaction(connection: Connection) -> bool:
    """Whether the transaction still stands: on a full disk SQLite itself takes all of it back."""
    return _driver(connection).in_transaction


def undo(connection: Connection) -> None:
    """Take back a transaction whose commit failed: SQLite leaves it open, and SQLAlchemy takes it for ended."""
    _driver(connection).rollback()


def journal_of(path: Path) -> Path:
    """Where SQLite writes first what belongs into the file."""
    return path.with_name(f"{path.name}-wal")


def end_journal(path: Path) -> None:
    """Write a file's journal back and remove it; nobody else may have the file open."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def was_left_open(path: Path) -> bool:
    """Whether the last process did not close the file: closing writes the journal back and removes it."""
    journal = journal_of(path)
    return journal.is_file() and journal.stat().st_size > 0


def damage(path: Path, seconds: float) -> str | None:
    """What `quick_check` finds wrong, or None; TimeoutError where it takes longer. Nothing is written, not even the
    journal back, which opening a file in order to write would do.
    """
    end = time.monotonic() + seconds
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS_BETWEEN_LOOKS)
        try:
            found: str = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            code = error.sqlite_errorcode & 0xFF
            if code == sqlite3.SQLITE_INTERRUPT:
                raise TimeoutError from None
            if code not in _DAMAGED:
                raise
            return str(error)
    return None if found == "ok" else found.splitlines()[-1]


def copy(source: Path, target: Path) -> None:
    """Write a compact copy of a whole database to `target`, which is missing or empty, while others work on it."""
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))


class Seat(aiosqlite.Connection):
    """One SQLite connection and the aiosqlite thread it lives in.

    Work goes there whole, as a function on SQLAlchemy's connection. Awaiting each statement by itself instead costs
    five hops between threads, about ten times the statement's own time.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(self._open, iter_chunk_size=64)
        self._thread.daemon = True
        self._engine = engine
        self._core: Connection | None = None

    def _open(self) -> sqlite3.Connection:
        self._core = self._engine.connect()
        return _driver(self._core)

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        return self

    async def run(self, work: Callable[[Connection], T]) -> T:
        """What `work` returns or raises. A cancelled caller leaves the work running; the next one waits its turn."""
        if self._core is None:
            raise StoreUnavailable("the store is closed")
        result: T = await self._execute(work, self._core)  # type: ignore[no-untyped-call]  # aiosqlite has no types here
        return result

    async def close(self) -> None:
        """Close the connection after what was handed in before, and end the thread; bounded.

        A disk that hangs keeps the thread; it ends with the process.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_PATIENCE):
                if self._core is not None:
                    await self.run(Connection.close)
                    self._core = None
                await super().close()
