"""The process's figures, kept in memory: counters, gauges, distributions. It is `base_client.Observer`."""

import logging
import math
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from base_client import MODE

log = logging.getLogger("threadwell.figures")

_QUICK = frozenset({"first_sign_seconds", "loop_lag_seconds", "slack_call_seconds", "store_commit_seconds"})
"""Durations that depend on no model: a long one is worth a line."""
_KEPT = 1_000
"""Latest values of one figure, for its percentiles."""
_SECONDS = (0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 640.0, 1280.0)
_AMOUNTS = (1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0)
PERCENTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}

Labels = tuple[tuple[str, str], ...]
Key = tuple[str, Labels]


@dataclass(slots=True)
class Distribution:
    """The values of one figure: the latest ones, and how many fell below each bound since the process began."""

    bounds: tuple[float, ...]
    latest: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))
    below: list[int] = field(default_factory=list)
    total: float = 0.0

    def add(self, value: float) -> None:
        """One more value."""
        self.below = self.below or [0] * (len(self.bounds) + 1)
        self.below[bisect_left(self.bounds, value)] += 1
        self.total += value
        self.latest.append(value)

    def percentiles(self) -> Iterator[tuple[str, float]]:
        """The usual ones of the latest values, by name."""
        ordered = sorted(self.latest)
        for name, share in PERCENTILES.items():
            yield name, ordered[round(share * (len(ordered) - 1))]


def written(key: Key) -> str:
    """A figure's name with its labels, as `/health` shows it."""
    name, labels = key
    return f"{name}{{{','.join(f'{label}={value}' for label, value in labels)}}}" if labels else name


class Figures:
    """Counts everything since the process began; each figure bears the mode in which the work for it was done.

    Operations that are to be quick and took `slow` seconds are named in the log.
    """

    def __init__(self, mode: str = "", slow: float = math.inf) -> None:
        self.mode = mode
        self._slow = slow
        self.counts: dict[Key, int] = {}
        self.gauges: dict[Key, float] = {}
        self.distributions: dict[Key, Distribution] = {}

    def _key(self, name: str, labels: Mapping[str, str]) -> Key:
        mode = MODE.get() or self.mode
        return name, (*labels.items(), ("mode", mode)) if mode else tuple(labels.items())

    def count(self, name: str, **labels: str) -> None:
        """One more of `name`."""
        key = self._key(name, labels)
        self.counts[key] = self.counts.get(key, 0) + 1

    def observe(self, name: str, value: float, **labels: str) -> None:
        """One value of `name`: a duration where it ends with `_seconds`, an amount otherwise."""
        key = self._key(name, labels)
        if (found := self.distributions.get(key)) is None:
            bounds = _SECONDS if name.endswith("_seconds") else _AMOUNTS
            found = self.distributions[key] = Distribution(bounds)
        found.add(value)
        if value >= self._slow and name in _QUICK:
            log.warning("slow_operation", extra={"operation": name, "seconds": round(value, 2), **labels})

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """What `name` is now."""
        self.gauges[self._key(name, labels)] = value

    def counted(self, name: str) -> int:
        """All of `name`, whatever its labels."""
        return sum(count for (found, _), count in self.counts.items() if found == name)

    def amount(self, name: str) -> float:
        """The sum of the values of `name`, whatever its labels."""
        return sum(found.total for (named, _), found in self.distributions.items() if named == name)

    def percentile(self, name: str, percentile: str) -> float | None:
        """One of the latest values of `name`, whatever its labels; None where there are none."""
        values = [value for (named, _), found in self.distributions.items() if named == name for value in found.latest]
        return dict(Distribution((), deque(values)).percentiles())[percentile] if values else None

    def snapshot(self) -> dict[str, float]:
        """All figures by name; of values the percentiles of the latest ones."""
        figures: dict[str, float] = {written(key): count for key, count in sorted(self.counts.items())}
        figures |= {written(key): value for key, value in sorted(self.gauges.items())}
        for (name, labels), found in sorted(self.distributions.items(), key=lambda item: item[0]):
            for percentile, value in found.percentiles():
                figures[written((f"{name}_{percentile}", labels))] = round(value, 4)
        return figures
