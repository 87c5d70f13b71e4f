"""What an earlier process accepted and did not end, taken up before anything new comes in."""

from collections.abc import Iterable

from base_client import Message, MessageKey
from database import Store, UnfinishedTurn

ATTEMPTS = 3
"""A turn that was begun this often and never ended is given up: it may be what ends the process."""


class Recovery:
    """Unfinished turns, each waiting in its thread's lane under the key of its first message."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turns: dict[MessageKey, UnfinishedTurn] = {}

    async def find(self) -> list[Message]:
        """What the lanes have to be woken with, in order of ts: a message for each turn, and those no turn took."""
        begun = []
        for turn in await self._store.unfinished():
            first = turn.keys[0]
            self._turns[first] = turn
            begun.append(Message(first, turn.thread, turn.author, ""))
        return sorted([*begun, *await self._store.unclaimed()], key=lambda message: message.key.ts)

    def take(self, batch: Iterable[Message]) -> tuple[list[UnfinishedTurn], list[Message]]:
        """The batch's turns to resume, and its messages that are for a turn of their own."""
        resumed, fresh = [], []
        for message in batch:
            turn = self._turns.pop(message.key, None)
            if turn is None:
                fresh.append(message)
            else:
                resumed.append(turn)
        return resumed, fresh
