"""Each way a turn can end has a line of its own, fit for people."""

import pytest

from message_processor import lines
from openai_client.errors import Failure


@pytest.mark.parametrize("failure", Failure)
def test_every_failure_has_a_line_and_a_cut_line(failure: Failure) -> None:
    line, cut = lines.failure_line(failure, ""), lines.cut_line(failure)
    assert line.startswith("⚠️ ")
    assert cut.startswith("_Cut off: ")
    assert cut.endswith("_")
    for text in (line, cut):
        assert "\n" not in text
        assert "_" not in text.strip("_"), "no code words"


def test_no_two_failures_share_a_line() -> None:
    assert len({lines.failure_line(failure, "") for failure in Failure}) == len(Failure)


def test_admins_are_named_where_they_can_help() -> None:
    assert lines.failure_line(Failure.QUOTA, "@it-help").endswith("ask @it-help.")
    assert "@it-help" not in lines.failure_line(Failure.TIMEOUT, "@it-help")
    assert lines.warning("It broke.", "@it-help") == "⚠️ It broke. If it keeps happening, ask @it-help."
    assert lines.warning("It broke.") == "⚠️ It broke."


def test_the_busy_line_counts() -> None:
    assert "could not take a message" in lines.busy(1)
    assert "could not take 24 messages" in lines.busy(24)


def test_commentary_fits_a_status() -> None:
    assert lines.commentary_status("Reading\n the  tables") == "Reading the tables"
    long = lines.commentary_status("word " * 60 + "the newest")
    assert len(long) == 100
    assert long.startswith("…")
    assert long.endswith("the newest")


@pytest.mark.parametrize(("seconds", "shown"), [(0.0, "in 1 s"), (2.4, "in 2 s")])
def test_a_retry_says_when(seconds: float, shown: str) -> None:
    assert shown in lines.retry_status(seconds)
