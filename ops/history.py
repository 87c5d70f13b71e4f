"""The last hour of the process in small steps, for the plots of the status page: 360 of ten seconds."""

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

from ops.figures import PERCENTILES, Figures

_KEPT = 360
_STATM = Path("/proc/self/statm")


class Sample(TypedDict):
    """One step: `answers`, `errors` and `tokens` are those of a minute at its pace, times are in seconds."""

    at: float
    answers: float
    errors: float
    tokens: float
    p50: float | None
    p95: float | None
    p99: float | None
    working: int
    waiting: int
    lag: float | None
    megabytes: float


class History:
    """Looks at the figures every few seconds; `lanes` gives how many turns work and how many messages wait."""

    def __init__(self, figures: Figures, lanes: Callable[[], tuple[int, int]]) -> None:
        self._figures = figures
        self._lanes = lanes
        self._before = self._totals()
        self.samples: deque[Sample] = deque(maxlen=_KEPT)

    async def watch(self, step: float) -> None:
        """Take a sample every `step` seconds, for ever."""
        while True:
            await asyncio.sleep(step)
            await self.look(60.0 / step)

    async def look(self, per_minute: float) -> None:
        """Take one sample of a step of which so many make a minute."""
        totals = self._totals()
        answers, errors, tokens = (
            round((now - before) * per_minute, 1) for now, before in zip(totals, self._before, strict=True)
        )
        self._before = totals
        p50, p95, p99 = (self._figures.percentile("turn_seconds", name) for name in PERCENTILES)
        working, waiting = self._lanes()
        self.samples.append(
            Sample(
                at=time.time(),
                answers=answers,
                errors=errors,
                tokens=tokens,
                p50=p50,
                p95=p95,
                p99=p99,
                working=working,
                waiting=waiting,
                lag=self._figures.percentile("loop_lag_seconds", "p95"),
                megabytes=await asyncio.to_thread(resident_megabytes),
            )
        )

    def _totals(self) -> tuple[float, float, float]:
        return (
            self._figures.counted("turns"),
            self._figures.counted("turn_errors"),
            self._figures.amount("model_tokens"),
        )


def resident_megabytes() -> float:
    """The process's resident set; 0 where the system does not tell. Reads a file: call it off the loop."""
    if not _STATM.exists():
        return 0.0
    return round(int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)
