"""How a turn comes out that did not end, as far as that needs no model."""

import pytest

from base_client import MessageKey
from database import TurnState, UnfinishedTurn
from message_processor.lines import Lines
from message_processor.recovery import ATTEMPTS, Resumption
from message_processor.wording import ENGLISH
from tests.core.makers import THREAD, ts

LINES = Lines(ENGLISH)
KEY = MessageKey(THREAD.team, THREAD.channel, ts(1))
LONGEST = 3_600.0


def turn(
    state: TurnState = TurnState.WORKING, text: str = "", error: str = "", *, stopped: bool = False
) -> UnfinishedTurn:
    return UnfinishedTurn("t1", THREAD, "U1", state, 1, 0.0, text, (KEY,), stopped, error)


def resumed(unfinished: UnfinishedTurn, attempts: int = 2, age: float = 60.0, *, deleted: bool = False) -> Resumption:
    return Resumption(unfinished, attempts, age, LONGEST, deleted)


@pytest.mark.parametrize("age", [0.0, LONGEST])
def test_a_young_turn_asks_the_model(age: float) -> None:
    assert resumed(turn(), ATTEMPTS, age).settled(LINES) is None


@pytest.mark.parametrize(
    ("resumption", "error"),
    [
        (resumed(turn(), age=LONGEST + 1), "too_old"),
        (resumed(turn(TurnState.INTERRUPTED), age=LONGEST + 1), "too_old"),
        (resumed(turn(), ATTEMPTS + 1), "given_up"),
        (resumed(turn(TurnState.UNDELIVERED, error="quota")), "quota"),
    ],
    ids=["too old", "interrupted and too old", "tried too often", "a failure that was not delivered"],
)
def test_what_is_not_answered_fails_with_a_line_and_a_button(resumption: Resumption, error: str) -> None:
    outcome = resumption.settled(LINES)
    assert outcome is not None
    assert (outcome.state, outcome.error, outcome.text, outcome.again) == (TurnState.FAILED, error, "", True)
    assert outcome.notice


@pytest.mark.parametrize("age", [60.0, LONGEST + 1], ids=["young", "old"])
def test_a_complete_answer_is_delivered_whatever_its_age(age: float) -> None:
    outcome = resumed(turn(text="complete"), ATTEMPTS + 1, age).settled(LINES)
    assert outcome is not None
    assert (outcome.state, outcome.text, outcome.notice, outcome.again) == (TurnState.DONE, "complete", "", False)


def test_a_partial_answer_that_was_not_delivered_stays_a_failure() -> None:
    outcome = resumed(turn(TurnState.UNDELIVERED, "half of it", "dropped")).settled(LINES)
    assert outcome is not None
    assert (outcome.state, outcome.text, outcome.error, outcome.again) == (
        TurnState.FAILED,
        "half of it",
        "dropped",
        True,
    )


@pytest.mark.parametrize("text", ["", "half of it"])
def test_a_stopped_turn_stays_stopped_whatever_its_age(text: str) -> None:
    outcome = resumed(turn(text=text, stopped=True), ATTEMPTS + 1, LONGEST + 1).settled(LINES)
    assert outcome is not None
    assert (outcome.state, outcome.text, outcome.again) == (TurnState.STOPPED, text, True)


def test_of_deleted_questions_nothing_is_said() -> None:
    outcome = resumed(turn(text="complete"), deleted=True).settled(LINES)
    assert outcome is not None
    assert (outcome.state, outcome.text, outcome.notice, outcome.again) == (TurnState.FAILED, "", "", False)
