"""The retry policy as arithmetic."""

from hypothesis import given
from hypothesis import strategies as st

from openai_client.errors import Failure
from openai_client.faults import Fault
from openai_client.retry import RetryPolicy

LONGEST_DRAW = RetryPolicy(base=0.5, ceiling=20, draw=lambda: 1.0)


def fault(repeatable: bool = True, retry_after: float | None = None) -> Fault:
    return Fault(Failure.RATE_LIMITED, "x", repeatable=repeatable, retry_after=retry_after)


def test_the_bound_doubles_up_to_its_ceiling() -> None:
    patient = RetryPolicy(base=0.5, ceiling=3, repeats=9, draw=lambda: 1.0)
    assert [patient.pause(fault(), repeated, 100) for repeated in range(5)] == [0.5, 1, 2, 3, 3]


def test_two_repeats_and_no_more() -> None:
    assert [LONGEST_DRAW.pause(fault(), repeated, 100) is None for repeated in range(4)] == [False, False, True, True]


def test_what_makes_no_sense_is_not_repeated() -> None:
    assert LONGEST_DRAW.pause(fault(repeatable=False), 0, 100) is None


def test_the_servers_word_goes_above_our_ceiling_but_not_past_the_deadline() -> None:
    assert LONGEST_DRAW.pause(fault(retry_after=45), 0, 100) == 45
    assert LONGEST_DRAW.pause(fault(retry_after=45), 0, 45) is None
    assert LONGEST_DRAW.pause(fault(retry_after=0), 0, 100) == 0


@given(repeated=st.integers(0, 1), remaining=st.floats(0.1, 500))
def test_a_drawn_pause_lies_between_nothing_and_its_bound(repeated: int, remaining: float) -> None:
    pause = RetryPolicy(base=0.5, ceiling=20).pause(fault(), repeated, remaining)
    assert pause is None or 0 <= pause <= min(0.5 * 2**repeated, remaining)
