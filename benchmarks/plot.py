"""The plot of both modes: answers per second, and the time until an answer is complete."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.plan import MODES, Findings
from benchmarks.report import EXPECTED

mpl.use("Agg")
_SECONDS = (1, 2, 5, 10, 20, 50)
_COLOURS = {"async": "#2563eb", "threaded": "#d97706"}


def draw(findings: Findings, path: Path) -> None:
    """Write the plot as PNG."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    _throughput(left, findings)
    _latency(right, findings)
    figure.savefig(path, dpi=110)


def _throughput(axes: Axes, findings: Findings) -> None:
    levels = findings.plan.levels
    for number, mode in enumerate(MODES):
        places = [place + (number - 0.5) * 0.38 for place in range(len(levels))]
        heights = [findings.mode(mode, level).per_second for level in levels]
        bars = axes.bar(places, heights, 0.36, label=mode, color=_COLOURS[mode])
        axes.bar_label(bars, fmt="%.1f", padding=2)
    for place, level in enumerate(levels):
        if level in EXPECTED:
            goal = EXPECTED[level] * findings.mode("threaded", level).per_second
            axes.hlines(goal, place - 0.4, place, colors="black", linestyles="dotted")
    axes.margins(y=0.12)
    axes.set_xticks(range(len(levels)), [str(level) for level in levels])
    axes.set(xlabel="threads at once", ylabel="answers per second", title="Throughput (dotted: expected)")
    axes.legend()


def _latency(axes: Axes, findings: Findings) -> None:
    levels = findings.plan.levels
    for mode in MODES:
        results = [findings.mode(mode, level) for level in levels]
        axes.plot(
            levels, [result.percentile(50) for result in results], "o-", color=_COLOURS[mode], label=f"{mode} p50"
        )
        axes.plot(
            levels, [result.percentile(99) for result in results], "^:", color=_COLOURS[mode], label=f"{mode} p99"
        )
    axes.axhline(findings.plan.model_seconds, color="grey", linewidth=0.8, linestyle="dashed", label="the model alone")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_yticks(_SECONDS, [str(second) for second in _SECONDS])
    axes.set_xticks(levels, [str(level) for level in levels], minor=False)
    axes.minorticks_off()
    axes.set(xlabel="threads at once", ylabel="seconds to the complete answer", title="Latency")
    axes.legend()
