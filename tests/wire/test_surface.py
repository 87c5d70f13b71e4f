"""What stands around answers: thumbs, the home tab, summaries, memory, each in the person's own language."""

from pathlib import Path

import pytest

from playground.slack.records import Message
from tests.wire.database_side import rows
from tests.wire.desk import Desk, somebody, thumb, words
from tests.wire.harness import GENERAL, House
from tests.wire.model_side import asked, everything_taken_in, model_works, own_house, recorded, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def desk(house: House) -> Desk:
    """Somebody who has never done anything."""
    return Desk(house, somebody(house.playground))


async def answered(desk: Desk, text: str = "echo: a word about lighthouses") -> Message:
    """The answer to a question of this person, once its turn is recorded."""
    ts = desk.house.mention(text, desk.user)
    [answer] = await desk.house.settled(ts)
    await recorded(desk.house, ts)
    return answer


def judge(desk: Desk, answer: Message, verdict: str) -> None:
    """Press the thumb up or down."""
    interactivity = desk.playground.workspace.interactivity
    interactivity.click(desk.user, GENERAL, answer.ts, "feedback", thumb(answer, verdict))


def verdicts(desk: Desk, answer: Message) -> list[tuple[object, ...]]:
    """What the bot has kept of what this person thinks of the answer."""
    query = (
        "SELECT verdict, reason FROM feedback JOIN deliveries ON deliveries.turn_id = feedback.turn_id"
        " WHERE ts = ? AND person = ?"
    )
    return rows(desk.house, query, answer.ts, desk.user)


async def test_a_thumb_up_is_kept_and_a_later_thumb_down_with_its_reason_takes_its_place(desk: Desk) -> None:
    answer = await answered(desk)
    judge(desk, answer, "up")
    await until(lambda: verdicts(desk, answer) == [("up", "")])
    judge(desk, answer, "down")
    view = await desk.until("feedback_reason")
    await until(lambda: verdicts(desk, answer) == [("down", "")])
    desk.fill(view, {"reason": "It named the wrong lighthouse."})
    assert desk.playground.workspace.interactivity.submit(desk.user, view.id)
    note = await desk.until_told("Thank you, noted.")
    assert note.thread_ts == answer.thread_ts
    assert verdicts(desk, answer) == [("down", "It named the wrong lighthouse.")]
    await until(lambda: desk.top is None)


async def test_a_thumb_that_is_pressed_twice_is_kept_once_and_takes_no_reason_away(desk: Desk) -> None:
    answer = await answered(desk)
    judge(desk, answer, "down")
    view = await desk.until("feedback_reason")
    desk.fill(view, {"reason": "Too long."})
    desk.playground.workspace.interactivity.submit(desk.user, view.id)
    await desk.until_told("Thank you, noted.")
    for _ in range(2):
        judge(desk, answer, "down")
    await desk.until("feedback_reason")
    await everything_taken_in(desk.house)
    await desk.house.ask("echo: a write goes through")
    assert verdicts(desk, answer) == [("down", "Too long.")]


async def test_two_people_judge_an_answer_each_for_themselves(desk: Desk) -> None:
    answer, other = await answered(desk), Desk(desk.house, somebody(desk.playground))
    judge(desk, answer, "up")
    judge(other, answer, "down")
    await until(lambda: (verdicts(desk, answer), verdicts(other, answer)) == ([("up", "")], [("down", "")]))


async def test_the_home_tab_counts_a_persons_answers_and_tokens(desk: Desk) -> None:
    workspace = desk.playground.workspace
    workspace.open_home(desk.user)
    first = await workspace.wait_for(lambda: workspace.home_of(desk.user))
    assert "Answers: 0 " in words(first)
    assert "None yet." in words(first)
    await answered(desk)
    desk.playground.model.knobs.next(status=400, code="invalid_request_error", message="no")
    await desk.house.settled(desk.house.mention("echo: not this one", desk.user))
    await desk.save(await desk.open(), verbosity="low")  # draws the tab anew at once
    home = await workspace.wait_for(
        lambda: (tab := workspace.home_of(desk.user)) and "None yet." not in words(tab) and tab
    )
    assert "Answers: 2 " in words(home)
    assert "answered" in words(home)
    assert "failed" in words(home)
    [(read, written)] = rows(desk.house, USED, desk.user)
    assert f"tokens read: {read} · written: {written}" in words(home).replace("\\u202f", "").replace("\u202f", "")
    assert "Short" in words(home)


USED = "SELECT SUM(usage.input), SUM(usage.output) FROM usage JOIN turns ON turns.id = usage.turn_id WHERE author = ?"


