"""Commits that must not be lost because the database is busy for a while."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from config import Timings
from database import StoreUnavailable

log = logging.getLogger("threadwell.turn")

Result = TypeVar("Result")


async def patiently(commit: Callable[[], Awaitable[Result]], what: str, timings: Timings) -> Result:
    """`commit`, repeated while the store is unavailable, for as long as an answer's delivery may take.

    For what was acknowledged already: nobody will send it again. StoreUnavailable after that time.
    """
    loop = asyncio.get_running_loop()
    end, pause = loop.time() + timings.delivery_patience, timings.retry_base
    while True:
        try:
            return await commit()
        except StoreUnavailable as failure:
            if loop.time() + pause > end:
                raise
            log.error("store_unavailable", extra={"commit": what, "reason": failure.reason, "again_in": pause})
        await asyncio.sleep(pause)
        pause = min(2 * pause, timings.retry_ceiling)
