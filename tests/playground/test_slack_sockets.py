"""Socket Mode: tickets, envelopes, acknowledgements, redelivery, and what goes wrong with it."""

from functools import partial

import aiohttp
import pytest

from playground.server import Playground
from tests.playground.raw_socket import RawSocket
from tests.playground.sdk_bot import SdkBot
from tests.playground.slack_calls import SlackCalls


async def test_hello_pings_and_the_shape_of_an_envelope(playground: Playground) -> None:
    async with RawSocket(playground) as socket:
        assert (socket.hello["type"], socket.hello["num_connections"]) == ("hello", 1)
        assert socket.hello["connection_info"] == {"app_id": "A0THREADWL"}
        await socket.socket.ping(b"sdk-ping-pong:1")
        pong = await socket.socket.receive(timeout=5)
        assert (pong.type, bytes(pong.data)) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1")
        ts = playground.workspace.post("ada", "team", "hello")
        envelope = await socket.read()
        payload = envelope.pop("payload")
        envelope.pop("envelope_id")
        assert envelope == {
            "type": "events_api",
            "accepts_response_payload": False,
            "retry_attempt": 0,
            "retry_reason": "",
        }
        assert (payload["type"], payload["team_id"], payload["api_app_id"]) == (
            "event_callback",
            "T0PLAYGRND",
            "A0THREADWL",
        )
        event = payload["event"]
        assert (event["type"], event["channel_type"], event["ts"], event["text"]) == ("message", "group", ts, "hello")


async def test_tickets_open_one_connection(playground: Playground) -> None:
    async with RawSocket(playground) as socket:
        assert await socket.handshake_status() == 403


async def test_a_burnt_ticket_is_spent(playground: Playground, slack: SlackCalls) -> None:
    playground.faults.burnt_tickets = 1
    with pytest.raises(aiohttp.WSServerHandshakeError) as failure:
        async with RawSocket(playground):
            pass
    assert failure.value.status == 500
    async with RawSocket(playground) as socket:
        assert socket.hello["type"] == "hello"


async def test_an_event_is_sent_again_until_it_is_acknowledged(playground: Playground) -> None:
    playground.faults.ack_timeout = 0.05
    playground.faults.retry_pauses = (0.0, 0.05, 0.05)
    async with RawSocket(playground) as socket:
        playground.workspace.post("ada", "general", "hello")
        frames = [await socket.read() for _ in range(3)]
        await socket.acknowledge(frames[2])
        assert await socket.silent_for(0.3)
    assert [(frame["retry_attempt"], frame["retry_reason"]) for frame in frames] == [
        (0, ""),
        (1, "timeout"),
        (2, "timeout"),
    ]
    assert len({frame["payload"]["event_id"] for frame in frames}) == 1
    assert len({frame["envelope_id"] for frame in frames}) == 3
    assert [envelope.acked_at is not None for envelope in playground.sockets.envelopes] == [False, False, True]


async def test_an_event_is_given_up_after_three_further_deliveries(playground: Playground) -> None:
    playground.faults.ack_timeout = 0.02
    playground.faults.retry_pauses = (0.0, 0.0, 0.0)
    async with RawSocket(playground):
        playground.workspace.post("ada", "general", "hello")
        await playground.workspace.wait_for(lambda: playground.sockets.lost == 1)
    assert [envelope.retry_attempt for envelope in playground.sockets.envelopes] == [0, 1, 2, 3]


async def test_a_late_acknowledgement_of_the_first_delivery_counts(playground: Playground) -> None:
    playground.faults.ack_timeout = 0.05
    playground.faults.retry_pauses = (0.2,)
    async with RawSocket(playground) as socket:
        playground.workspace.post("ada", "general", "hello")
        first = await socket.read()
        assert await socket.silent_for(0.1)
        await socket.acknowledge(first)
        assert await socket.silent_for(0.3)
    assert playground.sockets.lost == 0


async def test_acknowledgements_that_are_not_heard_bring_the_event_again(playground: Playground) -> None:
    playground.faults.ack_timeout = 0.05
    playground.faults.ignored_acks = 1
    async with RawSocket(playground) as socket:
        playground.workspace.post("ada", "general", "hello")
        first = await socket.read()
        await socket.acknowledge(first)
        second = await socket.read()
        await socket.acknowledge(second)
        await playground.workspace.wait_for(lambda: playground.sockets.envelopes[-1].acked_at)
    assert (second["retry_attempt"], second["payload"]) == (1, first["payload"])


async def test_events_wait_for_the_first_socket(playground: Playground) -> None:
    playground.workspace.post("ada", "general", "one")
    playground.workspace.post("ada", "general", "two")
    async with RawSocket(playground) as socket:
        frames = [await socket.read() for _ in range(2)]
    assert [frame["payload"]["event"]["text"] for frame in frames] == ["one", "two"]


async def test_what_was_not_acknowledged_comes_again_after_a_restart(playground: Playground) -> None:
    async with RawSocket(playground) as socket:
        playground.workspace.post("ada", "general", "one")
        playground.workspace.post("ada", "general", "two")
        frames = [await socket.read() for _ in range(2)]
        await socket.acknowledge(frames[0])
        await playground.workspace.wait_for(lambda: playground.sockets.envelopes[0].acked_at)
        await playground.stop()
    await playground.start()
    async with RawSocket(playground) as socket:
        assert (await socket.read())["payload"] == frames[1]["payload"]
        assert await socket.silent_for(0.05)


