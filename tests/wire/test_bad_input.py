"""What nobody should send, and what goes wrong while it is taken in."""

import asyncio
import contextlib
import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from playground.server import Options, Playground
from playground.slack.journal import Envelope
from playground.slack.wire import Json, JsonObject
from tests.wire.conftest import MODES
from tests.wire.harness import ADA, BOT, GENERAL, GRACE, House, running_bot

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOWHERE = "C0NOWHERE1"
TEAM_CHANNEL = "C0TEAM0001"


@dataclass
class OpenHouse(House):
    """A house whose figures and database can be looked into."""

    port: int
    database: Path

    async def health(self, part: str) -> dict[str, float]:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{self.port}/health") as answer,
        ):
            found: dict[str, float] = (await answer.json())[part]
            return found

    async def figures(self) -> dict[str, float]:
        return await self.health("figures")

    async def dropped(self, reason: str) -> float:
        return (await self.figures()).get(f"events_dropped{{reason={reason},mode={self.mode}}}", 0)

    async def delivered(self, payload: JsonObject, kind: str = "events_api") -> Envelope:
        """Send a payload in an envelope of its own; returns when it is acknowledged."""
        sockets = self.playground.sockets
        sockets.deliver(payload, kind, accepts_response=kind != "events_api")
        envelope = sockets.envelopes[-1]
        await self.playground.workspace.wait_for(lambda: envelope.acked_at is not None, 3)
        return envelope

    async def event_delivered(self, event: Json) -> Envelope:
        return await self.delivered(self.playground.workspace.events.payload({}) | {"event": event})

    def stored(self, ts: str) -> bool:
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            tables = ("messages", "inbox")
            return any(connection.execute(f"SELECT 1 FROM {name} WHERE ts = ?", (ts,)).fetchone() for name in tables)  # noqa: S608


@contextlib.contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another program writes to the database and takes its time."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None, timeout=5)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


@contextlib.asynccontextmanager
async def open_house(folder: Path, mode: str, **given: str) -> AsyncIterator[OpenHouse]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with (
        Playground(Options()) as playground,
        running_bot(
            playground,
            folder,
            mode,
            timings={"intake": 0.5},
            may_log_tracebacks=True,  # Bolt logs what could not be taken in
            HEALTH_PORT=str(port),
            **given,
        ) as bot,
    ):
        yield OpenHouse(playground, bot, mode, port, folder / "bot.db")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=MODES)
async def module_house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[OpenHouse]:
    async with open_house(tmp_path_factory.mktemp(request.param), request.param) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def house(module_house: OpenHouse) -> AsyncIterator[OpenHouse]:
    """The house; after each test it still answers, and nobody has seen a traceback."""
    yield module_house
    module_house.playground.faults.reset()
    assert await module_house.ask("echo: still here") == "still here"
    said = [message.text for channel in module_house.playground.workspace.channels.values()
            for message in channel.messages.values() if message.user == BOT]  # fmt: skip
    assert not any("Traceback" in text or "Error:" in text or "Exception" in text for text in said)


# Strange words


@pytest.mark.parametrize("text", ["", "   \n ", "\x00\x07"])
async def test_only_a_mention_gets_a_friendly_line(house: OpenHouse, text: str) -> None:
    calls = len(house.playground.model.journal)
    assert "What can I do for you?" in await house.ask(text)
    assert len(house.playground.model.journal) == calls


async def test_an_empty_direct_message_gets_a_friendly_line(house: OpenHouse) -> None:
    channel = house.playground.workspace.direct(ADA).id
    (answer,) = await house.settled(house.say("  \n", ADA, channel), channel)
    assert "What can I do for you?" in answer.text


async def test_forty_thousand_characters(house: OpenHouse) -> None:
    ts = house.mention("What is this? " + "word " * 9_000)
    (answer,) = await house.settled(ts)
    assert answer.text
    assert 39_000 < len(str(house.playground.model.journal[-1].body)) < 45_000


async def test_control_characters_and_halves_of_characters(house: OpenHouse) -> None:
    text = await house.ask("echo: a\x00b\x1bc\u2028d \ud83d lone \udc00 pair \ud83d\ude00 end")
    assert text.startswith("abcd")
    assert text.endswith("\N{GRINNING FACE} end")


# Strange people and places


async def test_somebody_of_another_organisation_is_not(house: OpenHouse) -> None:
    before = await house.dropped("outsider")
    ts = house.mention("echo: hello", "U0EXTERN01", "C0PARTNERS")
    own = house.mention("echo: ours", ADA, "C0PARTNERS")
    assert [message.text for message in await house.settled(own, "C0PARTNERS")] == ["ours"]
    assert house.answers(ts, "C0PARTNERS") == []
    assert await house.dropped("outsider") == before + 2  # app_mention and message


