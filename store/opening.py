"""From an address to a file that is ours alone and has the newest schema."""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from budgets import Limit
from store import migrations, spending
from store.backup_files import left_by_restore
from store.lock import FileLock
from store.migrations import Migration
from store.sqlite import (
    DRIVER_ERRORS,
    Seat,
    copy,
    damage,
    damaged,
    file_of,
    reading_engine,
    unavailable,
    was_left_open,
    writing_engine,
)

log = logging.getLogger("threadwell.store")

READERS = 2
CHECK_SECONDS = 5.0
"""Longest look at a file that the last process did not close."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """An opened database: the seat that writes, those that read, and what closes them, the lock last."""

    path: Path
    writing: Seat
    reading: tuple[Seat, ...]
    closing: AsyncExitStack


async def open_file(url: str, now: float, limits: Sequence[Limit] = ()) -> OpenFile:
    """Lock, check, migrate and open the file of `url`, and add up what `limits` are about.

    StoreUnavailable says why that cannot be.
    """
    path = file_of(url)
    async with AsyncExitStack() as stack:
        lock = await asyncio.to_thread(FileLock, path)
        stack.push_async_callback(asyncio.to_thread, lock.release)
        try:
            await asyncio.to_thread(_check, path)
            writing = await stack.enter_async_context(Seat(await asyncio.to_thread(writing_engine, path)))
            await writing.run(lambda connection: _renew(connection, path, migrations.MIGRATIONS, now))
            await writing.run(lambda connection: _sum_up(connection, limits, now))
            engine = await asyncio.to_thread(reading_engine, path)
            reading = [await stack.enter_async_context(Seat(engine)) for _ in range(READERS)]
        except DRIVER_ERRORS as error:
            raise await asyncio.to_thread(unavailable, error, path) from error
        return OpenFile(path, writing, tuple(reading), stack.pop_all())


def _check(path: Path) -> None:
    """Look at a file that was left open, before anything is written into it; a damaged one stays as it is."""
    for left in left_by_restore(path):
        left.unlink(missing_ok=True)
    if not was_left_open(path):
        return
    began = time.perf_counter()
    try:
        found = damage(path, CHECK_SECONDS)
    except TimeoutError:
        log.warning("database_check_cut", extra={"seconds": CHECK_SECONDS})
        return
    if found is not None:
        log.error("database_damaged", extra={"found": found})
        raise damaged(path)
    log.info("database_checked", extra={"seconds": round(time.perf_counter() - began, 3)})


def _renew(connection: Connection, path: Path, known: Sequence[Migration], now: float) -> None:
    with connection.begin():
        schema = migrations.schema_of(connection, known)
        if not schema.newest:
            migrations.migrate(connection, schema.pending, now)
            return
        migrations.prove_writable(connection)
    if schema.pending:
        before = path.with_name(f"{path.name}.before-{schema.pending[-1].number}")
        before.unlink(missing_ok=True)
        copy(path, before)
        with connection.begin():
            migrations.migrate(connection, schema.pending, now)


def _sum_up(connection: Connection, limits: Sequence[Limit], now: float) -> None:
    with connection.begin():
        spending.begin(connection, limits, now)
