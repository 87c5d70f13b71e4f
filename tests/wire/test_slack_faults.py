"""Whatever Slack does: one message with exactly the text, or a turn named as undeliverable; never a stuck lane."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio

from playground.slack.faults import Rule
from playground.slack.records import Message
from playground.slack.wire import JsonObject
from tests.wire.harness import ADA, BOT, GENERAL, GRACE, House
from tests.wire.streaming import Workshop, answer, calls_of, check_patience, open_workshop, own_house, turn_done

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

TEXT = "The first line of the answer.\nThe second, with **bold** words in it.\n\n- a point\n- another one\n\nThe end."


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def workshop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workshop]:
    """Bots that may stream; asynchronous ones, because the delivery is the same code in both modes."""
    async with open_workshop(tmp_path_factory.mktemp("faults")) as shop:
        yield shop


@pytest_asyncio.fixture(loop_scope="session")
async def streaming(workshop: Workshop) -> AsyncIterator[House]:
    """A house whose bot may stream."""
    async with workshop.test() as house:
        yield house


def shown(messages: list[Message]) -> list[str]:
    return [message.text for message in messages]


# Too many requests


async def test_a_429_is_waited_for_and_costs_no_text(streaming: House) -> None:
    methods = (
        "users.info",
        "conversations.replies",
        "agents.sessions.setStatus",
        "chat.appendStream",
        "chat.stopStream",
    )
    ts = streaming.say("The thread begins without the bot.", GRACE)
    streaming.say("<@U0ALAN0001> is named in it.", GRACE, thread_ts=ts)
    since = len(streaming.playground.calls)
    for method in methods:
        streaming.playground.faults.add("rate_limited", method, retry_after=2)
    streaming.playground.model.knobs.next(answer=TEXT, total_seconds=1.0, chunk_characters=7)
    streaming.mention("say it", thread_ts=ts)
    assert await turn_done(streaming, ts) == "done"
    assert shown(streaming.answers(ts)) == [TEXT]
    assert streaming.is_quiet(ts)
    calls = streaming.playground.calls[since:]
    assert {call.method for call in calls if call.status == 429} == set(methods)
    check_patience(calls, retry_after=2.0)
    model = streaming.playground.model.journal[-1]
    assert model.outcome == "completed"
    assert model.ended_at is not None
    assert model.ended_at - model.started_at < 2.0, "the reader does not wait for Slack"


async def test_a_429_on_the_stream_and_on_the_post_is_waited_for(streaming: House) -> None:
    since = len(streaming.playground.calls)
    streaming.playground.faults.add("rate_limited", "chat.startStream", retry_after=2)
    streaming.playground.faults.add("rate_limited", "chat.postMessage", retry_after=2)
    assert shown(await answer(streaming, TEXT)) == [TEXT]
    calls = streaming.playground.calls[since:]
    assert len([call for call in calls if call.status == 429]) == 2
    check_patience(calls, retry_after=2.0)


async def test_a_429_stops_neither_later_streams_nor_their_updates(streaming: House) -> None:
    for method in ("chat.startStream", "chat.appendStream"):
        streaming.playground.faults.add("rate_limited", method, retry_after=1)
        assert shown(await answer(streaming, TEXT, seconds=1.0)) == [TEXT]
        await asyncio.sleep(1.0)  # until Slack takes calls again
    since = len(streaming.playground.calls)
    [message] = await answer(streaming, TEXT, seconds=1.0)
    assert message.stream is not None
    assert len(calls_of(streaming, "chat.appendStream", since)) >= 2


async def test_every_second_call_meets_a_429(folder: Path) -> None:
    async with own_house(folder) as house:
        house.playground.faults.add("rate_limited", times=None, every=2, retry_after=1)
        house.playground.model.knobs.set(answer=TEXT, total_seconds=0.5, chunk_characters=7)
        asked = [house.mention("say it") for _ in range(2)]
        for ts in asked:
            assert await turn_done(house, ts, within=40) == "done"
            assert shown(house.answers(ts)) == [TEXT]
            assert house.is_quiet(ts)
        check_patience(house.playground.calls)


async def test_a_429_on_the_status_line_and_the_reaction_is_waited_for(folder: Path) -> None:
    async with own_house(folder) as house:
        workspace = house.playground.workspace
        workspace.is_agent = False
        house.playground.faults.add("rate_limited", "assistant.threads.setStatus", retry_after=1)
        house.playground.faults.add("rate_limited", "reactions.add", retry_after=1)
        house.playground.model.knobs.next(answer=TEXT, total_seconds=1.5)
        house.playground.model.knobs.next(answer="And that.", total_seconds=0.2)
        ts = house.mention("say it")
        await workspace.wait_for(lambda: house.answers(ts))
        waiting = house.say("and that", thread_ts=ts)
        reactions = workspace.message(GENERAL, waiting).reactions
        await workspace.wait_for(lambda: any(BOT in users for users in reactions.values()))
        await workspace.wait_for(lambda: len(house.answers(ts)) == 2 and house.is_quiet(ts) and not reactions)
        assert shown(house.answers(ts)) == [TEXT, "And that."]
        check_patience(house.playground.calls)


# Lost answers


def lose_three_answers(house: House, method: str) -> list[Rule]:
    """The next three calls fail, each in its own way: with a page of HTML, before it is carried out, and after it."""
    faults = house.playground.faults
    return [
        faults.add("server_error", method),
        faults.add("drop_before", method, every=2),
        faults.add("drop_after", method, every=3),
    ]


async def three_answers(house: House) -> list[list[Message]]:
    """Three questions at once; the messages of each."""
    house.playground.model.knobs.next(3, answer=TEXT, total_seconds=0.8, chunk_characters=7)
    asked = [house.mention("say it") for _ in range(3)]
    for ts in asked:
        assert await turn_done(house, ts) == "done"
        assert house.is_quiet(ts)
    return [house.answers(ts) for ts in asked]


@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream"])
async def test_a_lost_answer_to_a_stream_never_doubles_the_text(streaming: House, method: str) -> None:
    lost = lose_three_answers(streaming, method)
    assert [shown(messages) for messages in await three_answers(streaming)] == [[TEXT]] * 3
    assert [rule.times for rule in lost] == [0, 0, 0]


async def test_a_lost_answer_to_a_post_never_doubles_it(streaming: House) -> None:
    streaming.playground.faults.add("error", "chat.startStream", code="channel_type_not_supported", times=3)
    lost = lose_three_answers(streaming, "chat.postMessage")
    answers = await three_answers(streaming)
    assert [shown(messages) for messages in answers] == [[TEXT]] * 3
    assert all(messages[0].stream is None for messages in answers)
    assert [rule.times for rule in lost] == [0, 0, 0]


async def test_a_lost_answer_to_an_update_is_repeated(streaming: House) -> None:
    streaming.playground.faults.add("drop_after", "chat.stopStream", times=3)
    lost = lose_three_answers(streaming, "chat.update")
    assert [shown(messages) for messages in await three_answers(streaming)] == [[TEXT]] * 3
    assert [rule.times for rule in lost] == [0, 0, 0]


async def test_slack_is_out_of_order_for_a_while(streaming: House) -> None:
    faults = streaming.playground.faults
    faults.add("error", "chat.startStream", code="channel_type_not_supported")
    outage = faults.add("server_error", "chat.postMessage", times=None)
    asyncio.get_running_loop().call_later(2.5, lambda: setattr(outage, "times", 0))
    assert shown(await answer(streaming, TEXT)) == [TEXT]


# Streams that end otherwise


REFUSALS = (
    ("chat.startStream", "not_in_channel"),
    ("chat.startStream", "msg_too_long"),
    ("chat.appendStream", "message_not_in_streaming_state"),
    ("chat.appendStream", "streaming_state_conflict"),
    ("chat.appendStream", "msg_too_long"),
    ("chat.stopStream", "message_not_in_streaming_state"),
    ("chat.stopStream", "msg_too_long"),
)


def together(messages: list[Message]) -> str:
    assert all(one.ts < other.ts for one, other in pairwise(messages))
    return "".join(shown(messages))


@pytest.mark.parametrize(("method", "code"), REFUSALS)
async def test_a_refused_stream_still_ends_with_the_full_text(streaming: House, method: str, code: str) -> None:
    rule = streaming.playground.faults.add("error", method, code=code)
    assert together(await answer(streaming, TEXT, seconds=0.5)) == TEXT
    assert rule.times == 0


async def test_a_refused_update_is_posted_anew_and_what_it_replaces_goes(streaming: House) -> None:
    streaming.playground.faults.add("drop_before", "chat.stopStream")
    streaming.playground.faults.add("error", "chat.update", code="edit_window_closed")
    messages = await answer(streaming, TEXT, seconds=0.8)
    assert shown(messages) == [TEXT]
    assert messages[0].stream is None


@pytest.mark.parametrize("lost", ["drop_before", "drop_after"])
async def test_what_is_replaced_is_not_taken_for_the_post_that_was_lost(
    streaming: House, lost: Literal["drop_before", "drop_after"]
) -> None:
    """Both bear the label of the same part."""
    streaming.playground.faults.add("drop_after", "chat.stopStream")
    streaming.playground.faults.add("error", "chat.update", code="edit_window_closed")
    rule = streaming.playground.faults.add(lost, "chat.postMessage")
    messages = await answer(streaming, TEXT, seconds=0.8)
    assert shown(messages) == [TEXT]
    assert messages[0].stream is None
    assert rule.times == 0


async def test_a_person_stops_the_stream_and_nothing_hangs(streaming: House) -> None:
    workspace = streaming.playground.workspace
    streaming.playground.model.knobs.next(answer=TEXT, total_seconds=1.5, chunk_characters=7)
    ts = streaming.mention("say it")
    await workspace.wait_for(lambda: streaming.answers(ts))
    workspace.press_stop(ADA, GENERAL, ts)
    await turn_done(streaming, ts)
    assert streaming.is_quiet(ts)
    said, _, mark = together(streaming.answers(ts)).rpartition("\n\n")
    assert mark == "_Stopped._"
    assert TEXT.startswith(said)


async def test_a_message_that_somebody_deletes_while_it_streams_is_posted_anew(streaming: House) -> None:
    workspace = streaming.playground.workspace
    streaming.playground.model.knobs.next(answer=TEXT, total_seconds=1.5, chunk_characters=7)
    ts = streaming.mention("say it")
    [message] = await workspace.wait_for(lambda: streaming.answers(ts))
    workspace.delete(GENERAL, message.ts)
    assert await turn_done(streaming, ts) == "done"
    assert together(streaming.answers(ts)) == TEXT
    assert streaming.is_quiet(ts)


# Nowhere to write


async def undeliverable(house: House, ts: str, channel: str) -> None:
    """The turn is named as undeliverable, and the next question elsewhere is answered."""
    assert await turn_done(house, ts, channel) == "undelivered"
    assert house.bot.events("reply_undeliverable")
    assert await house.ask("echo: And elsewhere?") == "And elsewhere?"


@pytest.mark.parametrize("trouble", ["archived", "left"])
async def test_a_channel_closes_while_the_answer_streams(streaming: House, trouble: str) -> None:
    workspace = streaming.playground.workspace
    place = workspace.add_channel(f"closing-{trouble}")
    streaming.playground.model.knobs.next(answer=TEXT, total_seconds=1.5, chunk_characters=7)
    ts = streaming.mention("say it", channel=place.id)
    await workspace.wait_for(lambda: streaming.answers(ts, place.id))
    if trouble == "archived":
        place.is_archived = True
        streaming.playground.faults.add("error", "chat.appendStream", code="is_archived", times=None)
        streaming.playground.faults.add("error", "chat.update", code="is_archived", times=None)
    else:
        place.members.discard(BOT)
    await undeliverable(streaming, ts, place.id)
    streaming.playground.faults.reset()
    place.is_archived = False
    place.members.add(BOT)
    streaming.mention("echo: Back again.", channel=place.id, thread_ts=ts)
    await workspace.wait_for(lambda: "Back again." in shown(streaming.answers(ts, place.id)))


async def test_the_threads_first_message_is_deleted_before_the_answer(streaming: House) -> None:
    workspace = streaming.playground.workspace
    streaming.playground.model.knobs.next(answer=TEXT, first_token_seconds=0.5)
    ts = streaming.mention("say it")
    await workspace.wait_for(lambda: workspace.session(GENERAL, ts) == "processing")
    workspace.delete(GENERAL, ts)
    assert await turn_done(streaming, ts) == "stopped", "its question is gone with it"
    assert not streaming.answers(ts)
    streaming.playground.model.knobs.reset()  # the model may not have been asked yet
    assert await streaming.ask("echo: And elsewhere?") == "And elsewhere?"


@pytest.mark.parametrize(
    ("channel", "thread_ts"), [("C0NOWHERE1", None), (GENERAL, "1700000000.000001"), (GENERAL, "not a ts")]
)
async def test_an_event_from_nowhere_hangs_nothing(streaming: House, channel: str, thread_ts: str | None) -> None:
    workspace = streaming.playground.workspace
    ts = workspace.timestamps.next()
    event: JsonObject = {"type": "app_mention", "user": ADA, "text": f"<@{BOT}> hello", "ts": ts, "channel": channel}
    if thread_ts is not None:
        event["thread_ts"] = thread_ts
    workspace.send_event(workspace.events.payload(event))
    if thread_ts == "not a ts":
        assert await streaming.ask("echo: And elsewhere?") == "And elsewhere?"
    else:
        await undeliverable(streaming, thread_ts or ts, channel)
