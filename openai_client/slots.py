"""How many model calls run at once: a fair line in front of a fixed number of slots."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from openai_client.errors import Failure, ModelError
from openai_client.events import EventSink, Waiting


class Slots:
    """`limit` slots; whoever comes first is served first, and waits at most `patience` seconds."""

    def __init__(self, limit: int, patience: float) -> None:
        self._free = asyncio.Semaphore(limit)
        self._patience = patience
        self.taken = 0
        self.waiting = 0

    @asynccontextmanager
    async def one(self, on_event: EventSink) -> AsyncIterator[None]:
        """Hold a slot; `Waiting("slot")` is emitted only where there is none free."""
        if self._free.locked():
            on_event(Waiting("slot"))
        await self._take()
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1
            self._free.release()

    async def _take(self) -> None:
        self.waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        except TimeoutError:
            raise ModelError(Failure.TIMEOUT, "no slot came free") from None
        finally:
            self.waiting -= 1
