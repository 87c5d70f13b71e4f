"""A reply taken up again beside pictures that were shared: they are ours, carry no mark, and are left alone."""

from base_client import Earlier, FileRef, Offer, Part
from slack_client.errors import Ambiguous, Refused
from slack_client.messaging import Messaging
from slack_client.offers import offer_mark
from slack_client.web_api import Answer
from tests.slack_client.room import Room
from tests.slack_client.scripted import IDENTITY, THREAD, ScriptedApi

FILE = {"id": "F1", "name": "a.png", "size": 5, "url_private": "https://files.slack.com/x"}
PICTURE = {"ts": "1700000000.000002", "user": IDENTITY.user, "bot_id": IDENTITY.bot, "text": "", "files": [FILE]}
STREAM = {"ts": "1700000000.000003", "user": IDENTITY.user, "bot_id": IDENTITY.bot, "text": "One"}
PERSONS = {"ts": "1700000000.000004", "user": "U1", "text": "look", "files": [FILE]}
REPLIES: Answer = {"messages": [PICTURE, STREAM, PERSONS]}


async def test_a_resumed_reply_is_written_into_its_stream_and_no_picture(room: Room) -> None:
    room.api.next["conversations.replies"] = [REPLIES]
    reply = room.reply(earlier=Earlier())
    reply.say("One two three")
    assert await reply.close()
    touched = {str(arguments["ts"]) for _, arguments in room.api.calls if "text" not in arguments and "ts" in arguments}
    assert touched == {STREAM["ts"], THREAD.thread_ts}, "the stream is ended and written anew, the thread is read"
    assert room.texts("chat.update") == ["One two three"]


async def test_a_stream_whose_answer_was_lost_is_not_taken_for_a_picture(room: Room) -> None:
    room.api.next["chat.startStream"] = [Ambiguous("chat.startStream", "reset")]
    room.api.next["conversations.replies"] = [REPLIES]
    reply = room.reply()
    reply.say("One two three")
    await room.until("conversations.replies")
    assert await reply.close()
    assert [arguments["ts"] for method, arguments in room.api.calls if method == "chat.stopStream"] == [STREAM["ts"]]


async def test_the_past_names_the_files_of_its_messages() -> None:
    api = ScriptedApi()
    api.next["conversations.replies"] = [REPLIES]
    past = await Messaging(api, IDENTITY).past(THREAD, None, "1800000000.000000")
    shot = FileRef("F1", "a.png", 5, "https://files.slack.com/x")
    assert [(message.own, message.text, message.files) for message in past] == [
        (True, "", (shot,)),
        (True, "One", ()),
        (False, "look", (shot,)),
    ]


async def test_a_stream_of_another_answer_is_left_alone(room: Room) -> None:
    room.api.next["conversations.replies"] = [REPLIES]
    reply = room.reply(earlier=Earlier(others=frozenset({str(STREAM["ts"])})))
    reply.say("One two three")
    assert await reply.close()
    assert "chat.stopStream" not in room.api.methods()
    assert room.texts("chat.postMessage") == ["One two three"]


async def test_what_is_recorded_is_written_anew_although_slack_refuses_to_show_the_thread(room: Room) -> None:
    room.api.next["conversations.replies"] = [Refused("conversations.replies", "thread_not_found")]
    reply = room.reply(earlier=Earlier((Part(1, str(STREAM["ts"]), "stream", 3, open=True),)))
    reply.say("One two three")
    assert await reply.close()
    assert room.texts("chat.update") == ["One two three"]
    assert room.texts("chat.postMessage") == []


async def test_a_button_below_the_answer_stays_where_it_is(room: Room) -> None:
    below = {**STREAM, "ts": "1700000000.000005", "metadata": offer_mark("t1")}
    room.api.next["conversations.replies"] = [{"messages": [STREAM, below]}]
    room.api.next["chat.update"] = [Refused("chat.update", "block_mismatch"), {"ok": True}]
    reply = room.reply(earlier=Earlier())
    assert await reply.close("No answer.", frozenset({Offer.AGAIN}))
    assert "chat.postMessage" not in room.api.methods()
    assert "chat.delete" not in room.api.methods()


async def test_a_button_below_an_answer_that_offers_nothing_any_more_goes(room: Room) -> None:
    below = {**STREAM, "ts": "1700000000.000005", "metadata": offer_mark("t1")}
    room.api.next["conversations.replies"] = [{"messages": [STREAM, below]}]
    reply = room.reply(earlier=Earlier())
    reply.say("One two three")
    assert await reply.close()
    assert [arguments["ts"] for method, arguments in room.api.calls if method == "chat.delete"] == [below["ts"]]
