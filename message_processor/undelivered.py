"""Answers that the platform refused: offered to it again, without the model, until they are too old."""

import asyncio
import logging

from database import Store, StoreUnavailable, TurnState
from message_processor.recovery import Recovery
from thread_manager import Lanes

log = logging.getLogger("threadwell.turn")


class Undelivered:
    """Wakes the lanes of undelivered turns: they go through their threads' lines like all others, one at a time."""

    def __init__(self, store: Store, recovery: Recovery, lanes: Lanes) -> None:
        self._store = store
        self._recovery = recovery
        self._lanes = lanes

    async def watch(self, interval: float) -> None:
        """Try again every `interval` seconds, for ever."""
        while True:
            await asyncio.sleep(interval)
            try:
                if turns := await self.sweep():
                    log.info("undelivered_again", extra={"turns": turns})
            except StoreUnavailable as failure:
                log.warning("undelivered_not_tried", extra={"reason": failure.reason})

    async def sweep(self) -> int:
        """Have each of them delivered once more; how many there are."""
        found = 0
        for turn in await self._store.unfinished():
            # One that is awaited or at work will come to its end by itself.
            if turn.state is TurnState.UNDELIVERED and not self._recovery.is_awaited(turn):
                self._lanes.submit(self._recovery.await_turn(turn), limited=False)
                found += 1
        return found
