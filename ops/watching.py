"""What is told of the running bot: whether it serves, and all its figures."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from database import Store, StoreUnavailable
from ops.accounts import Accounts
from ops.figures import Figures
from ops.history import History, resident_megabytes
from ops.metrics import exposition
from ops.starts import Start

_PATIENCE = 2.0
"""Seconds that the database has to answer before it counts as away."""

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Watched:
    """What is looked at. `lanes` gives the threads at work, with their age in seconds and their waiting line."""

    figures: Figures
    store: Store
    accounts: Accounts
    sockets: Callable[[], Awaitable[bool]]
    turns: Callable[[], Counts]
    lanes: Callable[[], Sequence[tuple[str, float, int]]]
    model: Callable[[], Counts]
    version: str
    starts: Sequence[Start]


class Watching:
    """Puts it together for the health server; `watch` keeps the last hour."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._history = History(watched.figures, lambda: (watched.turns()["working"], watched.turns()["waiting"]))

    async def watch(self, step: float) -> None:
        """Look at the figures every `step` seconds, for ever."""
        await self._history.watch(step)

    async def ready(self) -> Mapping[str, object]:
        """What has to work, and in `reasons` what does not."""
        reasons = []
        if not (sockets := await self._watched.sockets()):
            reasons.append("no socket to Slack is open")
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._watched.store.fact("")
        except (StoreUnavailable, TimeoutError):
            reasons.append("the database cannot be read")
        if not self._watched.store.writable:
            reasons.append("the database cannot be written")
        # A loop that stands still answers no such question: its lag is told, and no reason.
        lag = self._watched.figures.percentile("loop_lag_seconds", "p99")
        return {
            "reasons": reasons,
            "sockets": sockets,
            "database": self._watched.store.writable,
            "seconds_since_envelope": self._since_envelope(),
            "loop_lag_seconds": lag,
        }

    def _since_envelope(self) -> float | None:
        found = [value for (name, _), value in self._watched.figures.gauges.items() if name == "last_envelope_at"]
        return round(time.time() - max(found), 1) if found else None

    async def check(self) -> Mapping[str, object]:
        """Everything."""
        watched = self._watched
        return {
            "mode": watched.figures.mode,
            "version": watched.version,
            "starts": [asdict(start) for start in watched.starts],
            "megabytes": await asyncio.to_thread(resident_megabytes),
            "store": await watched.store.check(),
            "turns": watched.turns(),
            "model": watched.model(),
            "lanes": [
                {"lane": lane, "seconds": round(seconds, 1), "waiting": waiting}
                for lane, seconds, waiting in watched.lanes()
            ],
            "figures": watched.figures.snapshot(),
        }

    async def pool(self) -> Counts:
        """The database's connections, and what waits for them."""
        return self._watched.store.pool()

    async def history(self) -> Mapping[str, object]:
        """The latest samples."""
        return {"samples": list(self._history.samples)}

    async def usage(self) -> Mapping[str, object]:
        """What was used in the present month."""
        return await self._watched.accounts.month()

    async def metrics(self) -> bytes:
        """All figures, for Prometheus."""
        watched = self._watched
        now: dict[str, float] = {f"turns_{name}": count for name, count in watched.turns().items()}
        now |= {f"model_calls_{name}": count for name, count in watched.model().items()}
        now |= {f"store_{name}": count for name, count in watched.store.pool().items()}
        return await exposition(watched.figures, now)
