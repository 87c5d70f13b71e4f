"""Tools at work, as people see them: cards in the stream, words where there is none, and never a word of text lost."""

import asyncio
from dataclasses import replace

import pytest

from base_client import Earlier, TaskCard, TaskState
from slack_client.errors import Ambiguous, RateLimited, Refused, Unreachable
from slack_client.status import LINE
from tests.slack_client.room import APPEND, START, STOP, Room, cards, text_in

DRAWING = TaskCard("a", "Drawing a lighthouse", TaskState.IN_PROGRESS)
DRAWN = TaskCard("a", "Drew a lighthouse", TaskState.COMPLETE, "1024x1024")


async def test_a_card_is_seen_before_there_is_text(room: Room) -> None:
    reply = room.reply()
    reply.task(DRAWING)
    await room.until(START)
    assert cards(room, START) == [
        {"type": "task_update", "id": "a", "title": "Drawing a lighthouse", "status": "in_progress"}
    ]
    assert text_in(room) == ""
    reply.task(DRAWN)
    await room.until(APPEND)
    reply.say("Here it is.")
    assert await reply.close()
    assert cards(room)[1] == {
        "type": "task_update",
        "id": "a",
        "title": "Drew a lighthouse",
        "status": "complete",
        "details": "1024x1024",
    }
    assert text_in(room) == "Here it is."
    assert room.api.methods().count(START) == 1


async def test_cards_join_the_text_that_streams_already(room: Room) -> None:
    reply = room.reply()
    reply.say("I will draw it. ")
    reply.say("Wait")
    await room.until(START)
    reply.task(DRAWING)
    await room.until(APPEND)
    reply.task(DRAWN)
    reply.say(" a moment.")
    assert await reply.close()
    assert text_in(room) == "I will draw it. Wait a moment."
    assert [card["status"] for card in cards(room)][-1] == "complete"
    assert cards(room, START) == []


async def test_only_the_newest_of_a_card_is_sent_and_its_details_once(room: Room) -> None:
    reply = room.reply()
    for page in range(80):
        reply.task(TaskCard("a", f"page {page}", TaskState.IN_PROGRESS))
    reply.task(replace(DRAWN, id="b"))
    await room.until(START)
    assert [card["title"] for card in cards(room)] == ["page 79", "Drew a lighthouse"]
    reply.task(replace(DRAWN, id="b", title="Drew it well"))
    await room.until(APPEND)
    assert await reply.close("_Over._")
    assert [card["details"] for card in cards(room) if "details" in card] == ["1024x1024"]


@pytest.mark.parametrize(("notice", "state"), [("", "complete"), ("_Cut off._", "error")])
async def test_no_card_is_left_at_work(room: Room, notice: str, state: str) -> None:
    reply = room.reply()
    reply.task(DRAWING)
    reply.task(TaskCard("b", "Reading", TaskState.PENDING))
    reply.task(replace(DRAWN, id="c"))
    await room.until(START)
    reply.say("One two")
    assert await reply.close(notice)
    assert {card["id"]: card["status"] for card in cards(room, STOP)} == {"a": state, "b": state}


async def test_cards_without_text_end_with_the_notice(room: Room) -> None:
    reply = room.reply()
    reply.task(DRAWING)
    await room.until(START)
    assert await reply.close("_Cut off._")
    assert text_in(room) == "_Cut off._"
    assert [card["status"] for card in cards(room, STOP)] == ["error"]
    assert not {"chat.postMessage", "chat.update"} & set(room.api.methods())


# Where Slack takes no cards


@pytest.mark.parametrize("code", ["invalid_chunks", "some_new_error"])
async def test_a_stream_that_takes_no_cards_goes_on_with_text(room: Room, code: str) -> None:
    room.api.next[START] = [Refused(START, code)]
    reply = room.reply()
    reply.task(DRAWING)
    await room.until(START)
    reply.say("One two three")
    await room.until(START, times=2)
    reply.task(DRAWN)
    assert await reply.close()
    assert text_in(room) == "One two three"
    assert len(cards(room)) == 1


