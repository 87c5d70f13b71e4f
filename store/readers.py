"""A few connections that only read, so that a long read delays neither the writer nor the other readers."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from store.errors import StoreUnavailable
from store.sqlite import DRIVER_ERRORS, Seat, unavailable

T = TypeVar("T")

PATIENCE = 30.0
"""Longest wait for a read, in seconds."""


class Readers:
    """A small pool. Each piece of work has a connection to itself while it runs."""

    def __init__(self, seats: Sequence[Seat]) -> None:
        self.size = len(seats)
        self._free: asyncio.LifoQueue[Seat] = asyncio.LifoQueue(len(seats))
        for seat in seats:
            self._free.put_nowait(seat)

    @property
    def busy(self) -> int:
        """Connections at work."""
        return self.size - self._free.qsize()

    async def run(self, work: Callable[[Connection], T]) -> T:
        """What `work` returns; StoreUnavailable when the database cannot be read."""
        try:
            async with asyncio.timeout(PATIENCE):
                seat = await self._free.get()
                try:
                    return await seat.run(work)
                finally:
                    self._free.put_nowait(seat)
        except TimeoutError:
            raise StoreUnavailable(f"nothing could be read for {PATIENCE:.0f} s") from None
        except DRIVER_ERRORS as error:
            raise unavailable(error) from error
