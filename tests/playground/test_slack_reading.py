"""conversations.replies and conversations.history."""

from playground.server import Playground
from tests.playground.slack_calls import SlackCalls

GENERAL = "C0GENERAL1"


async def _thread(playground: Playground, slack: SlackCalls, replies: int) -> list[str]:
    root = playground.workspace.post("ada", GENERAL, "root")
    found = [root]
    for number in range(replies):
        metadata = {"event_type": "turn", "event_payload": {"part": number}}
        answer = await slack.ok(
            "chat.postMessage", channel=GENERAL, thread_ts=root, text=f"reply {number}", metadata=metadata
        )
        found.append(answer["ts"])
    return found


async def test_replies_come_oldest_first_and_in_pages(playground: Playground, slack: SlackCalls) -> None:
    thread = await _thread(playground, slack, 4)
    first = await slack.get("conversations.replies", channel=GENERAL, ts=thread[0], limit="3")
    assert [message["ts"] for message in first["messages"]] == thread[:3]
    assert first["has_more"] is True
    cursor = first["response_metadata"]["next_cursor"]
    second = await slack.get("conversations.replies", channel=GENERAL, ts=thread[0], limit="3", cursor=cursor)
    assert [message["ts"] for message in second["messages"]] == thread[3:]
    assert second["has_more"] is False


async def test_the_first_message_knows_its_replies(playground: Playground, slack: SlackCalls) -> None:
    thread = await _thread(playground, slack, 2)
    answer = await slack.ok("conversations.replies", channel=GENERAL, ts=thread[0])
    root, reply, _ = answer["messages"]
    assert (root["reply_count"], root["latest_reply"], root["thread_ts"]) == (2, thread[2], thread[0])
    assert (reply["parent_user_id"], reply["bot_id"], reply["thread_ts"]) == ("U0ADA00001", "B0THREADWL", thread[0])


async def test_metadata_is_shown_only_when_asked_for(playground: Playground, slack: SlackCalls) -> None:
    thread = await _thread(playground, slack, 1)
    plain = await slack.get("conversations.replies", channel=GENERAL, ts=thread[0])
    assert "metadata" not in plain["messages"][1]
    full = await slack.get("conversations.replies", channel=GENERAL, ts=thread[0], include_all_metadata="1")
    assert full["messages"][1]["metadata"]["event_payload"] == {"part": 0}


async def test_a_range_leaves_its_ends_out_unless_inclusive(playground: Playground, slack: SlackCalls) -> None:
    thread = await _thread(playground, slack, 3)
    args = {"channel": GENERAL, "ts": thread[0], "oldest": thread[1], "latest": thread[3]}
    inner = await slack.ok("conversations.replies", **args)
    assert [message["ts"] for message in inner["messages"]] == [thread[0], thread[2]]
    whole = await slack.ok("conversations.replies", inclusive=True, **args)
    assert [message["ts"] for message in whole["messages"]] == thread


async def test_only_a_first_message_names_a_thread(playground: Playground, slack: SlackCalls) -> None:
    thread = await _thread(playground, slack, 2)
    answer = await slack.ok("conversations.replies", channel=GENERAL, ts=thread[1])
    assert [message["ts"] for message in answer["messages"]] == [thread[1]]
    assert await slack.refused("conversations.replies", channel=GENERAL, ts="1.000001") == "thread_not_found"
    assert await slack.refused("conversations.replies", channel=GENERAL, ts="one") == "invalid_ts_timestamp"


async def test_history_is_newest_first_without_replies(playground: Playground, slack: SlackCalls) -> None:
    thread = await _thread(playground, slack, 2)
    later = playground.workspace.post("grace", GENERAL, "later")
    answer = await slack.ok("conversations.history", channel=GENERAL)
    assert [message["ts"] for message in answer["messages"]] == [later, thread[0]]
    page = await slack.ok("conversations.history", channel=GENERAL, limit=1)
    assert page["has_more"] is True


async def test_a_deleted_first_message_leaves_a_tombstone(playground: Playground, slack: SlackCalls) -> None:
    thread = await _thread(playground, slack, 1)
    playground.workspace.delete(GENERAL, thread[0])
    answer = await slack.ok("conversations.replies", channel=GENERAL, ts=thread[0])
    assert (answer["messages"][0]["subtype"], answer["messages"][0]["user"]) == ("tombstone", "USLACKBOT")
    assert answer["messages"][1]["text"] == "reply 0"
