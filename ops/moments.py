"""Says when the process stood still and when the machine's clock was moved: both explain what operators see later."""

import asyncio
import logging
import time
from collections.abc import Callable

log = logging.getLogger("threadwell.machine")

_STOOD_STILL = 3.0
_MOVED = 5.0
"""Seconds beyond which a delay or a difference is worth a line."""


async def watch_moments(
    interval: float,
    monotonic: Callable[[], float] = time.monotonic,
    clock: Callable[[], float] = time.time,
) -> None:
    """Compare two clocks every `interval` seconds, for ever. It touches nothing: deadlines go by the monotonic one."""
    steady, told = monotonic(), clock()
    while True:
        await asyncio.sleep(interval)
        steady_passed, told_passed = monotonic() - steady, clock() - told
        steady, told = steady + steady_passed, told + told_passed
        if (late := steady_passed - interval) > _STOOD_STILL:
            log.warning("process_stood_still", extra={"seconds": round(late, 1)})
        if abs(moved := told_passed - steady_passed) > _MOVED:
            log.warning("clock_moved", extra={"seconds": round(moved, 1)})
