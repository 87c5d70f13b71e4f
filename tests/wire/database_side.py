"""The bot's database as another process sees it: read, and locked against writing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.wire.harness import House


def file_of(house: House) -> Path:
    """Where the bot of this house keeps everything."""
    return house.bot.log.parent / "bot.db"


def rows(house: House, query: str, *values: str) -> list[tuple[object, ...]]:
    """What a SELECT gives."""
    with closing(sqlite3.connect(file_of(house))) as connection:
        return connection.execute(query, values).fetchall()


def settings_of(house: House, scope: str, place: str) -> dict[str, str]:
    """What is set for a person, a channel, or a thread ("channel/ts"), by name."""
    found = rows(house, "SELECT name, value FROM preferences WHERE scope = ? AND place = ?", scope, place)
    return {str(name): str(value) for name, value in found}


@contextmanager
def locked(house: House) -> Iterator[None]:
    """Nobody else writes meanwhile; reading goes on."""
    with closing(sqlite3.connect(file_of(house), isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