async def test_text_that_began_with_cards_begins_without_them(room: Room) -> None:
    room.api.next[START] = [Refused(START, "invalid_chunks")]
    reply = room.reply()
    reply.say("One two three")
    reply.task(DRAWING)
    await room.until(START, times=2)
    assert room.texts(START) == [None, "One two "]
    assert await reply.close()
    assert room.texts(STOP) == ["three"]


async def test_an_update_that_takes_no_cards_loses_no_text(room: Room) -> None:
    room.api.next[APPEND] = [Refused(APPEND, "invalid_chunks")]
    reply = room.reply()
    reply.say("One two ")
    await room.until(START)
    reply.task(DRAWING)
    reply.say("three four ")
    await room.until(APPEND, times=2)
    assert await reply.close()
    assert room.texts(START, APPEND, STOP) == ["One ", None, "two three ", "four "]


async def test_an_end_that_takes_no_cards_is_written_whole(room: Room) -> None:
    room.api.next[STOP] = [Refused(STOP, "invalid_chunks")]
    reply = room.reply()
    reply.say("One two ")
    reply.task(DRAWING)
    await room.until(START)
    assert await reply.close()
    assert room.texts("chat.update") == ["One two "]


async def test_cards_that_cannot_be_ended_are_taken_away(room: Room) -> None:
    reply = room.reply()
    reply.task(DRAWING)
    await room.until(START)
    room.api.next[APPEND] = [Refused(APPEND, "invalid_chunks")]
    reply.task(DRAWN)
    await room.until(APPEND)
    reply.say("One two three")
    assert await reply.close()
    assert room.texts("chat.update") == ["One two three"]


@pytest.mark.parametrize("failure", [RateLimited(APPEND, 0.05), Unreachable(APPEND, "refused")])
async def test_a_card_that_did_not_get_through_is_sent_again(room: Room, failure: RateLimited | Unreachable) -> None:
    reply = room.reply()
    reply.task(DRAWING)
    await room.until(START)
    room.api.next[APPEND] = [failure]
    reply.task(DRAWN)
    await room.until(APPEND, times=2)
    assert await reply.close()
    assert [card.get("details") for card in cards(room, APPEND)] == ["1024x1024", "1024x1024"]


async def test_a_card_whose_answer_was_lost_repeats_its_state_and_not_its_details(room: Room) -> None:
    reply = room.reply()
    reply.task(DRAWING)
    await room.until(START)
    room.api.next[APPEND] = [Ambiguous(APPEND, "reset")]
    reply.task(DRAWN)
    await room.until(APPEND)
    reply.say("One two three")
    assert await reply.close()
    assert [(card["status"], "details" in card) for card in cards(room)][1:3] == [
        ("complete", True),
        ("complete", False),
    ]
    assert text_in(room) == "One two three"
    assert "chat.update" not in room.api.methods(), "no text was in doubt"


# Where there is no stream


async def test_without_a_stream_the_title_is_the_status(room: Room) -> None:
    await room.surface.found(is_agent=False)
    room.api.next[START] = [Refused(START, "feature_disabled")] * 5
    reply = room.reply()
    reply.task(DRAWING)
    await room.until(START)
    async with asyncio.timeout(10):
        while DRAWING.title not in [arguments["status"] for method, arguments in room.api.calls if method == LINE]:
            await asyncio.sleep(0.05)
    reply.say("One two three")
    assert await reply.close()
    assert room.texts("chat.postMessage") == ["One two three"]


async def test_a_resumed_reply_shows_no_cards(room: Room) -> None:
    room.api.next["conversations.replies"] = [{"messages": []}]
    reply = room.reply(earlier=Earlier())
    reply.task(DRAWING)
    await asyncio.sleep(0.05)
    reply.task(DRAWN)
    reply.say("One two three")
    assert await reply.close()
    assert cards(room) == []
    assert room.texts("chat.postMessage") == ["One two three"]
