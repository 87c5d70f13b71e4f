"""Which events the workspace sends, and to whom."""

from typing import Any

import pytest

from playground.server import Playground
from playground.slack.wire import SlackError
from tests.playground.raw_socket import RawSocket
from tests.playground.slack_calls import SlackCalls

GENERAL = "C0GENERAL1"
MENTION = "<@U0THREADWL> hello"


async def _events(socket: RawSocket, count: int) -> list[dict[str, Any]]:
    """The next events, acknowledged, and the proof that no further one follows."""
    found = []
    for _ in range(count):
        envelope = await socket.read()
        await socket.acknowledge(envelope)
        found.append(envelope["payload"]["event"])
    assert await socket.silent_for(0.05)
    return found


async def test_a_mention_makes_two_events_with_ids_of_their_own(playground: Playground) -> None:
    async with RawSocket(playground) as socket:
        ts = playground.workspace.post("ada", GENERAL, MENTION)
        first, second = [(await socket.read())["payload"] for _ in range(2)]
        assert first["event_id"] != second["event_id"]
        assert (first["event"]["type"], second["event"]["type"]) == ("app_mention", "message")
        assert first["event"]["client_msg_id"] == second["event"]["client_msg_id"]
        assert first["event"]["ts"] == second["event"]["ts"] == ts
        assert "channel_type" not in first["event"]
        elements = first["event"]["blocks"][0]["elements"][0]["elements"]
        assert elements[0] == {"type": "user", "user_id": "U0THREADWL"}


async def test_a_mention_in_direct_messages_makes_one(playground: Playground) -> None:
    async with RawSocket(playground) as socket:
        playground.workspace.post("ada", "D0ADA00001", MENTION)
        (event,) = await _events(socket, 1)
        assert (event["type"], event["channel_type"]) == ("message", "im")


async def test_nothing_is_sent_from_where_the_bot_is_not_or_what_it_did_not_ask_for(playground: Playground) -> None:
    workspace = playground.workspace
    async with RawSocket(playground) as socket:
        workspace.channel("team").members.discard("U0THREADWL")
        workspace.post("ada", "team", MENTION)
        workspace.events.subscriptions.discard("message.channels")
        ts = workspace.post("ada", GENERAL, MENTION)
        workspace.react("ada", GENERAL, ts, "tada")
        (event,) = await _events(socket, 1)
        assert event["type"] == "app_mention"


async def test_people_of_another_organisation_are_marked(playground: Playground) -> None:
    async with RawSocket(playground) as socket:
        playground.workspace.post("otto", "partners", "hello")
        payload = (await socket.read())["payload"]
        assert payload["is_ext_shared_channel"] is True
        assert payload["team_id"] == "T0PLAYGRND"
        event = payload["event"]
        assert {event["team"], event["user_team"], event["source_team"]} == {"T0ELSEWHER"}


async def test_only_members_write(playground: Playground) -> None:
    for user, channel in (("otto", "general"), ("gwen", "team"), ("ada", "D0GRACE001")):
        with pytest.raises(SlackError, match="not_in_channel"):
            playground.workspace.post(user, channel, "hello")
    with pytest.raises(SlackError, match="thread_not_found"):
        playground.workspace.post("ada", GENERAL, "hello", "1.000001")


async def test_edits_and_previews_are_changes(playground: Playground) -> None:
    async with RawSocket(playground) as socket:
        ts = playground.workspace.post("ada", GENERAL, "one")
        playground.workspace.edit(GENERAL, ts, "two")
        playground.workspace.unfurl(GENERAL, ts)
        _, edit, preview = await _events(socket, 3)
    assert (edit["subtype"], edit["hidden"], edit["channel"]) == ("message_changed", True, GENERAL)
    assert (edit["previous_message"]["text"], edit["message"]["text"], edit["message"]["ts"]) == ("one", "two", ts)
    assert edit["message"]["edited"]["user"] == "U0ADA00001"
    assert (preview["previous_message"]["text"], preview["message"]["text"]) == ("two", "two")
    assert "attachments" in preview["message"]


async def test_a_deletion_and_a_tombstone(playground: Playground) -> None:
    workspace = playground.workspace
    async with RawSocket(playground) as socket:
        root = workspace.post("ada", GENERAL, "root")
        reply = workspace.post("ada", GENERAL, "reply", root)
        workspace.delete(GENERAL, root)
        workspace.delete(GENERAL, reply)
        *_, tombstone, deleted = await _events(socket, 4)
    assert (tombstone["subtype"], tombstone["message"]["subtype"]) == ("message_changed", "tombstone")
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", reply)
    assert deleted["previous_message"]["thread_ts"] == root


async def test_the_bot_s_own_messages_come_back_to_it(playground: Playground, slack: SlackCalls) -> None:
    async with RawSocket(playground) as socket:
        posted = await slack.ok("chat.postMessage", channel=GENERAL, text=MENTION)
        await slack.ok("chat.update", channel=GENERAL, ts=posted["ts"], text="other")
        created, changed = await _events(socket, 2)
    assert (created["type"], created["bot_id"], created["user"]) == ("message", "B0THREADWL", "U0THREADWL")
    assert "client_msg_id" not in created
    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "other")


async def test_stop_and_a_new_title_are_told(playground: Playground, slack: SlackCalls) -> None:
    workspace = playground.workspace
    ts = workspace.post("ada", "D0ADA00001", "question")
    stream = await slack.ok("chat.startStream", channel="D0ADA00001", thread_ts=ts)
    async with RawSocket(playground) as socket:
        await _events(socket, 2)
        workspace.press_stop("ada", "D0ADA00001", ts)
        workspace.rename_session("ada", "D0ADA00001", ts, "A title")
        stop, title = await _events(socket, 2)
    assert (stop["type"], stop["user"], stop["thread_ts"]) == ("agent_session_stopped", "U0ADA00001", ts)
    assert stop["streaming_message_ts"] == [stream["ts"]]
    assert (title["type"], title["title"], title["previous_title"]) == ("agent_session_title_changed", "A title", "")


async def test_new_people_and_channels_take_part(playground: Playground) -> None:
    workspace = playground.workspace
    person = workspace.add_person("mary")
    channel = workspace.add_channel("load", ["mary"])
    async with RawSocket(playground) as socket:
        workspace.post("mary", channel.id, MENTION)
        workspace.post("mary", workspace.direct("mary").id, "hello")
        events = await _events(socket, 3)
    assert {event["user"] for event in events} == {person.id}


async def test_ts_are_unique_and_increasing(playground: Playground) -> None:
    found = [playground.workspace.timestamps.next() for _ in range(1_000)]
    assert found == sorted(set(found))


async def test_files_make_a_file_share(playground: Playground) -> None:
    async with RawSocket(playground) as socket:
        playground.workspace.upload("ada", GENERAL, "look", [("a.txt", b"words")])
        (event,) = await _events(socket, 1)
    assert (event["subtype"], [file["name"] for file in event["files"]]) == ("file_share", ["a.txt"])
