"""The estimate of tokens, and what it learns."""

from hypothesis import given
from hypothesis import strategies as st

from openai_client.token_counter import Calibration, estimate


def test_an_english_sentence_takes_about_a_quarter_of_its_letters() -> None:
    # 1,000 words of prose are about 1,300 tokens for current models.
    assert 1_100 <= estimate("seven words make up one short sentence " * 143) <= 1_600


def test_dense_scripts_weigh_more_than_their_bytes() -> None:
    assert estimate("日本語の文章") == estimate("한국어문장들") == 8
    assert estimate("Обычный текст") == 7
    assert estimate("") == 0
    assert estimate("\ud83d") == 1


@given(st.text(), st.text())
def test_the_estimate_adds_up(one: str, other: str) -> None:
    both = estimate(one + other)
    assert both <= estimate(one) + estimate(other) <= both + 2


def test_nothing_is_known_of_a_new_key() -> None:
    assert Calibration().ratio("new") == 1.0


def test_the_ratio_follows_what_is_reported() -> None:
    calibration = Calibration()
    calibration.learn("a", 100, 120)
    assert calibration.ratio("a") == 1.2
    calibration.learn("a", 100, 140)
    assert round(calibration.ratio("a"), 6) == 1.3
    assert calibration.ratio("b") == 1.0


def test_a_server_that_reports_nothing_teaches_nothing() -> None:
    calibration = Calibration()
    calibration.learn("a", 100, 0)
    calibration.learn("a", 0, 100)
    assert calibration.ratio("a") == 1.0


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))))
def test_the_ratio_stays_within_its_bounds(reports: list[tuple[int, int]]) -> None:
    calibration = Calibration()
    for estimated, reported in reports:
        calibration.learn("a", estimated, reported)
        assert 0.5 <= calibration.ratio("a") <= 2.0


def test_the_oldest_key_is_forgotten_first() -> None:
    calibration = Calibration(limit=2)
    for key in ("a", "b", "a", "c"):
        calibration.learn(key, 100, 150)
    assert [calibration.ratio(key) for key in "abc"] == [1.5, 1.0, 1.5]
