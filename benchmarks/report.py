"""The findings as tables: aligned text for the screen, Markdown for documents."""

from collections.abc import Sequence

from benchmarks.measure import Result
from benchmarks.plan import MODES, Comparison, Findings

EXPECTED = {50: 3.0, 200: 8.0}
"""Least ratio of answers per second, asynchronous to threaded, by threads at once."""

Rows = list[tuple[str, ...]]

_MODES_HEAD = (
    "mode",
    "threads",
    "answers/s",
    "p50 s",
    "p95 s",
    "p99 s",
    "CPU ms/answer",
    "peak MB",
    "streamed",
    "playground's CPU",
)


def _mode_row(result: Result) -> tuple[str, ...]:
    return (
        result.program,
        str(result.threads),
        f"{result.per_second:.1f}",
        *(f"{result.percentile(percent):.2f}" for percent in (50, 95, 99)),
        f"{result.cpu_each * 1000:.1f}",
        f"{result.peak_megabytes:.0f}",
        f"{result.streamed} of {result.answers}",
        f"{result.playground_cpu / result.wall:.0%} of a core",
    )


def verdict(held: bool) -> str:
    """Whether what was expected was kept."""
    return "yes" if held else "MISSED"


def _ratio_rows(findings: Findings) -> Rows:
    rows: Rows = [("threads", "async : threaded, answers/s", "expected at least", "held")]
    for level in findings.plan.levels:
        ratio, expected = findings.ratio(level), EXPECTED.get(level)
        wanted = ("-", "-") if expected is None else (f"{expected:.0f}", verdict(ratio >= expected))
        rows.append((str(level), f"{ratio:.1f}", *wanted))
    return rows


def _comparison_row(comparison: Comparison) -> tuple[str, ...]:
    ratios, unit = comparison.ratios, comparison.unit
    best = comparison.best(0) / comparison.best(1)
    return (
        comparison.title,
        f"{comparison.best(0):.1f} {unit} ({comparison.usual(0):.1f})",
        f"{comparison.best(1):.1f} {unit} ({comparison.usual(1):.1f})",
        f"{best:.2f}",
        f"{ratios[0]:.2f} to {ratios[-1]:.2f}",
        f"{comparison.expected:.2f}",
        verdict(best <= comparison.expected),
    )


def tables(findings: Findings) -> list[Rows]:
    """Both modes, their ratio, and the bare program; the first row of each is its head."""
    ordered = [findings.mode(mode, level) for mode in MODES for level in findings.plan.levels]
    head = ("", "bot: best (median)", "bare: best (median)", "best : best", "single pairs", "expected at most", "held")
    return [
        [_MODES_HEAD, *map(_mode_row, ordered)],
        _ratio_rows(findings),
        [head, *map(_comparison_row, findings.comparisons)],
    ]


def _padded(rows: Rows) -> list[list[str]]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]


def as_text(findings: Findings) -> str:
    """For the screen."""
    return text_of(tables(findings))


def text_of(several: Sequence[Rows]) -> str:
    """Tables for the screen."""
    return "\n\n".join("\n".join("  ".join(row).rstrip() for row in _padded(rows)) for rows in several)


def _markdown_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def as_markdown(findings: Findings) -> str:
    """For documents."""
    return markdown_of(tables(findings))


def markdown_of(several: Sequence[Rows]) -> str:
    """Tables for documents."""
    parts = []
    for rows in several:
        head, *body = [_markdown_line(row) for row in rows]
        parts.append("\n".join([head, _markdown_line(["---"] * len(rows[0])), *body]))
    return "\n\n".join(parts) + "\n"