async def test_a_channel_that_slack_does_not_know(house: OpenHouse) -> None:
    event = {"type": "app_mention", "channel": NOWHERE, "user": ADA, "ts": "1790000000.000100", "text": f"<@{BOT}> hi"}
    await house.event_delivered(event)
    async with asyncio.timeout(10):
        while not (ended := [one for one in house.bot.events("turn_done") if NOWHERE in str(one["lane"])]):
            await asyncio.sleep(0.05)
    assert ended[0]["state"] == "undelivered"


# Malformed events


MALFORMED: list[Json] = [
    None,
    "text",
    17,
    [],
    [{"type": "message"}],
    {},
    {"type": None},
    {"type": ["message"]},
    {"type": {"message": 1}},
    {"type": "message"},
    {"type": "message", "channel": GENERAL, "ts": 1790000000.5, "user": ADA, "text": "x", "channel_type": "im"},
    {"type": "message", "channel": GENERAL, "ts": "yesterday", "user": ADA, "text": "x", "channel_type": "im"},
    {"type": "message", "channel": GENERAL, "ts": "1.1", "thread_ts": "x", "user": ADA, "text": "x"},
    {"type": "message", "channel": GENERAL, "ts": "1790000000.000001", "user": None, "text": "x", "channel_type": "im"},
    {"type": "message", "channel": GENERAL, "ts": "1790000000.000002", "user": [ADA], "text": "x"},
    {"type": "message", "channel": {"id": GENERAL}, "ts": "1790000000.000003", "user": ADA, "text": "x"},
    {"type": "message", "subtype": ["a"], "channel": GENERAL, "ts": "1790000000.000004", "user": ADA, "text": "x"},
    {"type": "message", "subtype": "brand_new", "channel": GENERAL, "ts": "1790000000.000005", "user": ADA},
    {"type": "message", "subtype": "message_changed", "channel": GENERAL, "message": "no object"},
    {"type": "message", "subtype": "message_changed", "channel": GENERAL, "message": {"ts": ["1.1"]}},
    {"type": "message", "subtype": "message_changed", "message": {"ts": "1.1", "user": {}}, "previous_message": 5},
    {"type": "message", "subtype": "message_deleted", "channel": GENERAL, "deleted_ts": 5},
    {"type": "message", "subtype": "message_deleted", "channel": None, "deleted_ts": "1.1"},
    {"type": "app_mention", "channel": "", "ts": "1790000000.000006", "user": ADA, "text": {"deep": [{"er": []}]}},
    {"type": "reaction_added", "item": None},
]


async def test_malformed_events_are_acknowledged_and_counted(house: OpenHouse) -> None:
    def drops(figures: dict[str, float]) -> float:
        reasons = ("malformed", "event_type", "subtype")
        return sum(figures.get(f"events_dropped{{reason={reason},mode={house.mode}}}", 0) for reason in reasons)

    before, calls = drops(await house.figures()), len(house.playground.calls)
    for event in MALFORMED:
        await house.event_delivered(event)
    assert drops(await house.figures()) == before + len(MALFORMED)
    assert len(house.playground.calls) == calls


async def test_text_of_another_type_is_no_text(house: OpenHouse) -> None:
    channel = house.playground.workspace.direct(ADA).id
    ts = house.say("echo: nothing", ADA, channel)
    await house.settled(ts, channel)
    event: JsonObject = {"type": "message", "channel_type": "im", "channel": channel, "user": ADA, "thread_ts": ts}
    await house.event_delivered(event | {"ts": "1790000000.000200", "text": ["a", "list"], "files": 7, "blocks": "x"})
    await house.settled(ts, channel, answers=2)


async def test_payloads_and_frames_that_are_nothing_at_all(house: OpenHouse) -> None:
    before = await house.dropped("malformed")
    shapes: tuple[JsonObject, ...] = (
        {},
        {"type": None},
        {"type": "event_callback"},
        {"type": ["event_callback"]},
        {"event": {}},
    )
    for payload in shapes:
        await house.delivered(payload)
    assert await house.dropped("malformed") >= before + 4
    sockets = house.playground.sockets
    for frame in ("no JSON", "{", "[]", "17", "null", '""', "{}", '{"type": "events_api"}', '{"type": 5, "payload": 1}',
                  '{"type": "events_api", "envelope_id": "E1", "payload": [1]}', "\x00"):  # fmt: skip
        sockets.send_frame(frame)


# What nobody handles