async def test_a_duplicate_is_the_same_event_in_two_envelopes(playground: Playground) -> None:
    playground.faults.duplicate_deliveries = 1
    async with RawSocket(playground) as socket:
        playground.workspace.post("ada", "general", "hello")
        first, second = [await socket.read() for _ in range(2)]
        assert await socket.silent_for(0.1)
    assert first["payload"] == second["payload"]
    assert first["envelope_id"] != second["envelope_id"]
    assert second["retry_attempt"] == 0


async def test_a_late_event_is_overtaken(playground: Playground) -> None:
    playground.faults.late_deliveries = 1
    playground.faults.late_seconds = 0.1
    async with RawSocket(playground) as socket:
        playground.workspace.post("ada", "general", "one")
        playground.workspace.post("ada", "general", "two")
        frames = [await socket.read() for _ in range(2)]
    assert [frame["payload"]["event"]["text"] for frame in frames] == ["two", "one"]


async def test_a_half_open_socket_stays_open_and_is_dead(playground: Playground) -> None:
    async with RawSocket(playground) as socket:
        playground.faults.half_open = True
        playground.workspace.post("ada", "general", "hello")
        await socket.socket.ping(b"are you there")
        assert await socket.silent_for(0.2)
        playground.faults.half_open = False
        playground.workspace.post("ada", "general", "hello again")
        assert await socket.silent_for(0.2)
        assert not socket.socket.closed
        assert len(playground.sockets.envelopes) == 2
        async with RawSocket(playground) as fresh:
            assert fresh.hello["num_connections"] == 2


async def test_a_disconnect_frame_with_an_event_right_behind_it(playground: Playground) -> None:
    playground.faults.disconnects_in_flight = 1
    async with RawSocket(playground) as socket:
        playground.workspace.post("ada", "general", "hello")
        frame, envelope = [await socket.read() for _ in range(2)]
        assert (frame["type"], frame["reason"]) == ("disconnect", "warning")
        assert envelope["type"] == "events_api"
        playground.workspace.post("ada", "general", "for the next socket")
        assert await socket.silent_for(0.1)
        async with RawSocket(playground) as fresh:
            assert (await fresh.read())["payload"]["event"]["text"] == "for the next socket"


async def test_more_than_ten_sockets_are_sent_away(playground: Playground) -> None:
    sockets = [RawSocket(playground) for _ in range(11)]
    for socket in sockets:
        await socket.__aenter__()
    assert sockets[-1].hello["reason"] == "too_many_websockets"
    for socket in sockets:
        await socket.__aexit__(None, None, None)


async def test_an_answer_to_a_command_is_kept(playground: Playground) -> None:
    async with RawSocket(playground) as socket:
        playground.sockets.deliver({"command": "/ask", "text": ""}, "slash_commands", accepts_response=True)
        envelope = await socket.read()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
        assert "retry_attempt" not in envelope
        await socket.acknowledge(envelope, {"text": "hello"})
        await playground.workspace.wait_for(lambda: playground.sockets.envelopes[0].acked_at)
    assert playground.sockets.envelopes[0].ack_payload == {"text": "hello"}


async def test_frames_that_are_no_acknowledgement_are_ignored(playground: Playground) -> None:
    async with RawSocket(playground) as socket:
        for text in ("{", "[]", '{"envelope_id": "unknown"}'):
            await socket.socket.send_str(text)
        playground.workspace.post("ada", "general", "hello")
        assert (await socket.read())["type"] == "events_api"


async def test_raw_frames_and_raw_events(playground: Playground) -> None:
    async with RawSocket(playground) as socket:
        playground.sockets.send_frame('{"type": "song"}')
        assert await socket.read() == {"type": "song"}
        payload = playground.workspace.events.payload({"type": "message", "channel": 7})
        playground.workspace.send_event(payload)
        playground.workspace.send_event(payload, after=0.05)
        first, second = [await socket.read() for _ in range(2)]
        assert first["payload"] == second["payload"] == payload


def _opened(playground: Playground, count: int) -> bool:
    return playground.sockets.opened >= count


async def test_the_real_client_comes_back_after_a_cut_a_refresh_and_a_half_open_socket(
    playground: Playground, bot: SdkBot
) -> None:
    sockets = playground.sockets
    for trouble in (sockets.cut, sockets.disconnect, sockets.freeze):
        expected = sockets.opened + 1
        trouble(number=sockets.connections[0].number)
        await playground.workspace.wait_for(partial(_opened, playground, expected), timeout=15)
    playground.workspace.post("ada", "general", "still there?")
    await bot.wait_for_events(1)


async def test_a_repeated_event_reaches_the_real_client_with_its_retry(playground: Playground, bot: SdkBot) -> None:
    playground.faults.ack_timeout = 0.1
    playground.faults.retry_pauses = (0.0, 0.0, 0.0)
    playground.faults.ignored_acks = 2
    playground.workspace.post("ada", "general", "hello")
    events = await bot.wait_for_events(3)
    assert len({event["ts"] for event in events}) == 1
    await playground.workspace.wait_for(lambda: playground.sockets.envelopes[-1].retry_attempt == 2)
