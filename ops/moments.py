"""Says when the process stood still and when the machine's clock was moved: both explain what operators see later."""

import asyncio
import logging
import time
from collections.abc import Callable

from base_client import Observer

log = logging.getLogger("threadwell.machine")

_LOOK = 0.5

_STOOD_STILL = 3.0
_MOVED = 5.0
"""Seconds beyond which a delay or a difference is worth a line."""


async def watch_moments(
    observer: Observer,
    interval: float = _LOOK,
    monotonic: Callable[[], float] = time.monotonic,
    clock: Callable[[], float] = time.time,
) -> None:
    """Compare two clocks every `interval` seconds, for ever. It touches nothing: deadlines go by the monotonic one.

    How late each look is, is the loop's lag.
    """
    steady, told = monotonic(), clock()
    while True:
        await asyncio.sleep(interval)
        steady_passed, told_passed = monotonic() - steady, clock() - told
        steady, told = steady + steady_passed, told + told_passed
        late = max(0.0, steady_passed - interval)
        observer.observe("loop_lag_seconds", late)
        if late > _STOOD_STILL:
            log.warning("process_stood_still", extra={"seconds": round(late, 1)})
        if abs(moved := told_passed - steady_passed) > _MOVED:
            log.warning("clock_moved", extra={"seconds": round(moved, 1)})
