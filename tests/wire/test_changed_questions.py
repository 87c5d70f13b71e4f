"""Questions that are edited or deleted before, while and after they are answered; and answers given again."""

from pathlib import Path

import pytest

from playground.slack.records import Ephemeral
from tests.wire.harness import ADA, GENERAL, GRACE, House
from tests.wire.model_side import Calls, everything_taken_in, model_works, own_house, recorded, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def house(own: House) -> House:
    """The module's own."""
    return own


OFFER = "You changed your question. Shall I answer it again?"
DELETED = "_Stopped: the question was deleted._"


def offers(house: House, ts: str, user: str = ADA) -> list[Ephemeral]:
    notes = house.playground.workspace.ephemerals
    return [note for note in notes if note.thread_ts == ts and note.user == user and note.text == OFFER]


async def text_has_begun(house: House, ts: str) -> str:
    await house.playground.workspace.wait_for(lambda: bool(house.answers(ts)) and bool(house.answers(ts)[0].text), 20)
    return house.answers(ts)[0].ts


async def test_an_edit_while_it_waits_is_what_is_answered(house: House) -> None:
    house.playground.model.knobs.next(total_seconds=2.0, chunk_count=5)
    ts = house.mention("echo: one")
    await model_works(house)
    later = house.say("echo: before", thread_ts=ts)
    await everything_taken_in(house)
    house.playground.workspace.edit(GENERAL, later, "echo: after")
    await house.settled(ts, answers=2)
    assert [message.text for message in house.answers(ts)] == ["one", "after"]
    assert not offers(house, ts)


async def test_an_edit_before_the_first_word_begins_anew(house: House) -> None:
    calls = Calls(house)
    ts = house.mention("please hang")
    await model_works(house)
    house.playground.workspace.edit(GENERAL, ts, "<@U0THREADWL> echo: changed")
    [message] = await house.settled(ts)
    assert message.text == "changed"
    assert calls.texts() == ["please hang", "echo: changed"]
    assert not offers(house, ts)


async def test_an_edit_in_the_middle_of_the_answer_begins_anew_in_the_same_message(house: House) -> None:
    ts = house.mention("slow 30 long 6000")
    first = await text_has_begun(house, ts)
    house.playground.workspace.edit(GENERAL, ts, "<@U0THREADWL> echo: another question")
    await house.playground.workspace.wait_for(lambda: house.answers(ts)[0].text == "another question", 15)
    await house.settled(ts)
    assert [(message.ts, message.text) for message in house.answers(ts)] == [(first, "another question")]


async def test_edited_twice_the_last_words_count(house: House) -> None:
    ts = house.mention("please hang")
    await model_works(house)
    # The first change never ends by itself: the second one finds the turn at work.
    for words in ("please hang again", "echo: change 2"):
        house.playground.workspace.edit(GENERAL, ts, f"<@U0THREADWL> {words}")
    await everything_taken_in(house)
    [message] = await house.settled(ts)
    assert message.text == "change 2"


