"""Whether threads are answered again after a timeout."""

import pytest

from base_client import ThreadKey
from database import TurnState
from message_processor.timeouts import Timeouts
from ops.figures import Figures

ONE, OTHER = ThreadKey("T1", "C1", "1.0"), ThreadKey("T1", "C1", "2.0")


@pytest.fixture
def figures() -> Figures:
    return Figures()


@pytest.mark.parametrize("error", ["timeout", "stalled"])
def test_the_next_answer_of_the_thread_is_its_recovery(figures: Figures, error: str) -> None:
    timeouts = Timeouts(figures)
    timeouts.ended(ONE, TurnState.FAILED, error)
    timeouts.ended(OTHER, TurnState.DONE, "")
    assert figures.snapshot() == {"turn_timeouts": 1}
    timeouts.ended(ONE, TurnState.DONE, "")
    timeouts.ended(ONE, TurnState.DONE, "")
    assert figures.snapshot() == {"turn_timeouts": 1, "turn_timeouts_recovered": 1}


def test_another_failure_is_neither(figures: Figures) -> None:
    timeouts = Timeouts(figures)
    timeouts.ended(ONE, TurnState.FAILED, "quota")
    timeouts.ended(ONE, TurnState.DONE, "")
    assert figures.snapshot() == {}
