"""The figures in Prometheus's format."""

import asyncio

from prometheus_client.parser import text_string_to_metric_families

from base_client import MODE
from ops.figures import Figures
from ops.metrics import exposition


async def read(figures: Figures, **now: float) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    text = (await exposition(figures, now)).decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def at(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return f"threadwell_{name}", frozenset({"mode": "async", **labels}.items())


async def test_counters_gauges_and_what_is_measured_now() -> None:
    figures = Figures("async")
    figures.count("turns", state="done")
    figures.count("turns", state="done")
    figures.count("turns", state="failed")
    figures.gauge("sockets_open", 2)
    found = await read(figures, turns_working=3)
    assert found[at("turns_total", state="done")] == 2
    assert found[at("turns_total", state="failed")] == 1
    assert found[at("sockets_open")] == 2
    assert found[at("turns_working")] == 3


async def test_durations_are_histograms() -> None:
    figures = Figures("async")
    for seconds in (0.2, 0.3, 9.0):
        figures.observe("turn_seconds", seconds)
    found = await read(figures)
    assert found[at("turn_seconds_bucket", le="0.25")] == 1
    assert found[at("turn_seconds_bucket", le="0.5")] == 2
    assert found[at("turn_seconds_bucket", le="10.0")] == 3
    assert found[at("turn_seconds_bucket", le="+Inf")] == 3
    assert found[at("turn_seconds_count")] == 3
    assert found[at("turn_seconds_sum")] == 9.5


async def test_work_done_in_another_mode_bears_it() -> None:
    figures = Figures("threaded")

    async def turn() -> None:
        MODE.set("async")
        figures.count("turns")

    await asyncio.create_task(turn())
    figures.count("turns")
    found = await read(figures)
    assert found[at("turns_total")] == 1
    assert found[at("turns_total", mode="threaded")] == 1


async def test_the_process_itself_is_among_them() -> None:
    names = {name for name, _ in await read(Figures())}
    assert {"process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total"} <= names
