"""The figures as Prometheus reads them, each with the prefix `threadwell_`."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from ops.figures import Distribution, Figures, Key

_PREFIX = "threadwell_"

Value = TypeVar("Value")


async def exposition(figures: Figures, now: Mapping[str, float]) -> bytes:
    """All figures in Prometheus's text format. `now` is what is measured only when somebody asks."""
    families = list(_families(figures, now))  # copied here: the loop goes on counting
    return await asyncio.to_thread(_written, families)


def _written(families: list[Metric]) -> bytes:
    registry = CollectorRegistry()
    registry.register(_Copied(families))
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    return generate_latest(registry)


class _Copied(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _families(figures: Figures, now: Mapping[str, float]) -> Iterator[Metric]:
    for name, counts in _by_name(figures.counts):
        labels = _labels(counts)
        counter = CounterMetricFamily(_PREFIX + name, _help(name), labels=labels)
        for (_, given), count in counts.items():
            counter.add_metric(_values(labels, given), count)
        yield counter
    measured = {(name, (("mode", figures.mode),)): value for name, value in now.items()}
    for name, values in _by_name(figures.gauges | measured):
        labels = _labels(values)
        gauge = GaugeMetricFamily(_PREFIX + name, _help(name), labels=labels)
        for (_, given), value in values.items():
            gauge.add_metric(_values(labels, given), value)
        yield gauge
    for name, found in _by_name(figures.distributions):
        labels = _labels(found)
        histogram = HistogramMetricFamily(_PREFIX + name, _help(name), labels=labels)
        for (_, given), distribution in found.items():
            histogram.add_metric(_values(labels, given), list(_buckets(distribution)), distribution.total)
        yield histogram


def _help(name: str) -> str:
    return name.replace("_", " ")


def _by_name(figures: Mapping[Key, Value]) -> Iterator[tuple[str, dict[Key, Value]]]:
    """The figures of each name together: Prometheus wants them in one family."""
    families: dict[str, dict[Key, Value]] = defaultdict(dict)
    for key, value in sorted(figures.items(), key=lambda item: item[0]):
        families[key[0]][key] = value
    yield from families.items()


def _labels(figures: Mapping[Key, object]) -> list[str]:
    return list(dict.fromkeys(name for _, labels in figures for name, _ in labels))


def _values(names: Iterable[str], labels: Iterable[tuple[str, str]]) -> list[str]:
    given = dict(labels)
    return [given.get(name, "") for name in names]


def _buckets(found: Distribution) -> Iterator[tuple[str, float]]:
    counted = 0
    for bound, below in zip((*map(str, found.bounds), "+Inf"), found.below, strict=True):
        counted += below
        yield bound, counted
