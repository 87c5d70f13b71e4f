"""Streamed messages: their life, their limits, the status line and the session beside them."""

import pytest

from playground.server import Playground
from tests.playground.slack_calls import SlackCalls

GENERAL = "C0GENERAL1"
TEXT = {"markdown_text": "x"}
TASK = {"type": "task_update", "id": "1", "title": "t", "status": "pending"}


def _start_args(playground: Playground) -> dict[str, object]:
    ts = playground.workspace.post("ada", GENERAL, "question")
    return {
        "channel": GENERAL,
        "thread_ts": ts,
        "recipient_user_id": "U0ADA00001",
        "recipient_team_id": "T0PLAYGRND",
    }


async def _start(playground: Playground, slack: SlackCalls, **more: object) -> dict[str, object]:
    """A live stream; the arguments that name it."""
    answer = await slack.ok("chat.startStream", **_start_args(playground), **more)
    return {"channel": GENERAL, "ts": answer["ts"]}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"recipient_user_id": None}, "missing_recipient_user_id"),
        ({"recipient_team_id": None}, "missing_recipient_team_id"),
        ({"recipient_user_id": "U0NOBODY00"}, "user_not_found"),
        ({"thread_ts": None}, "invalid_thread_ts"),
        ({"thread_ts": "1.000001"}, "invalid_thread_ts"),
        ({"channel": "C0NOWHERE0"}, "channel_not_found"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"metadata": {"event_type": "turn", "event_payload": {}}}, "invalid_arguments"),
        ({"blocks": [{"type": "divider"}]}, "invalid_arguments"),
        ({"chunks": [{"type": "song"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "markdown_text", "markdown_text": "x"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "task_update", "id": "1", "title": "t", "status": "done"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "plan_update", "title": "t" * 257}]}, "invalid_chunks"),
        ({"chunks": [TASK | {"details": "d" * 257}]}, "invalid_chunks"),
        ({"chunks": [TASK | {"output": 7}]}, "invalid_chunks"),
    ],
)
async def test_starts_that_slack_refuses(
    playground: Playground, slack: SlackCalls, change: dict[str, object], code: str
) -> None:
    assert await slack.refused("chat.startStream", **(_start_args(playground) | change)) == code
    assert playground.workspace.open_streams() == []


async def test_task_cards_alone_make_a_stream_and_a_rewrite_takes_them_away(
    playground: Playground, slack: SlackCalls
) -> None:
    stream = await _start(playground, slack, chunks=[TASK])
    await slack.ok("chat.appendStream", **stream, chunks=[TASK | {"status": "complete", "details": "d" * 256}])
    message = playground.workspace.message(GENERAL, str(stream["ts"]))
    assert ([chunk["status"] for chunk in message.chunks], message.text) == (["pending", "complete"], "")
    await slack.ok("chat.stopStream", **stream)
    await slack.ok("chat.update", **stream, text="all of it anew")
    assert message.chunks == []


async def test_the_text_is_kept_raw_and_in_order(playground: Playground, slack: SlackCalls) -> None:
    pieces = ["# One\n", "*two* & <three>\n\n", "  - four", "\n"]
    stream = await _start(playground, slack, markdown_text=pieces[0])
    await slack.ok("chat.appendStream", **stream, markdown_text=pieces[1])
    await slack.ok("chat.appendStream", **stream, chunks=[{"type": "markdown_text", "text": pieces[2]}])
    answer = await slack.ok("chat.stopStream", **stream, markdown_text=pieces[3])
    assert answer["message"]["text"] == "".join(pieces)
    message = playground.workspace.message(GENERAL, str(stream["ts"]))
    assert message.stream is not None
    assert [text for _, text in message.stream.pieces] == pieces
    assert message.stream.state == "ended"


async def test_a_stopped_stream_takes_metadata_and_blocks_and_a_session_status(
    playground: Playground, slack: SlackCalls
) -> None:
    stream = await _start(playground, slack)
    metadata = {"event_type": "turn", "event_payload": {"part": 1}}
    await slack.ok(
        "chat.stopStream", **stream, metadata=metadata, blocks=[{"type": "divider"}], session_status="closed"
    )
    message = playground.workspace.message(GENERAL, str(stream["ts"]))
    assert (message.metadata, message.blocks) == (metadata, [{"type": "divider"}])
    assert playground.workspace.session(GENERAL, message.root_ts) == "closed"


async def test_one_streamed_message_holds_12000_characters(playground: Playground, slack: SlackCalls) -> None:
    stream = await _start(playground, slack, markdown_text="x" * 11_999)
    assert await slack.refused("chat.appendStream", **stream, markdown_text="xy") == "msg_too_long"
    await slack.ok("chat.appendStream", **stream, markdown_text="x")
    assert await slack.refused("chat.stopStream", **stream, markdown_text="x") == "msg_too_long"
    assert len(playground.workspace.open_streams()) == 1


async def test_an_ended_stream_takes_nothing_more(playground: Playground, slack: SlackCalls) -> None:
    stream = await _start(playground, slack)
    await slack.ok("chat.stopStream", **stream)
    for method in ("chat.appendStream", "chat.stopStream"):
        assert await slack.refused(method, **stream, **TEXT) == "message_not_in_streaming_state"
    await slack.ok("chat.update", **stream, text="now an ordinary message")


