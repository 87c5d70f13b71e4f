"""How figures are made from what was measured."""

import os
from pathlib import Path

import pytest

from benchmarks.measure import Result
from benchmarks.plan import Comparison, Findings, Plan
from benchmarks.process import Process
from benchmarks.report import as_markdown, as_text


def result(program: str, threads: int, wall: float, cpu: float = 1.0) -> Result:
    latencies = tuple(float(number) for number in range(1, 101))
    return Result(program, threads, latencies, wall, cpu, 90.0, 18, 1.0)


def findings(threaded_wall: float) -> Findings:
    pairs = ((result("async", 50, 1.0, 3.0), result("bare", 50, 1.0, 2.0)), (result("async", 50, 1.0, 2.0),) * 2)
    modes = [result("async", 50, 10.0), result("threaded", 50, threaded_wall)]
    comparison = Comparison("CPU", "ms", 1.0, pairs, lambda measured: measured.cpu_each * 1000)
    return Findings(Plan(levels=(50,)), modes, [comparison])


def test_percentiles_are_taken_from_the_answers() -> None:
    measured = result("async", 50, 10.0)
    assert [measured.percentile(percent) for percent in (50, 95, 99)] == [51.0, 96.0, 100.0]
    assert (measured.per_second, measured.cpu_each) == (10.0, 0.01)


def test_the_ratio_of_the_modes_and_what_was_expected() -> None:
    assert findings(31.0).ratio(50) == pytest.approx(3.1)
    assert "MISSED" not in as_text(findings(31.0))
    assert "MISSED" in as_text(findings(29.0))


def test_the_best_of_each_is_compared_and_the_pairs_are_shown() -> None:
    line = next(line for line in as_markdown(findings(31.0)).splitlines() if line.startswith("| CPU |"))
    assert line == "| CPU | 20.0 ms (25.0) | 20.0 ms (20.0) | 1.00 | 1.00 to 1.50 | 1.00 | yes |"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the kernel's figures are read as Linux gives them")
def test_a_process_is_read_as_the_kernel_counts_it() -> None:
    own = Process(os.getpid())
    before = own.cpu_seconds
    assert sum(range(300_000)) > 0
    used = own.cpu_seconds - before
    assert 0.0001 < used < 5.0
    assert 10 < own.peak_megabytes < 10_000
