"""The bot's own records, read beside it."""

import sqlite3
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TurnRow:
    """How a turn stands."""

    state: str
    error: str


@dataclass(frozen=True, slots=True)
class Records:
    """States of messages by (channel, ts) with their turns, turns by id, and how many model calls hold something."""

    messages: Mapping[tuple[str, str], tuple[str, str]]
    turns: Mapping[str, TurnRow]
    held: int


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)


def pending(file: Path, keys: Collection[tuple[str, str]]) -> tuple[set[tuple[str, str]], int]:
    """Which of these messages, by (channel, ts), were taken in, and how many of all that were are to be answered."""
    look = "SELECT 1 FROM inbox WHERE team = (SELECT team FROM inbox LIMIT 1) AND channel = ? AND ts = ?"
    with closing(_open(file)) as records:
        taken = {key for key in keys if records.execute(look, key).fetchone()}
        ((waiting,),) = records.execute("SELECT count(*) FROM inbox WHERE state IN ('accepted', 'working')").fetchall()
    return taken, int(waiting)


def read(file: Path) -> Records:
    """Everything, once nothing moves."""
    with closing(_open(file)) as records:
        inbox = records.execute("SELECT channel, ts, state, turn_id FROM inbox").fetchall()
        turns = records.execute("SELECT id, state, error FROM turns").fetchall()
        ((held,),) = records.execute("SELECT count(*) FROM usage WHERE state = 'reserved'").fetchall()
    return Records(
        {(str(channel), str(ts)): (str(state), str(turn or "")) for channel, ts, state, turn in inbox},
        {str(turn): TurnRow(str(state), str(error)) for turn, state, error in turns},
        int(held),
    )
