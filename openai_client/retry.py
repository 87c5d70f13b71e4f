"""When a failed call is repeated, and after what pause."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from openai_client.faults import Fault


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `repeats` repeats. The server's own word is followed; otherwise full jitter below a doubling bound.

    `base` and `ceiling` are seconds; `draw` gives numbers from 0 to 1.
    """

    base: float
    ceiling: float
    repeats: int = 2
    draw: Callable[[], float] = random.random

    def pause(self, fault: Fault, repeated: int, remaining: float) -> float | None:
        """Seconds to wait before the next attempt, or None: give up now.

        `repeated` counts the repeats so far. A pause that would use up the `remaining` seconds is not begun: it is
        kinder to say now what will not come later.
        """
        if not fault.repeatable or repeated >= self.repeats:
            return None
        if fault.retry_after is not None:
            pause = fault.retry_after
        else:
            pause = self.draw() * min(self.ceiling, self.base * 2.0**repeated)
        return pause if pause < remaining else None
