"""Each way a turn can end has a line of its own, fit for people, in every language."""

import pytest

from message_processor.lines import LEFT_OUT, NOT_PASSED, Lines, commentary_status, picture_failure_key
from message_processor.wording import ENGLISH, WORDINGS
from openai_client.errors import Failure

LINES = Lines(ENGLISH)
ASKING = Lines(ENGLISH, "@it-help")

languages = pytest.mark.parametrize("lines", [Lines(each) for each in WORDINGS.values()], ids=list(WORDINGS))


@languages
@pytest.mark.parametrize("failure", Failure)
def test_every_failure_has_a_line_and_a_cut_line(failure: Failure, lines: Lines) -> None:
    line, cut = lines.failure(failure), lines.cut(failure)
    assert line.startswith("⚠️ ")
    assert cut.startswith("_")
    assert cut.endswith("_")
    for text in (line, cut, lines.say(picture_failure_key(failure))):
        assert "\n" not in text
        assert "_" not in text.strip("_"), "no code words"


@languages
def test_no_two_failures_share_a_line(lines: Lines) -> None:
    assert len({lines.failure(failure) for failure in Failure}) == len(Failure)


def test_an_answer_that_breaks_off_says_why() -> None:
    assert LINES.cut(Failure.STALLED) == "_Cut off: the model fell silent. What arrived is above; ask me to go on._"
    assert "the model server reported an error" in LINES.cut(Failure.FAILED)


def test_admins_are_named_where_they_can_help() -> None:
    assert ASKING.failure(Failure.QUOTA).endswith("ask @it-help.")
    assert "@it-help" not in ASKING.failure(Failure.TIMEOUT)
    internal = "⚠️ Something went wrong on my side, and I could not answer. Please ask again."
    assert ASKING.warning("turn.internal") == f"{internal} If it keeps happening, ask @it-help."
    assert LINES.warning("turn.internal") == internal


def test_the_busy_line_counts() -> None:
    assert "could not take a message" in LINES.busy(1)
    assert "could not take 24 messages" in LINES.busy(24)


def test_what_a_server_does_not_take_has_a_line() -> None:
    for key in (*LEFT_OUT.values(), *NOT_PASSED.values()):
        assert LINES.say(key).startswith("_The model server") or LINES.say(key).startswith("_This model server")


def test_a_picture_that_did_not_come_about_says_why() -> None:
    assert LINES.say(picture_failure_key(Failure.TIMEOUT)) == "Making the picture took too long."
    assert picture_failure_key(Failure.DROPPED) == picture_failure_key(Failure.FAILED) == "pictures.other"


def test_commentary_fits_a_status() -> None:
    assert commentary_status("Reading\n the  tables") == "Reading the tables"
    long = commentary_status("word " * 60 + "the newest")
    assert len(long) == 100
    assert long.startswith("…")
    assert long.endswith("the newest")


@pytest.mark.parametrize(("seconds", "shown"), [(0.0, "in 1 s"), (2.4, "in 2 s")])
def test_a_retry_says_when(seconds: float, shown: str) -> None:
    assert shown in LINES.retry_status(seconds)


def test_files_that_could_not_be_read_share_a_line_of_their_kind() -> None:
    said = LINES.file_problems([("a.pdf", "password"), ("b.pdf", "password"), ("c.png", "damaged")], 50)
    assert said.splitlines() == [
        "⚠️ `a.pdf`, `b.pdf`: it is protected by a password; send it without.",
        "⚠️ `c.png`: it is damaged or cut off; send it again.",
    ]


def test_many_files_of_one_kind_are_counted() -> None:
    assert " and 10 more: I read ten files" in LINES.file_problems([(f"{n}.txt", "too_many") for n in range(15)], 50)


def test_a_problem_without_words_of_its_own_is_told_all_the_same() -> None:
    assert "it could not be read" in LINES.file_problems([("a.pdf", "something")], 50)


def test_the_name_of_a_file_notifies_nobody() -> None:
    said = LINES.file_problems([("<!channel>`<@U012AB3CD>`.pdf", "too_large")], 7)
    assert "<" not in said
    assert said.count("`") == 2
    assert "7 MB" in said


def test_a_name_with_braces_stays_as_it_is() -> None:
    assert "`{why} {0}.pdf`" in LINES.file_problems([("{why} {0}.pdf", "empty")], 7)
