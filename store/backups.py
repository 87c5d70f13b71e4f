"""Copies of the whole database: made while it is at work, looked at, and put in its place again.

People's files are not among them: their bytes lie beside the database, and Slack has them.
"""

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, bindparam, update

from store import migrations
from store.backup_files import backup_of, backups_of, left_by_restore, made_at, stamp
from store.errors import StoreUnavailable, WrongBackup
from store.lock import FileLock
from store.sqlite import DRIVER_ERRORS, copy, damage, end_journal, file_of, journal_of, reading_engine, writing_engine
from store.tables import inbox, turns
from store.values import InboxState, TurnState

_ABANDONED = 3_600.0
"""Seconds after which nobody writes a half-made copy any more."""
CHECK_SECONDS = 600.0
"""Longest look at a copy."""
_END_TURNS = (
    update(turns)
    .where(turns.c.ended_at.is_(None))
    .values(state=TurnState.FAILED.value, error="restored", ended_at=bindparam("now"))
)
_END_MESSAGES = (
    update(inbox)
    .where(inbox.c.state.in_([InboxState.ACCEPTED.value, InboxState.WORKING.value]))
    .values(state=InboxState.FAILED.value)
)


class Backups:
    """The backups of the database of `url`, in a folder beside it. `clock` gives Unix time in seconds."""

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        self._path = file_of(url)
        self._clock = clock

    async def make(self) -> Path:
        """Write one, also while the bot is at work; its path, once it is whole and on the disk.

        StoreUnavailable where there is no database, it is damaged, or the disk takes no copy.
        """
        return await asyncio.to_thread(self._make)

    async def keep(self, count: int) -> int:
        """Remove all but the newest `count`; how many went."""
        return await asyncio.to_thread(self._keep, count)

    async def latest(self) -> float:
        """When the newest one was made, as Unix time; 0 where there is none."""
        return await asyncio.to_thread(self._latest)

    async def restore(self, source: Path) -> Path | None:
        """Put a copy of `source` in the database's place; where the one before is kept, if there was one.

        WrongBackup where `source` is none of ours, StoreUnavailable where the database is in use. Nothing is changed
        then. A process that dies leaves either of the two databases, whole.
        """
        return await asyncio.to_thread(self._restore, source)

    def _make(self) -> Path:
        if not self._path.is_file():
            raise StoreUnavailable(f"{self._path}: there is no database", wrong_configuration=True)
        target = backup_of(self._path, self._clock())
        try:
            target.parent.mkdir(mode=0o700, exist_ok=True)
            _write(self._path, target)
        except (OSError, *DRIVER_ERRORS) as error:
            raise StoreUnavailable(f"{target}: no backup could be written ({error})") from error
        return target

    def _keep(self, count: int) -> int:
        old = backups_of(self._path)[: -count or None]
        for backup in old:
            backup.unlink(missing_ok=True)
        return len(old)

    def _latest(self) -> float:
        made = backups_of(self._path)
        return made_at(made[-1]) if made else 0.0

    def _restore(self, source: Path) -> Path | None:
        _look_at(source)
        lock = FileLock(self._path)
        try:
            return self._replace(source)
        except (OSError, *DRIVER_ERRORS) as error:
            raise StoreUnavailable(f"{self._path}: the backup could not be restored ({error})") from error
        finally:
            lock.release()

    def _replace(self, source: Path) -> Path | None:
        now, (fresh, *_) = self._clock(), left_by_restore(self._path)
        _write(source, fresh, lambda connection: _settle(connection, now))
        before = None
        if self._path.exists():
            before = self._path.with_name(f"{self._path.name}.before-{stamp(now)}")
            _set_aside(self._path, before)
        fresh.replace(self._path)
        _sync(self._path.parent)
        return before


def _write(source: Path, target: Path, settle: Callable[[Connection], None] | None = None) -> None:
    """A whole copy, for nobody else's eyes, or none at all."""
    made = target.with_name(f"{target.name}.new")
    if made.exists() and time.time() - made.stat().st_mtime > _ABANDONED:
        made.unlink(missing_ok=True)
    os.close(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        copy(source, made)
        if settle is not None:
            with writing_engine(made).begin() as connection:
                settle(connection)
            end_journal(made)
        if (found := damage(made, CHECK_SECONDS)) is not None:
            raise StoreUnavailable(f"{source} is damaged: {found}", wrong_configuration=True)
        _sync(made)
        made.replace(target)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    _sync(target.parent)


def _settle(connection: Connection, now: float) -> None:
    """What the copy has as under way was answered, or told of, since it was made: it is not begun once more."""
    connection.execute(_END_TURNS, {"now": now})
    connection.execute(_END_MESSAGES)


def _look_at(source: Path) -> None:
    """WrongBackup where the file is none of ours, or not whole."""
    if not source.is_file():
        raise WrongBackup(f"{source}: there is no such file")
    try:
        found = damage(source, CHECK_SECONDS)
        if found is None:
            with reading_engine(source).connect() as connection:
                if not migrations.schema_of(connection, migrations.MIGRATIONS).newest:
                    found = "it is empty"
    except TimeoutError:
        return
    except StoreUnavailable as failure:
        raise WrongBackup(f"{source}: {failure.reason}") from None
    except (OSError, *DRIVER_ERRORS):
        found = "it cannot be read as a database"
    if found is not None:
        raise WrongBackup(f"{source}: {found}")


def _set_aside(path: Path, before: Path) -> None:
    """Keep the database under another name too, so that the next step is a single rename.

    One that is damaged may not give up its journal: the journal is kept beside it then.
    """
    try:
        end_journal(path)
    except DRIVER_ERRORS:
        if journal_of(path).exists():
            os.link(journal_of(path), journal_of(before))
    os.link(path, before)
    _sync(path.parent)
    with suppress(FileNotFoundError):
        journal_of(path).unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
