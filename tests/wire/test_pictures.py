"""Pictures: seen, looked at again, drawn, changed; the pixels prove the path."""

import re

import pytest

from playground.model.journal import Api
from playground.slack.records import Message
from tests.ingestion.samples import png
from tests.wire.harness import ADA, BOT, GENERAL, House
from tests.wire.model_side import everything_taken_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


def shared(house: House, thread_ts: str) -> list[Message]:
    """The pictures that the bot put into the thread."""
    return [message for message in house.answers(thread_ts) if message.files]


def said(house: House, thread_ts: str) -> list[Message]:
    """The bot's messages with words."""
    return [message for message in house.answers(thread_ts) if not message.files]


async def answered(house: House, thread_ts: str, answers: int, seconds: float = 30.0) -> list[Message]:
    """The bot's messages with words, once there are so many and nothing moves."""
    await house.playground.workspace.wait_for(
        lambda: len(said(house, thread_ts)) >= answers and house.is_quiet(thread_ts), seconds
    )
    return said(house, thread_ts)


async def test_an_attached_picture_is_seen(house: House) -> None:
    ts = house.attach("what is on it?", [("shot.png", png(640, 480, "red"))])
    (answer,) = await answered(house, ts, 1)
    assert "640 x 480" in answer.text
    assert "red" in answer.text


async def test_a_picture_without_a_word_is_a_question(house: House) -> None:
    ts = house.attach("", [("shot.png", png(64, 48, "green"))])
    (answer,) = await answered(house, ts, 1)
    assert "green" in answer.text


async def test_the_bytes_decide_what_a_file_is(house: House) -> None:
    ts = house.attach("and this?", [("report.pdf", png(320, 200, "blue"))])
    (answer,) = await answered(house, ts, 1)
    assert "320 x 200" in answer.text


async def test_a_large_picture_is_scaled_down_to_what_the_model_takes(house: House) -> None:
    ts = house.attach("what is on it?", [("large.png", png(4096, 1024, "red"))])
    (answer,) = await answered(house, ts, 1)
    assert "2048 x 512" in answer.text


async def test_an_earlier_picture_is_looked_at_again(house: House) -> None:
    ts = house.attach("first", [("one.png", png(300, 100, "red"))])
    await answered(house, ts, 1)
    house.attach("second", [("two.png", png(200, 100, "blue"))], thread_ts=ts)
    await answered(house, ts, 2)
    house.say("look at the first one again", thread_ts=ts)
    answer = (await answered(house, ts, 3))[-1]
    assert "300 x 100" in answer.text
    assert "red" in answer.text


async def test_a_picture_is_drawn_then_changed(house: House) -> None:
    ts = house.mention("draw a green lighthouse")
    await answered(house, ts, 1)
    (drawn,) = shared(house, ts)
    house.say("make it night", thread_ts=ts)
    await answered(house, ts, 2)
    pictures = shared(house, ts)
    assert len(pictures) == 2
    before, after = drawn.files[0], pictures[-1].files[0]
    assert (before.data or b"").startswith(b"\x89PNG")
    assert after.data != before.data
    assert "night" in after.title, "people see the prompt"
    assert "night" in after.alt_txt


async def test_several_pictures_are_made_and_each_is_shown_once(house: House) -> None:
    ts = house.mention("draw 3 boats")
    await answered(house, ts, 1)
    files = [file for message in shared(house, ts) for file in message.files]
    assert len(files) == 3
    assert len({file.id for file in files}) == 3


async def test_pictures_do_not_delay_each_other(house: House) -> None:
    house.playground.model.knobs.set(image_seconds=0.4)
    ts = house.mention("draw 4 boats")
    await answered(house, ts, 1)
    calls = [call for call in house.playground.model.journal if call.api is Api.IMAGES][-4:]
    ends = [call.ended_at for call in calls if call.ended_at is not None]
    assert max(call.started_at for call in calls) < min(ends), "all four began before the first one ended"


async def test_a_refused_picture_is_one_clear_line(house: House) -> None:
    house.playground.model.knobs.next()
    house.playground.model.knobs.next(status=400, code="moderation_blocked", error_type="image_generation_user_error")
    ts = house.mention("draw something forbidden")
    (answer,) = await answered(house, ts, 1)
    assert shared(house, ts) == []
    assert "declined" in answer.text


async def test_a_picture_that_was_deleted_is_gone_for_the_tools_too(house: House) -> None:
    ts = house.attach("see", [("one.png", png(300, 100, "red"))])
    await answered(house, ts, 1)
    workspace = house.playground.workspace
    workspace.delete_file(ADA, workspace.message(GENERAL, ts).files[0].id)
    await everything_taken_in(house)
    house.say("edit picture 1: make it blue", thread_ts=ts)
    answer = (await answered(house, ts, 2))[-1]
    assert shared(house, ts) == []
    assert re.search(r"not in this thread|gone|deleted", answer.text)


async def test_a_server_without_streaming_pictures_still_draws(house: House) -> None:
    house.playground.model.knobs.set(no_image_stream=True)
    ts = house.mention("draw a house")
    await answered(house, ts, 1)
    assert len(shared(house, ts)) == 1


async def test_a_shared_picture_is_not_taken_for_a_question(house: House) -> None:
    before = len(house.playground.model.journal)
    ts = house.mention("draw a sun")
    await answered(house, ts, 1)
    responses = [call for call in house.playground.model.journal[before:] if call.api is Api.RESPONSES]
    assert len(responses) == 2, "one that calls the tool, one that answers"
    assert all(message.user == BOT for message in house.playground.workspace.thread(GENERAL, ts)[1:])
