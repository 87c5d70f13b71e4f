"""Troubles of the machine inside the bot's process, switched on by files that a test makes: a wrong clock, a full disk.

Imported before the bot, whose parts take `time.time` as the default of their clocks.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

CLOCK, DISK = "TEST_CLOCK_FILE", "TEST_DISK_FILE"
"""Variables that name the files: the first one holds the seconds by which the clock is wrong; while the other one
exists the database cannot grow."""

_LOOK = 0.05
_ALL_PAGES = 4_294_967_294


class WrongClock:
    """`time.time`, and what a file says beside it. A thread reads the file: the loop must not wait for a disk."""

    def __init__(self, file: Path, right: Callable[[], float]) -> None:
        self._file = file
        self._right = right
        self._ahead = 0.0
        threading.Thread(target=self._follow, name="wrong clock", daemon=True).start()

    def __call__(self) -> float:
        return self._right() + self._ahead

    def _follow(self) -> None:
        while True:
            time.sleep(_LOOK)
            if self._file.exists():
                self._ahead = float(self._file.read_text(encoding="ascii") or 0)


def let_disk_fill(environ: Mapping[str, str]) -> None:
    """Each transaction looks whether the disk is full; for after the bot is imported."""
    if DISK not in environ:
        return
    from store import writer  # noqa: PLC0415  a bot of which this is no test stays as it is

    file, commit = Path(environ[DISK]), writer._commit

    def committed(connection: Any, group: Any) -> Any:
        raw = connection.connection.driver_connection
        full = file.exists()
        [pages] = raw.execute("PRAGMA page_count").fetchone()
        raw.execute(f"PRAGMA max_page_count = {pages if full else _ALL_PAGES}")
        return commit(connection, group)

    writer._commit = committed


if CLOCK in os.environ:
    time.time = WrongClock(Path(os.environ[CLOCK]), time.time)
