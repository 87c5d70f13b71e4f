"""The controls over HTTP, and the playground as a process of its own."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

from playground.__main__ import read_options
from playground.server import Options, Playground
from tests.playground.raw_socket import RawSocket
from tests.playground.slack_calls import SlackCalls

ROOT = Path(__file__).parent.parent.parent


async def test_a_message_its_thread_and_its_end(playground: Playground, slack: SlackCalls) -> None:
    posted = await slack.control("POST", "messages", user="ada", channel="general", text="hello")
    assert posted["ok"] is True
    place = {"channel": posted["channel"], "ts": posted["ts"]}
    assert (await slack.control("PATCH", "messages", **place, text="hello again"))["ok"] is True
    await slack.control("POST", "reactions", user="grace", **place, name="tada")
    await slack.control("POST", "messages", user="ada", channel="general", text="reply", thread_ts=posted["ts"])
    thread = await slack.control("GET", "thread", channel="general", thread_ts=posted["ts"])
    assert [message["text"] for message in thread["messages"]] == ["hello again", "reply"]
    assert thread["messages"][0]["reactions"][0]["users"] == ["U0GRACE001"]
    await slack.control("DELETE", "messages", **place)
    assert playground.workspace.thread("general", posted["ts"])[0].subtype == "tombstone"
    direct = await slack.control("POST", "messages", user="ada", channel="@ada", text="hello")
    assert direct["channel"] == "D0ADA00001"


async def test_waiting_for_an_answer(playground: Playground, slack: SlackCalls) -> None:
    ts = playground.workspace.post("ada", "D0ADA00001", "question")
    place = {"channel": "D0ADA00001", "thread_ts": ts}
    assert (await slack.control("GET", "thread", **place, timeout=1))["error"] == "timeout"
    waiting = asyncio.create_task(slack.control("GET", "thread", **place, timeout=10))
    stream = await slack.ok("chat.startStream", **place, markdown_text="ans")
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await slack.ok("chat.stopStream", channel="D0ADA00001", ts=stream["ts"], markdown_text="wer")
    answer = (await waiting)["messages"][-1]
    assert (answer["text"], answer["stream"]) == ("answer", "ended")


async def test_the_records_can_be_read_from_a_point_on(playground: Playground, slack: SlackCalls) -> None:
    await slack.ok("auth.test")
    first = await slack.control("GET", "calls")
    await slack.ok("team.info")
    second = await slack.control("GET", "calls", since=first["next"])
    assert [call["method"] for call in first["calls"]] == ["auth.test"]
    assert [call["method"] for call in second["calls"]] == ["team.info"]
    assert (await slack.control("GET", "calls", method="auth.test"))["calls"] == first["calls"]
    async with RawSocket(playground) as socket:
        playground.workspace.post("ada", "general", "hello")
        await socket.acknowledge(await socket.read())
        await playground.workspace.wait_for(lambda: playground.sockets.envelopes[0].acked_at)
    (envelope,) = (await slack.control("GET", "envelopes"))["envelopes"]
    assert (envelope["event"], envelope["acked_at"] is not None) == ("message", True)


async def test_the_state_shows_everything(playground: Playground, slack: SlackCalls) -> None:
    ts = playground.workspace.post("ada", "general", "question")
    args = {"thread_ts": ts, "recipient_user_id": "U0ADA00001", "recipient_team_id": "T0PLAYGRND"}
    stream = await slack.ok("chat.startStream", channel="C0GENERAL1", **args)
    state = await slack.control("GET", "state")
    assert state["open_streams"] == [{"channel": "C0GENERAL1", "thread_ts": ts, "ts": stream["ts"]}]
    general = next(channel for channel in state["channels"] if channel["id"] == "C0GENERAL1")
    assert [message["ts"] for message in general["messages"]] == [ts, stream["ts"]]
    assert len(state["people"]) == 6
    await slack.control("POST", "streams")
    assert playground.workspace.open_streams() == []


async def test_faults_are_shown_set_and_reset(playground: Playground, slack: SlackCalls) -> None:
    body = await slack.control("POST", "faults", burnt_tickets=3, rules=[{"kind": "slow", "seconds": 0.1}])
    assert body["faults"]["burnt_tickets"] == playground.faults.burnt_tickets == 3
    assert (await slack.control("GET", "faults"))["faults"] == body["faults"]
    refused = await slack.control("POST", "faults", explode=1)
    assert refused == {"ok": False, "error": "unknown knob explode"}
    await slack.control("DELETE", "faults")
    assert (playground.faults.burnt_tickets, playground.faults.rules) == (0, [])


async def test_the_app_can_stop_being_an_agent(playground: Playground, slack: SlackCalls) -> None:
    assert (await slack.control("POST", "app"))["is_agent"] is True
    assert (await slack.control("POST", "app", is_agent=False))["is_agent"] is False
    assert playground.workspace.is_agent is False


@pytest.mark.parametrize(
    ("name", "args", "error"),
    [
        ("messages", {"user": "nobody", "channel": "general", "text": "x"}, "user_not_found"),
        ("messages", {"user": "ada", "channel": "nowhere", "text": "x"}, "channel_not_found"),
        ("events", {"payload": {}, "after": "soon"}, "invalid_arguments"),
        ("events", {}, "invalid_arguments"),
    ],
)
async def test_controls_refuse_what_makes_no_sense(
    slack: SlackCalls, name: str, args: dict[str, object], error: str
) -> None:
    assert await slack.control("POST", name, **args) == {"ok": False, "error": error}


async def test_sockets_stop_and_raw_events(playground: Playground, slack: SlackCalls) -> None:
    ts = playground.workspace.post("ada", "D0ADA00001", "question")
    async with RawSocket(playground) as socket:
        await socket.read()
        await slack.control("POST", "stop", user="ada", channel="D0ADA00001", thread_ts=ts)
        assert (await socket.read())["payload"]["event"]["type"] == "agent_session_stopped"
        await slack.control("POST", "events", payload={"type": "event_callback", "event": "none"})
        assert (await socket.read())["payload"] == {"type": "event_callback", "event": "none"}
        assert (await slack.control("POST", "sockets", action="explode"))["error"] == "unknown_action"
        await slack.control("POST", "sockets", action="disconnect", reason="link_disabled")
        assert (await socket.read())["reason"] == "link_disabled"
        await slack.control("POST", "sockets", action="cut")
        assert (await socket.socket.receive(timeout=5)).type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:80"}, 200),
        ({"Host": "[::1]:80"}, 200),
        ({"Host": "playground.example"}, 403),
        ({"Host": "127.0.0.1.example"}, 403),
        ({"Origin": "https://playground.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "127.0.0.1:80", "Origin": "http://127.0.0.1:80"}, 200),
        ({"Host": "127.0.0.1:80", "Origin": "http://127.0.0.1:81"}, 403),
    ],
)
async def test_controls_are_for_this_machine_and_its_own_pages(
    slack: SlackCalls, headers: dict[str, str], status: int
) -> None:
    assert await slack.control_status("state", headers) == status


async def test_a_taken_port_is_an_error_and_leaves_nothing_open(playground: Playground) -> None:
    taken = int(playground.page_url.rsplit(":", 1)[1].strip("/"))
    for options in (Options(slack_port=taken), Options(model_port=taken)):
        with pytest.raises(OSError, match="in use"):
            await Playground(options).start()


async def test_a_restart_keeps_the_ports_and_what_was_written(slack: SlackCalls, playground: Playground) -> None:
    ts = playground.workspace.post("ada", "general", "hello")
    urls = (playground.slack_api_url, playground.openai_base_url)
    await playground.stop()
    with pytest.raises(aiohttp.ClientConnectorError):
        await slack.call("auth.test")
    await playground.start()
    assert (playground.slack_api_url, playground.openai_base_url) == urls
    answer = await slack.ok("conversations.history", channel="C0GENERAL1")
    assert [message["ts"] for message in answer["messages"]] == [ts]


async def test_a_real_model_is_not_started_here() -> None:
    async with Playground(Options(real_model_url="http://127.0.0.1:9/v1/")) as playground:
        assert playground.openai_base_url == "http://127.0.0.1:9/v1/"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_the_process_prints_its_addresses_and_ends_with_a_signal(number: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playground", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    line = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
    assert set(line) == {"slack_api_url", "openai_base_url", "page_url", "bot_token", "app_token"}
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {line['bot_token']}"}
        async with session.post(line["slack_api_url"] + "auth.test", headers=headers) as response:
            assert (await response.json())["ok"] is True
    process.send_signal(number)
    assert await asyncio.wait_for(process.wait(), 10) == 0


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--slack-port", "70000"], 2), (["--model", "real"], 78), (["--explode"], 2)]
)
def test_wrong_command_lines(monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(SystemExit) as end:
        read_options(arguments)
    assert end.value.code == code


def test_command_line_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    options = read_options(["--slack-port", "1", "--model-port", "2", "--model", "real", "--enforce-tiers"])
    assert (options.slack_port, options.model_port, options.enforce_tiers) == (1, 2, True)
    assert options.real_model_url == "http://127.0.0.1:9/v1"
