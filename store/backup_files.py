"""Where the backups of a database lie, and how they are called: `backups/threadwell-20261126T031500Z.db` beside it."""

import calendar
import re
import time
from pathlib import Path

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"-\d{8}T\d{6}Z\.db$")


def stamp(now: float) -> str:
    """A Unix time as it stands in the names of files; they sort by it."""
    return time.strftime(_STAMP, time.gmtime(now))


def made_at(backup: Path) -> float:
    """When a backup was made, by its name, as Unix time."""
    return float(calendar.timegm(time.strptime(backup.stem.rpartition("-")[2], _STAMP)))


def left_by_restore(database: Path) -> tuple[Path, Path]:
    """What a restore writes first, and its own first draft: nobody's, where no restore is under way."""
    fresh = database.with_name(f"{database.name}.restoring")
    return fresh, fresh.with_name(f"{fresh.name}.new")


def backup_of(database: Path, now: float) -> Path:
    """The path of a backup made now."""
    return _folder(database) / f"{database.stem}-{stamp(now)}.db"


def backups_of(database: Path) -> list[Path]:
    """All backups of a database, the newest last; other files are none."""
    return sorted(each for each in _folder(database).glob(f"{database.stem}-*.db") if _NAME.search(each.name))


def _folder(database: Path) -> Path:
    return database.parent / "backups"
