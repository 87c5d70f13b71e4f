"""What the model says goes on to the reply, and what it waits for is said in the person's language."""

import pytest

from message_processor.lines import Lines
from message_processor.transcript import Transcript
from message_processor.wording import wording_of
from openai_client.events import Commentary, TextDelta, Waiting
from tests.core.test_tools import Cards


@pytest.mark.parametrize(
    ("locale", "slot", "patience"),
    [
        (
            "en-US",
            "waiting for a free place: many questions at once…",
            "the model asked for patience, trying again in 3 s…",
        ),
        (
            "de-DE",
            "wartet auf einen freien Platz: viele Fragen auf einmal…",
            "das Modell bittet um Geduld, neuer Versuch in 3 s…",
        ),
    ],
)
def test_waiting_is_told_in_the_language(locale: str, slot: str, patience: str) -> None:
    cards = Cards()
    transcript = Transcript(cards, Lines(wording_of(locale)))
    transcript(Waiting("slot"))
    transcript(Waiting("retry", 2.6))
    assert cards.statuses == [slot, patience]


def test_what_the_model_says_of_its_work_is_the_status() -> None:
    cards = Cards()
    transcript = Transcript(cards, Lines(wording_of("de")))
    for event in (Commentary("Looking "), Commentary("at it."), TextDelta("Here.")):
        transcript(event)
    assert cards.statuses == ["Looking", "Looking at it."]
    assert transcript.text == "Here."
