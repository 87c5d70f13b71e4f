"""The main path, on Slack's real SDKs: a mention comes in, an answer streams out."""

from slack_sdk.web.async_client import AsyncWebClient

from playground.server import Playground
from tests.playground.sdk_bot import SdkBot


async def test_a_mention_reaches_the_bot_twice_and_its_answer_streams_into_the_thread(
    playground: Playground, bot: SdkBot
) -> None:
    workspace = playground.workspace
    identity = workspace.identity

    ts = workspace.post("ada", "general", f"<@{identity.bot_user_id}> hello")
    events = await bot.wait_for_events(2)
    assert {event["type"] for event in events} == {"app_mention", "message"}
    assert {(event["channel"], event["ts"], event["user"]) for event in events} == {("C0GENERAL1", ts, "U0ADA00001")}

    channel = events[0]["channel"]
    await bot.client.assistant_threads_setStatus(channel_id=channel, thread_ts=ts, status="thinking")
    assert workspace.status("general", ts) == "thinking"
    started = await bot.client.chat_startStream(
        channel=channel,
        thread_ts=ts,
        markdown_text="**Hello",
        recipient_user_id="U0ADA00001",
        recipient_team_id=identity.team_id,
    )
    assert [message.ts for message in workspace.open_streams()] == [started["ts"]]
    assert workspace.session("general", ts) == "processing"
    await bot.client.chat_appendStream(channel=channel, ts=started["ts"], markdown_text=" Ada**\n\n")
    await bot.client.chat_stopStream(channel=channel, ts=started["ts"], markdown_text="- one\n")
    await bot.client.chat_postMessage(channel=channel, thread_ts=ts, text="and a post")

    assert [message.text for message in workspace.answers("general", ts)] == ["**Hello Ada**\n\n- one\n", "and a post"]
    assert workspace.open_streams() == []
    assert workspace.session("general", ts) == "active"
    assert workspace.status("general", ts) == ""


async def test_the_sdk_s_own_stream_helper_works(playground: Playground, bot: SdkBot) -> None:
    ts = playground.workspace.post("ada", "general", "question")
    stream = await bot.client.chat_stream(
        channel="C0GENERAL1",
        thread_ts=ts,
        recipient_team_id="T0PLAYGRND",
        recipient_user_id="U0ADA00001",
        buffer_size=8,
    )
    for piece in ("first line\n", "second\n", "third"):
        await stream.append(markdown_text=piece)
    await stream.stop(markdown_text=".")
    (answer,) = playground.workspace.answers("general", ts)
    assert answer.text == "first line\nsecond\nthird."


async def test_a_direct_message_is_one_event(playground: Playground, bot: SdkBot) -> None:
    channel = playground.workspace.direct("ada").id
    playground.workspace.post("ada", channel, "hello")
    await playground.workspace.wait_for(lambda: all(one.acked_at for one in playground.sockets.envelopes))
    (event,) = await bot.wait_for_events(1)
    assert (event["type"], event["channel_type"], event["channel"]) == ("message", "im", channel)
    assert len(playground.sockets.envelopes) == 1


async def test_every_event_is_acknowledged_and_shared_out_over_both_sockets(
    playground: Playground, bot: SdkBot
) -> None:
    for number in range(10):
        playground.workspace.post("ada", "general", f"line {number}")
    await playground.workspace.wait_for(lambda: all(one.acked_at for one in playground.sockets.envelopes))
    connections = [envelope.connection for envelope in playground.sockets.envelopes]
    assert sorted(connections) == [1] * 5 + [2] * 5
    assert len({envelope.event_id for envelope in playground.sockets.envelopes}) == 10


async def test_calls_over_one_session_share_one_connection(playground: Playground, bot: SdkBot) -> None:
    before = playground.connections["slack"]
    for _ in range(5):
        await bot.client.auth_test()
    assert playground.connections["slack"] - before <= 1
    assert len({call.connection for call in playground.calls if call.method == "auth.test"}) == 1


async def test_identity_and_people_can_be_read(playground: Playground, bot: SdkBot) -> None:
    client: AsyncWebClient = bot.client
    identity = playground.workspace.identity
    test = await client.auth_test()
    assert (test["user_id"], test["bot_id"], test["team_id"]) == (
        identity.bot_user_id,
        identity.bot_id,
        identity.team_id,
    )
    guest = await client.users_info(user="U0GUEST001")
    assert guest["user"]["is_restricted"] is True
    outsider = await client.users_info(user="U0EXTERN01")
    assert (outsider["user"]["is_stranger"], outsider["user"]["team_id"]) == (True, identity.other_team_id)
