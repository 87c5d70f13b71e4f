"""How the process is asked to stop, and how it says that it runs."""

import asyncio
import os
import signal
import stat
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_SAME_REQUEST = 2.0
"""A second signal within this many seconds belongs to the first: supervisors signal a whole process tree."""


class Stopped(Exception):
    """A stop was asked for before the work was done."""


def stop_requested() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set; a later second signal ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    first = 0.0

    def on_signal() -> None:
        nonlocal first
        if not stop.is_set():
            first = time.monotonic()
            stop.set()
        elif time.monotonic() - first > _SAME_REQUEST:
            os._exit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal)
    return stop


async def unless_stopped(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`; Stopped when `stop` is set first, and then `work` has been cancelled and has ended."""
    working = asyncio.create_task(work, name="work")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise Stopped
    finally:
        for task in (working, stopping):
            task.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


def tell_supervisor_ready(channel: int | None) -> None:
    """Tell PM2 (`wait_ready`) that the bot runs; its channel takes lines of JSON."""
    if channel is None:
        return
    try:
        # An inherited variable may have nothing to do with us: then the number is that of some file of ours.
        kind = os.fstat(channel).st_mode
        if stat.S_ISSOCK(kind) or stat.S_ISFIFO(kind):
            os.set_blocking(channel, False)
            os.write(channel, b'"ready"\n')
    except OSError:
        return  # the supervisor is gone; the bot runs on
