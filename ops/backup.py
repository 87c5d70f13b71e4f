"""Backups: by hand, every night, and the way back."""

import argparse
import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from base_client import Observer
from config import Settings
from database import Backups, StoreUnavailable, WrongBackup
from ops.command_line import Command, WrongCommandLine

log = logging.getLogger("threadwell.backup")

_DAY = 86_400.0
_QUIET_TIME = 3 * 3_600.0
"""Seconds after midnight (UTC) at which a backup of the night is due."""


async def make(settings: Settings, _: argparse.Namespace) -> int:
    """`python main.py backup`: one more backup, also while the bot runs."""
    print(await Backups(settings.DATABASE_URL).make())
    return 0


async def restore(settings: Settings, wanted: argparse.Namespace) -> int:
    """`python main.py restore FILE`: the file's content is the database from the next start on."""
    try:
        before = await Backups(settings.DATABASE_URL).restore(wanted.file)
    except WrongBackup as error:
        raise WrongCommandLine(str(error)) from None
    print(f"restored {wanted.file}" + (f"; the database before is kept as {before}" if before else ""))
    return 0


def _restore_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a backup; it is copied")


BACKUP = Command("backup", "write a backup of the database, also while the bot runs", make)
RESTORE = Command(
    "restore", "put a backup in the place of the database; not while the bot runs", restore, _restore_arguments
)


def is_due(latest: float, now: float) -> bool:
    """Whether no backup was made since the last quiet time."""
    return latest < (now - _QUIET_TIME) // _DAY * _DAY + _QUIET_TIME


class Nightly:
    """A backup for each night, made up for after a night in which the bot did not run; `keep` of them stay.

    One that fails is logged, counted, and tried again at the next look.
    """

    def __init__(self, backups: Backups, keep: int, observer: Observer, clock: Callable[[], float] = time.time) -> None:
        self._backups = backups
        self._keep = keep
        self._observer = observer
        self._clock = clock

    async def watch(self, interval: float) -> None:
        """Look every `interval` seconds, for ever."""
        while True:
            await asyncio.sleep(interval)
            await self.look()

    async def look(self) -> None:
        """Make a backup if one is due."""
        if not self._keep:
            return
        try:
            if is_due(await self._backups.latest(), self._clock()):
                made = await self._backups.make()
                log.info("backup_made", extra={"file": made.name, "removed": await self._backups.keep(self._keep)})
        except (StoreUnavailable, OSError) as failure:
            self._observer.count("backups_failed")
            log.error("backup_failed", extra={"reason": str(failure)})
