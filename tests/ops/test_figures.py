"""Counters, gauges and the latest durations."""

import pytest

from ops.figures import Figures


def test_counts_are_kept_apart_by_label() -> None:
    figures = Figures()
    for reason in ("bot", "bot", "malformed"):
        figures.count("events_dropped", reason=reason)
    figures.count("turns")
    assert figures.snapshot() == {"events_dropped{reason=bot}": 2, "events_dropped{reason=malformed}": 1, "turns": 1}


def test_a_gauge_is_what_it_was_last() -> None:
    figures = Figures()
    figures.gauge("sockets_open", 2)
    figures.gauge("sockets_open", 1)
    assert figures.snapshot() == {"sockets_open": 1}


def test_durations_are_shown_by_their_percentiles() -> None:
    figures = Figures()
    for value in range(100, 0, -1):
        figures.observe("seconds", value / 100, method="chat.update")
    assert figures.snapshot() == {
        "seconds_p50{method=chat.update}": 0.51,
        "seconds_p95{method=chat.update}": 0.95,
        "seconds_p99{method=chat.update}": 0.99,
    }


def test_one_value_is_all_its_percentiles() -> None:
    figures = Figures()
    figures.observe("seconds", 3)
    assert figures.snapshot() == {"seconds_p50": 3, "seconds_p95": 3, "seconds_p99": 3}


def test_what_should_be_quick_and_is_not_is_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    figures = Figures("async", slow=2.0)
    figures.observe("slack_call_seconds", 1.9, method="chat.update")
    figures.observe("slack_call_seconds", 2.0, method="chat.postMessage")
    figures.observe("turn_seconds", 60.0)
    [line] = caplog.records
    assert line.getMessage() == "slow_operation"
    assert (vars(line)["method"], vars(line)["seconds"]) == ("chat.postMessage", 2.0)


def test_old_durations_are_forgotten() -> None:
    figures = Figures()
    for _ in range(1_000):
        figures.observe("seconds", 9.0)
    for _ in range(1_000):
        figures.observe("seconds", 1.0)
    assert figures.snapshot()["seconds_p95"] == 1.0