def summarise(desk: Desk, channel: str, ts: str) -> None:
    """Choose "Summarise this thread" from a message's menu."""
    desk.playground.workspace.interactivity.message_shortcut(desk.user, channel, ts, "summarise_thread")


async def discussed(desk: Desk, channel: str) -> str:
    """A thread of people among themselves."""
    ts = desk.house.say("We meet at the lighthouse on Monday.", desk.user, channel)
    desk.house.say("Better on Tuesday, said the keeper.", desk.user, channel, ts)
    return ts


async def test_a_thread_without_the_bot_is_summed_up_for_one_person(folder: Path, mode: str) -> None:
    async with own_house(folder, mode, OPENAI_UTILITY_MODEL="gpt-5.6-luna") as house:
        desk = Desk(house, somebody(house.playground))
        ts = await discussed(desk, GENERAL)
        summarise(desk, GENERAL, ts)
        view = await desk.until("summary")
        assert "lighthouse" in words(view)
        assert "Tuesday" in words(view)
        assert not house.answers(ts), "and nobody else sees it"
        assert not desk.notes
        assert house.playground.model.journal[-1].body["model"] == "gpt-5.6-luna"


async def test_a_summary_whose_window_was_closed_is_shown_in_the_thread_to_that_person(folder: Path, mode: str) -> None:
    async with own_house(folder, mode, OPENAI_UTILITY_MODEL="gpt-5.6-luna") as house:
        desk = Desk(house, somebody(house.playground))
        house.playground.model.knobs.set(first_token_seconds=1.5)
        ts = await discussed(desk, GENERAL)
        summarise(desk, GENERAL, ts)
        view = await desk.until("loading")
        await model_works(house)
        desk.close(view)
        note = await desk.until_told("Summary")
        assert note.thread_ts == ts
        assert "lighthouse" in str(note.blocks)
        assert not house.answers(ts)


async def test_where_the_bot_is_no_member_the_person_is_told_so(desk: Desk) -> None:
    workspace = desk.playground.workspace
    channel = workspace.add_channel("elsewhere", [desk.user], private=True).id
    workspace.leave_bot(channel)
    ts = await discussed(desk, channel)
    summarise(desk, channel, ts)
    assert "I can't read this thread. Please add me to this channel first." in words(await desk.until("summary"))


async def test_a_forgotten_thread_is_not_told_to_the_model_any_more_and_forgetting_twice_is_once(desk: Desk) -> None:
    answer = await answered(desk)
    ts = answer.root_ts
    desk.house.say("recall", desk.user, thread_ts=ts)
    [_, recalled] = await desk.house.settled(ts, answers=2)
    assert "earlier messages: 2" in recalled.text
    await recorded(desk.house, ts, turns=2)
    form = await desk.open_thread(ts)
    desk.click(form, "show_remembered")
    remembered = await desk.until("remembered")
    assert "4 messages" in words(remembered)
    desk.close(remembered)
    for _ in range(2):
        desk.click(form, "forget_thread")
    assert "Forgotten: 4 messages." in words(await desk.until("note"))
    await everything_taken_in(desk.house)
    assert "Forgotten: 4 messages." in words(await desk.until("note")), "the second click does not count again"
    desk.house.say("recall", desk.user, thread_ts=ts)
    recalled = (await desk.house.settled(ts, answers=3))[-1]
    assert "earlier messages: 0" in recalled.text
    last = desk.playground.model.journal[-1]
    assert "lighthouses" not in str(last.body)


async def test_a_person_is_spoken_to_in_german_and_the_model_is_told_the_locale(house: House) -> None:
    desk = Desk(house, somebody(house.playground, "de-DE"))
    answer = await answered(desk)
    assert "locale de-DE" in asked(house.playground.model.journal[-1]).house
    assert "Schlechte Antwort" in str(answer.chunks) + str(answer.blocks)
    judge(desk, answer, "down")
    assert "Was war daran falsch?" in words(await desk.until("feedback_reason"))
    desk.close(await desk.until("feedback_reason"))
    view = await desk.open()
    assert view.title == "Einstellungen"
    assert "Diese Einstellungen gelten für" in words(view)
    desk.close(view)
    desk.house.say("stop", desk.user, thread_ts=answer.root_ts)
    await desk.until_told("Hier läuft nichts, was ich anhalten könnte.")
    desk.playground.workspace.open_home(desk.user)
    home = await desk.playground.workspace.wait_for(lambda: desk.playground.workspace.home_of(desk.user))
    assert "Deine Einstellungen" in words(home)
