"""Old conversations leave: those in which nothing has happened for as long as the settings say."""

import asyncio
import logging
import time
from collections.abc import Callable

from base_client import MessageKey, ThreadKey
from database import Store, StoreUnavailable
from message_processor.ingestion.sweeper import Sweeper
from message_processor.past import ThreadPast

log = logging.getLogger("threadwell.retention")

_DAY = 86_400.0
_PAUSE = 0.05
"""Seconds between two steps: it stays behind people's questions."""
_KEYS_STAY = 30 * _DAY
"""Keys outlive their messages by far: Slack delivers again for about an hour, and a late delivery is no new message."""
_FIRST_THREAD, _FIRST_KEY = ThreadKey("", "", ""), MessageKey("", "", "")


class Retention:
    """Removes them one by one, in small transactions; what an interruption leaves is found the next time.

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
        gone, last = 0, _FIRST_THREAD if self._days else None
        before = self._clock() - self._days * _DAY
        while last is not None:
            last, silent = await self._store.quiet_threads(last, before)
            for thread in silent:
                gone += await self._remove(thread, before)
        await self._drop_keys(self._clock() - _KEYS_STAY)
        return gone

    async def _remove(self, thread: ThreadKey, before: float) -> bool:
        """All of a thread, step by step; false where something has begun there."""
        while (step := await self._store.remove_thread(thread, before)) is not None:
            self._past.forget(thread)
            await self._sweeper.remove(step.files)
            await asyncio.sleep(_PAUSE)
            if step.done:
                return True
        return False

    async def _drop_keys(self, before: float) -> None:
        last: MessageKey | None = _FIRST_KEY
        while last is not None:
            last, idle = await self._store.idle_keys(last, before)
            if idle:
                await self._store.drop_keys(idle)
            await asyncio.sleep(_PAUSE)
