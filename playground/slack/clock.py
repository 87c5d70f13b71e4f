"""Time and ids of the workspace."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """Wall time in seconds since 1970, and a clock that only goes forward."""

    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic


class Timestamps:
    """Message ids: seconds with six digits, each later than every one before."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        self._last = max(self._last + 1, int(self._clock.now() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"


def new_id(prefix: str) -> str:
    """An id in Slack's style, such as Ev4F0A2C61D3."""
    return prefix + secrets.token_hex(5).upper()
