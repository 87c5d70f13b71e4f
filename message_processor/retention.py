"""Old conversations leave: those in which nothing has happened for as long as the settings say."""

import asyncio
import logging
import time
from collections.abc import Callable

from base_client import ThreadKey
from database import Store, StoreUnavailable
from message_processor.ingestion.sweeper import Sweeper
from message_processor.past import ThreadPast

log = logging.getLogger("threadwell.retention")

_DAY = 86_400.0
_PAUSE = 0.05
"""Seconds between two threads: it stays behind people's questions."""
_FIRST = ThreadKey("", "", "")


class Retention:
    """Removes them one by one, each in a transaction of its own; what an interruption leaves is found the next time.

    `days` is 0 where everything is kept for ever. `clock` gives Unix time in seconds.
    """

    def __init__(
        self,
        store: Store,
        sweeper: Sweeper,
        past: ThreadPast,
        days: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._sweeper = sweeper
        self._past = past
        self._days = days
        self._clock = clock

    async def watch(self, interval: float) -> None:
        """Look every `interval` seconds, for ever."""
        while True:
            await asyncio.sleep(interval)
            try:
                if gone := await self.sweep():
                    log.info("conversations_removed", extra={"threads": gone})
            except (StoreUnavailable, OSError) as failure:
                log.warning("conversations_not_removed", extra={"reason": type(failure).__name__})

    async def sweep(self) -> int:
        """Remove what is too old now; how many threads that were."""
        if not self._days:
            return 0
        before, gone = self._clock() - self._days * _DAY, 0
        last: ThreadKey | None = _FIRST
        while last is not None:
            last, silent = await self._store.quiet_threads(last, before)
            for thread in silent:
                files = await self._store.remove_thread(thread, before)
                if files is not None:
                    self._past.forget(thread)
                    await self._sweeper.remove(files)
                    gone += 1
                await asyncio.sleep(_PAUSE)
        await self._prune(before)
        return gone

    async def _prune(self, before: float) -> None:
        pruned = True
        while pruned:
            pruned = await self._store.prune_keys(before) > 0
            await asyncio.sleep(_PAUSE)