INTERACTIVE: list[tuple[str, JsonObject]] = [
    ("slash_commands", {"command": "/threadwell", "text": "help", "user_id": ADA, "channel_id": GENERAL}),
    ("interactive", {"type": "block_actions", "actions": [{"type": "button", "action_id": "a", "block_id": "b"}]}),
    ("interactive", {"type": "block_suggestion", "action_id": "a", "block_id": "b", "value": "x"}),
    (
        "interactive",
        {"type": "view_submission", "view": {"type": "modal", "callback_id": "c", "state": {"values": {}}}},
    ),
    ("interactive", {"type": "view_closed", "view": {"type": "modal", "callback_id": "c"}}),
    ("interactive", {"type": "shortcut", "callback_id": "c"}),
    ("interactive", {"type": "message_action", "callback_id": "c", "message": {}}),
]


async def all_acknowledged(house: OpenHouse) -> None:
    for kind, payload in INTERACTIVE:
        person: JsonObject = {"team": {"id": "T0PLAYGRND"}, "user": {"id": ADA}, "trigger_id": "1.2.3"}
        await house.delivered(person | payload, kind)


async def test_commands_and_clicks_that_nobody_handles_are_acknowledged(house: OpenHouse) -> None:
    await all_acknowledged(house)


async def test_hung_turns_of_the_threaded_mode_hold_up_neither_clicks_nor_chosen_channels(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("hung")
    given = {"SHUTDOWN_GRACE_SECONDS": "0", "ASYNC_TEST_CHANNELS": f"C0ELSE, {TEAM_CHANNEL}"}
    async with open_house(folder, "threaded", **given) as house:
        for number in range(14):
            house.mention("hang", (ADA, GRACE)[number % 2])
        async with asyncio.timeout(10):
            while house.playground.model.active < 10:
                await asyncio.sleep(0.02)
        await all_acknowledged(house)
        waiting = house.mention("echo: waits for a worker")
        assert await house.ask("echo: needs none", TEAM_CHANNEL) == "needs none"
        assert house.answers(waiting) == []
        assert house.stored(waiting)
        assert house.playground.model.active == 10


# While events are stored


async def test_what_cannot_be_stored_comes_again_and_is_answered_once(house: OpenHouse) -> None:
    faults = house.playground.faults
    faults.ack_timeout, faults.retry_pauses = 1.0, (0.2, 0.2, 0.2)
    with locked(house.database):
        ts = house.mention("echo: in the end")
        await house.bot.until_logged("not_taken_in")
        assert not any(envelope.acked_at for envelope in house.playground.sockets.envelopes if envelope.ts == ts)
    assert [message.text for message in await house.settled(ts)] == ["in the end"]
    await house.playground.workspace.wait_for(
        lambda: (
            {"app_mention", "message"}
            <= {one.event for one in house.playground.sockets.envelopes if one.ts == ts and one.acked_at}
        )
    )


async def test_the_thread_is_told_of_what_could_never_be_stored(house: OpenHouse) -> None:
    faults = house.playground.faults
    faults.ack_timeout, faults.retry_pauses = 0.6, (0.0, 0.0, 0.0)
    with locked(house.database):
        ts = house.mention("echo: lost")
        told = await house.settled(ts, seconds=15)
    assert "could not take in your last message" in told[0].text
    await asyncio.sleep(1.0)
    assert not any("lost" in message.text for message in house.answers(ts))


async def test_three_hundred_events_at_once_are_acknowledged_in_time(house: OpenHouse) -> None:
    written = {house.say(f"among us: {number}") for number in range(300)}
    last = house.mention("echo: heard")
    await house.settled(last)
    burst = [envelope for envelope in house.playground.sockets.envelopes if envelope.ts in written | {last}]
    assert len(burst) == 302  # the mention comes twice
    await house.playground.workspace.wait_for(lambda: all(envelope.acked_at is not None for envelope in burst), 5)
    # Slack waits three seconds and then sends again: nothing of this came a second time.
    assert {envelope.retry_attempt for envelope in burst} == {0}


async def test_what_is_not_for_the_bot_costs_nothing_and_is_not_kept(house: OpenHouse) -> None:
    root = house.say("lunch?")
    reply = house.say("yes", "U0GRACE001", thread_ts=root)
    asked = house.mention("echo: a mark")
    await house.settled(asked)
    assert house.stored(asked)
    assert not house.stored(root)
    assert not house.stored(reply)
    assert not any(root in str(call.args) or reply in str(call.args) for call in house.playground.calls)


async def test_health_shows_what_is_at_work(house: OpenHouse) -> None:
    house.playground.model.knobs.next(first_token_seconds=1.5)
    before = house.playground.model.active
    ts = house.mention("echo: At work.")
    async with asyncio.timeout(10):
        while house.playground.model.active == before:
            await asyncio.sleep(0.02)
    assert (await house.health("turns"))["working"] >= 1
    assert (await house.health("model"))["in_flight"] >= 1
    assert [message.text for message in await house.settled(ts)] == ["At work."]
