"""Settings in a whole bot, as people use them: windows, answers that follow them, what is remembered of a thread."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from playground.server import Options, Playground
from tests.wire.desk import Desk, somebody, words
from tests.wire.harness import House, running_bot
from tests.wire.model_side import recorded

MODES = ["async", "threaded"]

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=MODES)
async def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    mode: str = request.param
    async with Playground(Options()) as playground, running_bot(playground, tmp_path_factory.mktemp(mode), mode) as bot:
        yield House(playground, bot, mode)


@pytest.fixture
def desk(house: House) -> Desk:
    """Somebody who has never set anything."""
    return Desk(house, somebody(house.playground))


async def test_answers_follow_what_was_set_and_a_thread_comes_before_its_person(desk: Desk) -> None:
    house, other = desk.house, somebody(desk.playground)
    await desk.save(await desk.open(), instructions="Answer as a pirate.", verbosity="low")
    ts = house.mention("settings?", desk.user)
    (answer,) = await house.settled(ts)
    assert "Answer as a pirate." in answer.text
    assert "verbosity: low" in answer.text
    await desk.save(await desk.open_thread(ts), verbosity="high")
    house.mention("settings?", desk.user, thread_ts=ts)
    latest = (await house.settled(ts, answers=2))[-1]
    assert "Answer as a pirate." in latest.text
    assert "verbosity: high" in latest.text
    assert "verbosity: low" in await house.ask("settings?", user=desk.user)
    assert "pirate" not in await house.ask("settings?", user=other)


async def test_what_does_not_do_stands_at_its_field(desk: Desk) -> None:
    view = await desk.open("channel")
    desk.click(view, "settings_model", "gpt-4.1")
    view = await desk.until_drawn("temperature:1")
    desk.fill(view, {"temperature": "hot"}, check=False)
    assert desk.playground.workspace.interactivity.submit(desk.user, view.id, check=False)
    await desk.playground.workspace.wait_for(lambda: bool(view.errors))
    assert view.errors == {"temperature:1": "Please write a number."}


async def test_a_thread_is_shown_as_it_is_remembered_and_forgotten(desk: Desk) -> None:
    ts = desk.house.mention("A word about lighthouses.", desk.user)
    await desk.house.settled(ts)
    await recorded(desk.house, ts)
    form = await desk.open_thread(ts)
    desk.click(form, "show_remembered")
    shown = await desk.until("remembered")
    assert "2 messages" in words(shown)
    desk.close(shown)
    desk.click(form, "forget_thread")
    forgotten = await desk.until("note")
    assert "Forgotten: 2 messages." in words(forgotten)
    desk.close(forgotten)
    desk.click(await desk.open_thread(ts), "show_remembered")
    assert "Nothing of this thread." in words(await desk.until("remembered"))


async def test_the_home_tab_shows_what_was_saved(desk: Desk) -> None:
    workspace = desk.playground.workspace
    workspace.open_home(desk.user)
    await workspace.wait_for(lambda: workspace.home_of(desk.user))
    await desk.save(await desk.open(), instructions="Be brief.")
    home = await workspace.wait_for(lambda: (tab := workspace.home_of(desk.user)) and "Be brief." in words(tab) and tab)
    desk.click(home, "open_settings")
    assert "'initial_value': 'Be brief.'" in words(await desk.until("settings"))


@pytest.mark.parametrize("mode", MODES)
async def test_a_window_left_open_over_a_restart_can_be_redrawn_and_saved(mode: str, tmp_path: Path) -> None:
    async with Playground(Options()) as playground:
        async with running_bot(playground, tmp_path, mode) as bot:
            desk = Desk(House(playground, bot, mode), somebody(playground))
            view = await desk.open()
            desk.fill(view, {"instructions": "Kept over the night."})
        async with running_bot(playground, tmp_path, mode):
            desk.click(view, "settings_model", "gpt-4.1")
            await desk.save(await desk.until_drawn("temperature:1"), temperature="0.5")
            answer = await desk.house.ask("settings?", user=desk.user)
    for line in ("model: gpt-4.1", "temperature: 0.5", "Kept over the night."):
        assert line in answer
