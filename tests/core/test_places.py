"""Places in documents: labels are written for the model and read by people."""

import pytest

from database import Page
from message_processor.places import place, places, span
from message_processor.wording import ENGLISH, wording_of

GERMAN = wording_of("de-DE")


def page(number: int, label: str) -> Page:
    return Page(number, label, "text")


@pytest.mark.parametrize(
    ("label", "german"),
    [
        ("page 3", "Seite 3"),
        ("slide 12", "Folie 12"),
        ("part 1", "Teil 1"),
        ("line 7", "Zeile 7"),
        ("lines 1-40", "Zeilen 1-40"),
        ("rows 2-51", "Zeilen 2-51"),
        ("sheet Costs, old", "Blatt Costs, old"),
        ("sheet Costs, old, rows 2-51", "Blatt Costs, old, Zeilen 2-51"),
        ("chapter {at}", "chapter {at}"),
    ],
)
def test_a_label_is_read_in_the_language(label: str, german: str) -> None:
    assert place(label, GERMAN) == german
    assert place(label, ENGLISH) == label, "English is what the labels are written in"


def test_found_places_are_listed() -> None:
    assert places([page(3, "page 3"), page(9, "page 9")], GERMAN) == "Seite 3, Seite 9"


def test_read_places_go_from_the_first_to_the_last() -> None:
    assert span([page(3, "page 3")], GERMAN) == "Seite 3"
    assert span([page(3, "page 3"), page(4, "page 4"), page(5, "page 5")], GERMAN) == "Seite 3 bis Seite 5"
