"""Stop: the button, the word and the shortcut, wherever a turn is; and stops that come too late."""

from collections.abc import Callable
from pathlib import Path

import pytest

from playground.model.journal import Outcome
from playground.server import Playground
from playground.slack.faults import FaultKind
from playground.slack.records import Message
from tests.wire.database_side import rows
from tests.wire.harness import ADA, GENERAL, GRACE, House, running_bot
from tests.wire.model_side import Calls, everything_taken_in, model_works, own_house, recorded, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def house(own: House) -> House:
    """The module's own."""
    return own


STOPPED = "_Stopped._"
NOTHING_RUNS = "Nothing is running here that could be stopped."


def press(house: House, ts: str, user: str = ADA) -> None:
    house.playground.workspace.press_stop(user, GENERAL, ts)


def say_stop(house: House, ts: str) -> None:
    house.say("stop", thread_ts=ts)


def say_it_with_a_mark(house: House, ts: str) -> None:
    house.say(" !STOP ", thread_ts=ts)


def mention_stop(house: House, ts: str) -> None:
    house.mention("stop.", thread_ts=ts)


def by_shortcut(house: House, ts: str) -> None:
    house.playground.workspace.interactivity.message_shortcut(ADA, GENERAL, ts, "stop_answer")


def whispers(house: House, ts: str, user: str = ADA) -> list[str]:
    return [note.text for note in house.playground.workspace.ephemerals if note.thread_ts == ts and note.user == user]


async def text_has_begun(house: House, ts: str) -> Message:
    await house.playground.workspace.wait_for(lambda: bool(house.answers(ts)) and bool(house.answers(ts)[0].text), 20)
    return house.answers(ts)[0]


async def streaming(house: House, text: str = "slow 30 long 6000") -> str:
    """A thread in the middle of a streamed answer."""
    ts = house.mention(text)
    await text_has_begun(house, ts)
    return ts


@pytest.mark.parametrize("stop", [press, say_stop, say_it_with_a_mark, mention_stop, by_shortcut])
async def test_an_answer_in_the_middle_ends(house: House, stop: Callable[[House, str], None]) -> None:
    calls = Calls(house)
    ts = await streaming(house)
    stop(house, ts)
    await house.playground.workspace.wait_for(lambda: house.answers(ts)[0].text.endswith(STOPPED), 10)
    await house.settled(ts)
    [message] = house.answers(ts)
    assert len(message.text) > len(STOPPED) + 20, "the partial answer stays"
    await until(lambda: all(call.outcome is not None for call in calls()))
    assert [call.outcome for call in calls()] == [Outcome.CLIENT_CLOSED]
    house.say("echo: and on", thread_ts=ts)
    assert [each.text for each in (await house.settled(ts, answers=2))[1:]] == ["and on"]


async def test_the_connection_to_a_model_that_is_silent_is_closed(house: House) -> None:
    calls = Calls(house)
    ts = house.mention("please hang")
    await model_works(house)
    press(house, ts)
    await until(lambda: all(call.outcome is Outcome.CLIENT_CLOSED for call in calls()))
    assert [message.text for message in await house.settled(ts)] == [STOPPED]
    house.say("echo: and on", thread_ts=ts)
    await house.settled(ts, answers=2)
    assert calls.texts() == ["please hang", "echo: and on"], "what was stopped is not answered with the next question"


async def test_a_running_tool_ends(house: House) -> None:
    house.playground.model.knobs.set(image_seconds=30.0)
    ts = house.mention("draw a lighthouse")
    await until(lambda: any(call.api == "images" and call.ended_at is None for call in house.playground.model.journal))
    press(house, ts)
    await house.playground.workspace.wait_for(
        lambda: any(STOPPED in message.text for message in house.answers(ts)) and house.is_quiet(ts)
    )
    assert not any(message.files for message in house.answers(ts))
    await until(lambda: house.playground.model.active == 0)