async def test_a_live_stream_cannot_be_updated_and_an_ordinary_message_not_appended(
    playground: Playground, slack: SlackCalls
) -> None:
    stream = await _start(playground, slack)
    assert await slack.refused("chat.update", **stream, text="x") == "streaming_state_conflict"
    posted = await slack.ok("chat.postMessage", channel=GENERAL, text="hello")
    args = {"channel": GENERAL, "ts": posted["ts"], "markdown_text": "x"}
    assert await slack.refused("chat.appendStream", **args) == "message_not_in_streaming_state"
    theirs = args | {"ts": playground.workspace.post("ada", GENERAL, "mine")}
    assert await slack.refused("chat.appendStream", **theirs) == "message_not_owned_by_app"


async def test_a_stream_expires_whatever_is_appended(playground: Playground, slack: SlackCalls) -> None:
    playground.faults.stream_lifetime = 0.1
    stream = await _start(playground, slack)
    thread_ts = playground.workspace.message(GENERAL, str(stream["ts"])).root_ts
    await slack.ok("chat.appendStream", **stream, **TEXT)
    await playground.workspace.wait_for(lambda: not playground.workspace.open_streams())
    for method in ("chat.appendStream", "chat.stopStream"):
        assert await slack.refused(method, **stream, **TEXT) == "message_not_in_streaming_state"
    assert playground.workspace.session(GENERAL, thread_ts) == "active"
    await slack.ok("chat.update", **stream, text="rescued")


async def test_a_person_s_stop_refuses_more_text_but_not_the_end(playground: Playground, slack: SlackCalls) -> None:
    workspace = playground.workspace
    stream = await _start(playground, slack)
    thread_ts = workspace.message(GENERAL, str(stream["ts"])).root_ts
    workspace.press_stop("ada", GENERAL, thread_ts)
    assert await slack.refused("chat.appendStream", **stream, **TEXT) == "stopped_by_user"
    assert workspace.session(GENERAL, thread_ts) == "processing"
    await slack.ok("chat.stopStream", **stream)
    assert workspace.session(GENERAL, thread_ts) == "active"


async def test_without_the_stop_event_a_start_warns(playground: Playground, slack: SlackCalls) -> None:
    playground.workspace.events.subscriptions.discard("agent_session_stopped")
    answer = await slack.ok("chat.startStream", **_start_args(playground))
    assert answer["warning"] == "missing_agent_session_stopped_event_subscription"


async def test_status_lines_end_with_an_empty_text_or_a_message(playground: Playground, slack: SlackCalls) -> None:
    workspace = playground.workspace
    ts = workspace.post("ada", GENERAL, "question")
    place = {"channel_id": GENERAL, "thread_ts": ts}
    await slack.ok("assistant.threads.setStatus", **place, status="thinking", loading_messages=["a", "b"])
    assert workspace.sessions.line(GENERAL, ts).loading_messages == ("a", "b")
    assert workspace.session(GENERAL, ts) == "processing"
    await slack.ok("assistant.threads.setStatus", **place, status="")
    assert (workspace.status(GENERAL, ts), workspace.session(GENERAL, ts)) == ("", "active")
    await slack.ok("assistant.threads.setStatus", **place, status="thinking")
    await slack.ok("chat.postMessage", channel=GENERAL, thread_ts=ts, text="done")
    assert workspace.status(GENERAL, ts) == ""
    too_many = await slack.refused("assistant.threads.setStatus", **place, status="x", loading_messages=["a"] * 11)
    assert too_many == "invalid_arguments"


async def test_sessions_of_an_agent(playground: Playground, slack: SlackCalls) -> None:
    ts = playground.workspace.post("ada", GENERAL, "question")
    place = {"channel_id": GENERAL, "thread_ts": ts}
    await slack.ok("agents.sessions.setStatus", **place, status="processing", title="A question")
    await slack.ok("agents.sessions.rename", **place, title="Another")
    assert playground.workspace.session(GENERAL, ts) == "processing"
    assert playground.workspace.sessions.title_of(GENERAL, ts) == "Another"
    await slack.ok("assistant.threads.setTitle", **place, title="A third")
    assert playground.workspace.sessions.title_of(GENERAL, ts) == "A third"
    assert await slack.refused("agents.sessions.setStatus", **place, status="busy") == "invalid_arguments"
    assert await slack.refused("agents.sessions.rename", **place, title="x" * 201) == "invalid_arguments"
    assert await slack.refused("agents.sessions.rename", channel_id=GENERAL, title="x") == "invalid_thread_ts"


async def test_an_app_that_is_no_agent_has_status_lines_only(playground: Playground, slack: SlackCalls) -> None:
    playground.workspace.is_agent = False
    ts = playground.workspace.post("ada", GENERAL, "question")
    place = {"channel_id": GENERAL, "thread_ts": ts}
    assert await slack.refused("agents.sessions.setStatus", **place, status="processing") == "feature_disabled"
    await slack.ok("assistant.threads.setStatus", **place, status="thinking")
    assert (playground.workspace.status(GENERAL, ts), playground.workspace.session(GENERAL, ts)) == ("thinking", "")
    prompts = [{"title": "a", "message": "b"}]
    refused = await slack.refused("assistant.threads.setSuggestedPrompts", channel_id="D0ADA00001", prompts=prompts)
    assert refused == "not_agent_app"


async def test_suggested_prompts_are_for_direct_messages(playground: Playground, slack: SlackCalls) -> None:
    prompts = [{"title": "a", "message": "b"}]
    method = "assistant.threads.setSuggestedPrompts"
    await slack.ok(method, channel_id="D0ADA00001", prompts=prompts)
    assert playground.workspace.sessions.prompts == {"D0ADA00001": prompts}
    assert await slack.refused(method, channel_id=GENERAL, prompts=prompts) == "channel_type_not_supported"
    assert await slack.refused(method, channel_id="D0ADA00001", prompts=prompts * 5) == "invalid_arguments"
