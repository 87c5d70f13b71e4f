"""Cards in a message that ends before the tools do: no card stays at work, no message stays without text."""

from dataclasses import replace

from base_client import TaskCard, TaskState
from slack_client.errors import Refused
from tests.slack_client.room import APPEND, START, STOP, Room, cards, text_in
from tests.slack_client.scripted import TIMINGS

DRAWING = TaskCard("a", "Drawing a lighthouse", TaskState.IN_PROGRESS)
DRAWN = TaskCard("a", "Drew a lighthouse", TaskState.COMPLETE, "1024x1024")


async def test_cards_of_an_old_message_end_and_the_tool_goes_on_in_the_next(room: Room) -> None:
    reply = room.reply(replace(TIMINGS, stream_lifetime=0.2))
    reply.say("One two ")
    reply.task(DRAWING)
    await room.until(STOP)
    assert [card["status"] for card in cards(room, STOP)] == ["complete"]
    assert room.api.methods().count(START) == 1, "nothing happened since"
    reply.task(DRAWN)
    await room.until(START, times=2)
    assert cards(room)[-1]["status"] == "complete"
    reply.say("three")
    assert await reply.close()
    assert text_in(room) == "One two three"
    assert [part.open for part in room.records.parts] == [True, False, True, False]
    assert [part.number for part in room.records.parts] == [1, 1, 2, 2]


async def test_an_old_message_without_text_gives_way_to_the_next(room: Room) -> None:
    reply = room.reply(replace(TIMINGS, stream_lifetime=0.2))
    reply.task(DRAWN)
    reply.task(replace(DRAWING, id="b"))
    await room.until(STOP)
    first = room.records.parts[0].ts
    reply.say("One two three")
    await room.until("chat.delete")
    assert [arguments["ts"] for method, arguments in room.api.calls if method == "chat.delete"] == [first]
    assert {card["id"] for card in cards(room, START)[2:]} == {"a", "b"}, "its cards move along"
    assert await reply.close()
    assert text_in(room) == "One two three"
    assert {part.number for part in room.records.parts} == {1}


async def test_text_that_is_posted_goes_into_the_old_message_without_text(room: Room) -> None:
    reply = room.reply(replace(TIMINGS, stream_lifetime=0.2))
    reply.task(DRAWING)
    await room.until(STOP)
    room.api.next[START] = [Refused(START, "feature_disabled")] * 2
    reply.say("One two three")
    assert await reply.close()
    updates = [arguments for method, arguments in room.api.calls if method == "chat.update"]
    assert [(arguments["ts"], arguments["markdown_text"]) for arguments in updates] == [
        (room.records.parts[0].ts, "One two three")
    ]
    assert "chat.postMessage" not in room.api.methods()


async def test_a_stream_of_cards_that_slack_ended_leaves_no_message_without_text(room: Room) -> None:
    reply = room.reply()
    reply.task(DRAWING)
    await room.until(START)
    room.api.next[APPEND] = [Refused(APPEND, "message_not_in_streaming_state")]
    reply.task(DRAWN)
    await room.until(APPEND)
    reply.say("One two three")
    assert await reply.close()
    assert text_in(room).endswith("One two three") or room.texts("chat.update") == ["One two three"]
    assert "chat.postMessage" not in room.api.methods()


async def test_a_code_block_that_goes_on_behind_cards_is_opened_again(room: Room) -> None:
    reply = room.reply(replace(TIMINGS, stream_lifetime=0.2))
    reply.say("```sh\nls -l\npwd")
    await room.until(STOP)
    reply.task(DRAWN)
    await room.until(START, times=2)
    reply.say("\n```\n")
    assert await reply.close()
    assert text_in(room) == "```sh\nls -l\n```" + "```sh\npwd\n```\n"