async def test_a_picture_of_the_earlier_words_is_not_taken_for_one_of_the_new_words(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        knobs = house.playground.model.knobs
        ts = house.mention("draw a red house")
        await house.playground.workspace.wait_for(lambda: any(message.files for message in house.answers(ts)), 20)
        knobs.set(chunk_seconds=0.5)
        house.playground.workspace.edit(GENERAL, ts, "<@U0THREADWL> draw a blue boat")
        await house.playground.workspace.wait_for(
            lambda: sum(len(message.files) for message in house.answers(ts)) == 2 and house.is_quiet(ts), 20
        )
        prompts = [call.body["prompt"] for call in house.playground.model.journal if call.api == "images"]
        assert prompts == ["a red house", "a blue boat"]


async def test_a_preview_of_a_link_changes_nothing(house: House) -> None:
    calls = Calls(house)
    house.playground.model.knobs.next(total_seconds=1.0, chunk_count=5)
    ts = house.mention("echo: look at this")
    await model_works(house)
    house.playground.workspace.unfurl(GENERAL, ts)
    await everything_taken_in(house)
    assert [message.text for message in await house.settled(ts)] == ["look at this"]
    house.playground.workspace.unfurl(GENERAL, ts)
    await everything_taken_in(house)
    assert len(calls()) == 1
    assert not offers(house, ts)


async def test_an_answered_question_is_offered_again_to_its_author_and_the_button_works_once(house: House) -> None:
    workspace = house.playground.workspace
    ts = house.mention("echo: before")
    await house.settled(ts)
    await recorded(house, ts)
    workspace.edit(GENERAL, ts, "<@U0THREADWL> echo: after")
    [note] = await workspace.wait_for(lambda: offers(house, ts))
    assert not offers(house, ts, GRACE)
    for _ in range(2):
        workspace.interactivity.click(ADA, GENERAL, note.ts, "answer_again")
    await house.settled(ts, answers=2)
    await everything_taken_in(house)
    await house.settled(ts, answers=2)
    assert [message.text for message in house.answers(ts)] == ["before", "after"], "nothing is replaced"


async def test_deleted_while_it_waits_it_leaves_the_line(house: House) -> None:
    calls = Calls(house)
    house.playground.model.knobs.next(total_seconds=2.0, chunk_count=5)
    ts = house.mention("echo: one")
    await model_works(house)
    later = house.say("echo: two", thread_ts=ts)
    await everything_taken_in(house)
    house.playground.workspace.delete(GENERAL, later)
    await everything_taken_in(house)
    await house.settled(ts)
    house.say("echo: three", thread_ts=ts)
    await house.settled(ts, answers=2)
    assert calls.texts() == ["echo: one", "echo: three"]


async def test_deleted_in_the_middle_of_its_answer_the_answer_stops(house: House) -> None:
    ts = house.mention("echo: begin")
    await house.settled(ts)
    later = house.say("slow 30 long 6000", thread_ts=ts)
    await house.playground.workspace.wait_for(lambda: len(house.answers(ts)) == 2 and house.answers(ts)[1].text, 20)
    house.playground.workspace.delete(GENERAL, later)
    await house.playground.workspace.wait_for(lambda: house.answers(ts)[1].text.endswith(DELETED), 10)
    await until(lambda: house.playground.model.active == 0)


async def test_one_of_several_deleted_the_others_are_answered(house: House) -> None:
    house.playground.model.knobs.next(total_seconds=1.0, chunk_count=3)
    ts = house.mention("echo: one")
    await model_works(house)
    house.say("echo: two", thread_ts=ts)
    gone = house.say("please hang", thread_ts=ts)
    await house.playground.workspace.wait_for(lambda: [each.text for each in house.answers(ts)] == ["one"])
    await model_works(house)
    house.playground.workspace.delete(GENERAL, gone)
    await house.settled(ts, answers=2)
    assert [message.text for message in house.answers(ts)] == ["one", "two"]


async def test_a_failed_answer_has_a_button_and_the_second_one_succeeds(house: House) -> None:
    workspace = house.playground.workspace
    house.playground.model.knobs.next(status=400, code="invalid_request_error", message="no")
    ts = house.mention("echo: at last")
    [failed] = await house.settled(ts)
    assert failed.text.startswith("⚠️")
    await recorded(house, ts)
    workspace.interactivity.click(GRACE, GENERAL, failed.ts, "answer_again")
    messages = await house.settled(ts, answers=2)
    assert messages[1].text == "at last"


async def test_the_shortcut_answers_a_finished_question_again_each_time(house: House) -> None:
    calls = Calls(house)
    workspace = house.playground.workspace
    ts = house.mention("echo: once more")
    [answer] = await house.settled(ts)
    await recorded(house, ts)
    workspace.interactivity.message_shortcut(ADA, GENERAL, answer.ts, "answer_again")
    await house.settled(ts, answers=2)
    await recorded(house, ts, 2)
    workspace.interactivity.message_shortcut(ADA, GENERAL, ts, "answer_again")
    await house.settled(ts, answers=3)
    assert calls.texts() == ["echo: once more"] * 3


async def test_a_repeat_does_not_see_the_answer_it_repeats(house: House) -> None:
    workspace = house.playground.workspace
    ts = house.mention("echo: the first words")
    [answer] = await house.settled(ts)
    await recorded(house, ts)
    workspace.interactivity.message_shortcut(ADA, GENERAL, answer.ts, "answer_again")
    await house.settled(ts, answers=2)
    last = house.playground.model.journal[-1]
    assert "assistant" not in str(last.body.get("input", last.body.get("messages")))
