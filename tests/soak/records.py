"""The bot's own records, read beside it."""

import sqlite3
from collections.abc import Mapping
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


def pending(file: Path) -> tuple[int, int]:
    """How many messages were taken in, and how many of them are still to be answered."""
    with closing(_open(file)) as records:
        known, waiting = records.execute("SELECT count(*), sum(state IN ('accepted', 'working')) FROM inbox").fetchone()
    return int(known), int(waiting or 0)


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
