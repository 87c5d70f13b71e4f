"""Block Kit: what is drawn keeps within Slack's limits, and words of people are never markup."""

import pytest

from message_processor.wording import ENGLISH, WORDINGS
from slack_client.formatting.blocks import (
    again_button,
    button,
    clipped,
    date,
    escaped,
    feedback_row,
    option,
    sections,
    select,
)
from tests.slack_client.block_kit import part, parts, text_of

TURN = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("language", WORDINGS)
def test_the_thumbs_carry_the_verdict_and_the_turn(language: str) -> None:
    row = feedback_row(TURN, WORDINGS[language])
    (thumbs,) = parts(row, "elements")
    assert (row["type"], thumbs["type"], thumbs["action_id"]) == ("context_actions", "feedback_buttons", "feedback")
    good, bad = part(thumbs, "positive_button"), part(thumbs, "negative_button")
    assert (good["value"], bad["value"]) == (f"up:{TURN}", f"down:{TURN}")
    for each in (good, bad):
        assert 0 < len(text_of(each["text"])) <= 75
        assert each["accessibility_label"] == text_of(each["text"])


def test_the_button_under_an_answer_carries_its_turn() -> None:
    row = again_button(TURN, ENGLISH)
    (element,) = parts(row, "elements")
    assert (row["type"], element["action_id"], element["value"]) == ("actions", "answer_again", TURN)
    assert text_of(element["text"]) == "Answer again"


def test_what_a_button_does_not_have_is_left_out() -> None:
    assert button("act", "Act") == {"type": "button", "action_id": "act", "text": {"type": "plain_text", "text": "Act"}}


def test_long_words_are_cut_with_an_ellipsis() -> None:
    assert clipped("abcde", 5) == "abcde"
    assert clipped("abcdef", 5) == "abcd…"
    assert len(text_of(option("v", "x" * 80)["text"])) == 75


def test_words_of_people_are_no_markup() -> None:
    assert escaped("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_a_moment_is_shown_in_the_readers_time() -> None:
    assert date(1_700_000_000.9) == "<!date^1700000000^{date_short_pretty} {time}|?>"


def test_long_words_become_several_paragraphs_without_a_loss() -> None:
    text = "word " * 1_500
    found = [text_of(each["text"]) for each in sections(text)]
    assert "".join(found) == text
    assert [len(each) for each in found] == [3_000, 3_000, 1_500]


def test_a_choice_that_is_not_among_the_options_is_not_shown_as_chosen() -> None:
    options = [option("a", "A"), option("b", "B")]
    assert select("act", options, "b")["initial_option"] == options[1]
    assert "initial_option" not in select("act", options, "c")
