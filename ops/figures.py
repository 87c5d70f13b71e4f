"""The process's figures, kept in memory: counters, gauges, the latest durations. It is `base_client.Observer`."""

import statistics
from collections import defaultdict, deque

_KEPT = 1_000
"""Latest values of one figure, for its percentiles."""

Key = tuple[str, tuple[tuple[str, str], ...]]


def _written(key: Key) -> str:
    name, labels = key
    return f"{name}{{{','.join(f'{label}={value}' for label, value in labels)}}}" if labels else name


class Figures:
    """Counts everything since the process began."""

    def __init__(self) -> None:
        self._counts: dict[Key, int] = defaultdict(int)
        self._gauges: dict[Key, float] = {}
        self._values: dict[Key, deque[float]] = defaultdict(lambda: deque(maxlen=_KEPT))

    def count(self, name: str, **labels: str) -> None:
        """One more of `name`."""
        self._counts[name, tuple(labels.items())] += 1

    def observe(self, name: str, value: float, **labels: str) -> None:
        """One value of `name`, mostly a duration in seconds."""
        self._values[name, tuple(labels.items())].append(value)

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """What `name` is now."""
        self._gauges[name, tuple(labels.items())] = value

    def snapshot(self) -> dict[str, float]:
        """All figures by name; of values the median and the 95th percentile of the latest ones."""
        figures: dict[str, float] = {_written(key): count for key, count in sorted(self._counts.items())}
        figures |= {_written(key): value for key, value in sorted(self._gauges.items())}
        for (name, labels), values in sorted(self._values.items()):
            ordered = sorted(values)
            figures[_written((f"{name}_p50", labels))] = round(statistics.median(ordered), 4)
            figures[_written((f"{name}_p95", labels))] = round(ordered[int(0.95 * (len(ordered) - 1))], 4)
        return figures
