"""A person writes, the bot answers in the thread."""

import re

import pytest

from tests.wire.harness import ADA, ALAN, BOT, GRACE, House
from tests.wire.model_side import Calls, everything_taken_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


def said_by_people(house: House) -> list[str]:
    """People's messages in the newest request to the model."""
    return re.findall(r"<message from=.*?</message>", str(house.playground.model.journal[-1].body), re.DOTALL)


async def test_a_mention_is_answered_in_its_thread(house: House) -> None:
    assert await house.ask("echo: Good morning.") == "Good morning."


async def test_a_mention_arrives_as_two_events_and_is_answered_once(house: House) -> None:
    calls = Calls(house)
    await house.ask("echo: Once.")
    await everything_taken_in(house)
    assert calls.texts().count("echo: Once.") == 1


async def test_a_direct_message_needs_no_mention_and_has_a_thread_of_its_own(house: House) -> None:
    channel = house.playground.workspace.direct(GRACE).id
    first = house.say("echo: One.", GRACE, channel)
    second = house.say("echo: Two.", GRACE, channel)
    assert [message.text for message in await house.settled(first, channel)] == ["One."]
    assert [message.text for message in await house.settled(second, channel)] == ["Two."]


async def test_a_follow_up_in_the_bots_thread_needs_no_mention(house: House) -> None:
    ts = house.mention("echo: First.")
    await house.settled(ts)
    house.say("echo: Second.", thread_ts=ts)
    assert [message.text for message in await house.settled(ts, answers=2)] == ["First.", "Second."]


async def test_a_message_to_somebody_else_in_the_thread_is_left_to_them(house: House) -> None:
    ts = house.mention("echo: First.")
    await house.settled(ts)
    house.say(f"<@{ALAN}> what do you think?", GRACE, thread_ts=ts)
    house.say("echo: Third.", thread_ts=ts)
    assert [message.text for message in await house.settled(ts, answers=2)] == ["First.", "Third."]
    assert "what do you think" in str(house.playground.model.journal[-1].body), "it is context for what comes next"


async def test_a_thread_without_the_bot_stays_without_it(house: House) -> None:
    ts = house.say("just among us")
    house.say("indeed", GRACE, thread_ts=ts)
    await house.ask("echo: A later question is answered, so the earlier events were handled.")
    assert house.answers(ts) == []


async def test_a_long_answer_arrives_whole(house: House) -> None:
    ts = house.mention("long 30000")
    messages = await house.settled(ts, answers=3, seconds=30)
    asked = house.playground.model.journal[-1]
    assert asked.outcome == "completed"
    assert sum(len(message.text) for message in messages) >= 29_000
    assert all(len(message.text) <= 12_000 for message in messages)


async def test_an_unknown_thread_is_read_once(house: House) -> None:
    ts = house.say("the password of the day is heron")
    house.say("noted", GRACE, thread_ts=ts)
    house.mention("what was said above?", thread_ts=ts)
    await house.settled(ts)
    house.say("and now?", thread_ts=ts)
    await house.settled(ts, answers=2)
    assert "heron" in str(house.playground.model.journal[-1].body)
    reads = [
        call for call in house.playground.calls if call.method == "conversations.replies" and call.args["ts"] == ts
    ]
    assert len(reads) == 1


async def test_model_text_pings_nobody(house: House) -> None:
    text = await house.ask("ping everyone")
    assert "<!channel>" not in text
    assert f"<@{BOT}>" not in text
    assert f"<@{ADA}>" not in text


async def test_an_edit_is_followed(house: House) -> None:
    ts = house.mention("my colour is green")
    await house.settled(ts)
    house.playground.workspace.edit("C0GENERAL1", ts, f"<@{BOT}> my colour is violet")
    house.say("which colour?", thread_ts=ts)
    await house.settled(ts, answers=2)
    people = said_by_people(house)
    assert any("violet" in words for words in people)
    assert not any("green" in words for words in people)


async def test_a_deleted_message_is_forgotten(house: House) -> None:
    ts = house.mention("echo: Hello.")
    await house.settled(ts)
    secret = house.say("echo: my number is 4711", thread_ts=ts)
    await house.settled(ts, answers=2)
    house.playground.workspace.delete("C0GENERAL1", secret)
    house.say("go on", thread_ts=ts)
    await house.settled(ts, answers=3)
    assert not any("my number is 4711" in words for words in said_by_people(house))
