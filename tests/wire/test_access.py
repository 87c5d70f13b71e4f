"""People and channels that are kept out, in every way in; one line a day says so, and nothing of theirs is kept."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.wire.conftest import MODES
from tests.wire.database_side import rows
from tests.wire.harness import ADA, GENERAL, GRACE, House
from tests.wire.model_side import Calls, everything_taken_in, own_house, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

GUEST, STRANGER, LET_IN = "U0GUEST001", "U0EXTERN01", "U0ALAN0001"
PARTNERS, TEAM = "C0PARTNERS", "C0TEAM0001"
LINE = "You may not use me here. Olga decides about that."


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=MODES)
async def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    given = {"ALLOWED_USERS": f"!{GRACE}", "ALLOWED_CHANNELS": f"!{TEAM}", "ADMIN_CONTACT": "Olga"}
    async with own_house(tmp_path_factory.mktemp("access"), request.param, None, **given) as own:
        yield own


def notes(house: House, person: str) -> list[str]:
    return [note.text for note in house.playground.workspace.ephemerals if note.user == person]


async def kept_out(house: House, ts: str, channel: str = GENERAL) -> None:
    """Nothing has come of the message: no answer, no call, no row."""
    assert await house.ask("echo: others are answered") == "others are answered"
    await everything_taken_in(house)
    assert house.answers(ts, channel) == []
    assert rows(house, "SELECT * FROM inbox WHERE ts = ?", ts) == []
    assert rows(house, "SELECT * FROM messages WHERE ts = ?", ts) == []


async def test_somebody_who_is_denied_is_told_once_a_day(house: House) -> None:
    calls = Calls(house)
    first = house.mention("echo: let me in", GRACE)
    await until(lambda: notes(house, GRACE) == [LINE])
    again = house.mention("echo: and now?", GRACE)
    direct = house.playground.workspace.post(GRACE, house.playground.workspace.direct(GRACE).id, "echo: here?")
    await kept_out(house, first)
    await kept_out(house, again)
    await kept_out(house, direct, house.playground.workspace.direct(GRACE).id)
    assert notes(house, GRACE) == [LINE]
    assert all("let me in" not in text for text in calls.texts())


async def test_a_guest_and_a_stranger_are_kept_out(house: House) -> None:
    by_guest = house.mention("echo: hello", GUEST)
    await until(lambda: notes(house, GUEST) == [LINE])
    by_stranger = house.mention("echo: hello", STRANGER, PARTNERS)
    await until(lambda: notes(house, STRANGER) == [LINE])
    await kept_out(house, by_guest)
    await kept_out(house, by_stranger, PARTNERS)


async def test_a_channel_that_is_denied(house: House) -> None:
    ts = house.mention("echo: in here?", LET_IN, TEAM)
    await until(lambda: notes(house, LET_IN) == [LINE])
    await kept_out(house, ts, TEAM)
    assert await house.ask("echo: but there", user=LET_IN) == "but there"


async def test_a_follow_up_a_stop_and_a_click_in_somebody_elses_thread(house: House) -> None:
    workspace = house.playground.workspace
    house.playground.model.knobs.next(total_seconds=4.0, chunk_count=16)
    ts = house.mention("echo: one two three four five six seven eight nine ten")
    await workspace.wait_for(lambda: bool(house.answers(ts)), 20)
    said = house.say("stop", GRACE, thread_ts=ts)
    asked = house.say("echo: and me?", GRACE, thread_ts=ts)
    workspace.interactivity.message_shortcut(GRACE, GENERAL, ts, "stop_answer")
    await everything_taken_in(house)
    assert [message.text for message in await house.settled(ts)] == ["one two three four five six seven eight nine ten"]
    assert rows(house, "SELECT * FROM messages WHERE ts IN (?, ?)", said, asked) == []


async def test_a_command_opens_nothing(house: House) -> None:
    before = len([call for call in house.playground.calls if call.method == "views.open"])
    house.playground.workspace.interactivity.command(GRACE, GENERAL, "/ai-settings")
    await house.ask("echo: afterwards")
    assert len([call for call in house.playground.calls if call.method == "views.open"]) == before


async def test_by_name_they_are_let_in(tmp_path_factory: pytest.TempPathFactory) -> None:
    given = {"ALLOWED_USERS": f"{GUEST}, {STRANGER}"}
    async with own_house(tmp_path_factory.mktemp("named"), "async", None, **given) as house:
        assert await house.ask("echo: welcome", user=GUEST) == "welcome"
        assert await house.ask("echo: welcome too", PARTNERS, STRANGER) == "welcome too"
        ts = house.mention("echo: and I?", ADA)
        await until(lambda: bool(notes(house, ADA)))
        assert house.answers(ts) == []
