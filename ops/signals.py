"""How the process is asked to stop."""

import asyncio
import os
import signal
import time

_SAME_REQUEST = 2.0
"""A second signal within this many seconds belongs to the first: supervisors signal a whole process tree."""


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


def tell_supervisor_ready(channel: int | None) -> None:
    """Tell PM2 (`wait_ready`) that the bot runs; its channel takes lines of JSON."""
    if channel is not None:
        try:
            os.write(channel, b'"ready"\n')
        except OSError:
            return  # the supervisor is gone; the bot runs on
