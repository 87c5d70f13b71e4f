"""The bot as operators start it, and a heartbeat on its loop that notes when the loop was late.

STALLS_FILE names where the stalls are written at the end: a line of JSON each, `[at, seconds, computed]`. `at` is the
end of a stall by the clock that all processes share, `computed` the part of it in which the loop's own thread was on
the processor; in the rest others were, or held the interpreter.
"""

import asyncio
import json
import os
import sys
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

import main
from config import Settings

BEAT = 0.005  # seconds
_NOTED = 0.002  # seconds
_MOST = 100_000


class Heartbeat:
    """Beats on the running loop and keeps the stalls, the newest where there are too many."""

    def __init__(self) -> None:
        self.stalls: deque[tuple[float, float, float]] = deque(maxlen=_MOST)

    async def beat(self) -> None:
        """Until it is cancelled."""
        began, computed = time.monotonic(), time.thread_time()
        while True:
            await asyncio.sleep(BEAT)
            now, used = time.monotonic(), time.thread_time()
            if (late := now - began - BEAT) > _NOTED:
                self.stalls.append((now, late, min(late, used - computed)))
            began, computed = now, used


_serve = main.serve_in_workspace


async def _watched(settings: Settings) -> int:
    heartbeat = Heartbeat()
    beating = asyncio.create_task(heartbeat.beat(), name="heartbeat")
    try:
        return await _serve(settings)
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
        text = "".join(json.dumps(stall) + "\n" for stall in heartbeat.stalls)
        await asyncio.to_thread(Path(os.environ["STALLS_FILE"]).write_text, text, encoding="ascii")


if __name__ == "__main__":
    main.serve_in_workspace = _watched
    sys.exit(main.main([]))