async def test_during_slacks_back_off_the_partial_answer_is_marked_once_slack_takes_it(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        calls = Calls(house)
        ts = await streaming(house)
        for method in ("chat.appendStream", "chat.stopStream"):
            house.playground.faults.add("rate_limited", method, times=2, retry_after=1)
        press(house, ts)
        await until(lambda: all(call.outcome is Outcome.CLIENT_CLOSED for call in calls()))
        await house.playground.workspace.wait_for(lambda: house.answers(ts)[0].text.endswith(STOPPED), 20)
        await house.settled(ts)
        assert len(house.answers(ts)) == 1


async def test_what_waits_is_set_aside_and_answered_by_its_button(house: House) -> None:
    workspace = house.playground.workspace
    ts = house.mention("please hang")
    await model_works(house)
    house.say("echo: two", thread_ts=ts)
    house.say("echo: three", GRACE, thread_ts=ts)
    await everything_taken_in(house)
    press(house, ts)
    line = await workspace.wait_for(
        lambda: next((each for each in house.answers(ts) if "2 waiting messages were set aside" in each.text), None)
    )
    await house.settled(ts, answers=2)
    house.playground.model.knobs.reset()
    workspace.interactivity.click(GRACE, GENERAL, line.ts, "answer_aside")
    workspace.interactivity.click(GRACE, GENERAL, line.ts, "answer_aside")
    await house.settled(ts, answers=4)
    await everything_taken_in(house)
    texts = [message.text for message in house.answers(ts)]
    assert texts[2:] == ["two", "three"], "each once, by the first click"
    assert "set aside" in texts[1] or "Answering" in texts[1]


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
async def test_what_was_set_aside_is_told_once_though_the_connection_broke(house: House, fault: FaultKind) -> None:
    ts = await streaming(house)
    house.say("echo: two", thread_ts=ts)
    await everything_taken_in(house)
    house.playground.faults.add(fault, "chat.postMessage", times=1)
    press(house, ts)
    await house.playground.workspace.wait_for(
        lambda: any("1 waiting message was set aside" in message.text for message in house.answers(ts)), 20
    )
    await until(lambda: not rows(house, "SELECT * FROM facts WHERE name LIKE 'aside:%'"), 20)
    await house.settled(ts, answers=2)
    assert sum("set aside" in message.text for message in house.answers(ts)) == 1


async def test_a_turn_that_waits_for_a_worker_is_set_aside(folder: Path) -> None:
    async with own_house(folder, "threaded", SYNC_WORKERS="1") as house:
        house.mention("please hang")
        await model_works(house)
        ts = house.mention("echo: later")
        await everything_taken_in(house)
        press(house, ts)
        await house.playground.workspace.wait_for(
            lambda: any("1 waiting message was set aside" in message.text for message in house.answers(ts))
        )


async def test_stopped_twice_it_says_so_once(house: House) -> None:
    ts = await streaming(house)
    press(house, ts)
    press(house, ts, GRACE)
    await house.playground.workspace.wait_for(lambda: house.answers(ts)[0].text.endswith(STOPPED))
    await everything_taken_in(house)
    await house.settled(ts)
    [message] = house.answers(ts)
    assert message.text.count(STOPPED) == 1


async def test_anybody_in_the_thread_may_stop_it(house: House) -> None:
    ts = await streaming(house)
    house.say("stop", GRACE, thread_ts=ts)
    await house.playground.workspace.wait_for(lambda: house.answers(ts)[0].text.endswith(STOPPED))


async def test_after_the_end_a_stop_has_no_effect_and_its_author_is_told(house: House) -> None:
    calls = Calls(house)
    ts = house.mention("echo: done")
    await house.settled(ts)
    await recorded(house, ts)
    house.say("stop", thread_ts=ts)
    await house.playground.workspace.wait_for(lambda: NOTHING_RUNS in whispers(house, ts))
    press(house, ts)
    await everything_taken_in(house)
    assert [message.text for message in house.answers(ts)] == ["done"]
    assert len(calls()) == 1, "it was no question either"


async def test_an_old_stop_that_comes_late_spares_what_was_asked_after_it(house: House) -> None:
    workspace = house.playground.workspace
    ts = house.mention("echo: one")
    await house.settled(ts)
    house.playground.faults.late_seconds = 1.0
    house.playground.faults.late_deliveries = 1
    press(house, ts)
    house.playground.model.knobs.next(total_seconds=3.0, chunk_count=6)
    house.say("echo: two two two two", thread_ts=ts)
    await model_works(house)
    await everything_taken_in(house)
    await workspace.wait_for(lambda: house.is_quiet(ts) and len(house.answers(ts)) == 2, 15)
    assert [message.text for message in house.answers(ts)] == ["one", "two two two two"]


async def test_the_word_as_a_new_direct_message_stops_what_runs_there(house: House) -> None:
    workspace = house.playground.workspace
    place = workspace.direct(ADA).id
    ts = workspace.post(ADA, place, "slow 30 long 6000")
    await workspace.wait_for(lambda: any(message.text for message in house.answers(ts, place)), 20)
    workspace.post(ADA, place, "stop")
    await workspace.wait_for(lambda: house.answers(ts, place)[0].text.endswith(STOPPED), 10)


async def test_the_word_inside_a_sentence_is_a_question(house: House) -> None:
    ts = house.mention("echo: one")
    await house.settled(ts)
    house.say("echo: stop that noise", thread_ts=ts)
    assert [message.text for message in await house.settled(ts, answers=2)] == ["one", "stop that noise"]


async def test_a_stop_survives_the_end_of_the_process(folder: Path, mode: str) -> None:
    async with Playground() as playground:
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            ts = await streaming(house)
            playground.faults.add("server_error", "chat.stopStream", times=None)
            press(house, ts)
            await bot.until_logged("stopped")
            await bot.kill()
        playground.faults.reset()
        calls = len(playground.model.journal)
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            await playground.workspace.wait_for(lambda: house.answers(ts)[0].text.endswith(STOPPED), 20)
            await house.settled(ts)
        assert len(playground.model.journal) == calls, "the model is not asked again"
        assert sum(STOPPED in message.text for message in house.answers(ts)) == 1
        assert not playground.workspace.open_streams()
