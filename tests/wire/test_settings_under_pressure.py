"""Windows open within three seconds: with hung turns, busy workers, a locked database, a list of models that hangs."""

import asyncio
from pathlib import Path

import pytest

from playground.server import Options, Playground
from tests.wire.database_side import locked, settings_of
from tests.wire.desk import Desk, somebody, words
from tests.wire.harness import ADA, GENERAL, GRACE, House, running_bot
from tests.wire.model_side import everything_taken_in, model_works, own_house, recorded

pytestmark = pytest.mark.asyncio(loop_scope="session")

UNSURE = "can't say whether this was saved"


def openings(house: House) -> list[str]:
    """What Slack said to each try to open a window: nothing where it was in time."""
    return [call.error for call in house.playground.calls if call.method == "views.open"]


def acknowledged(house: House, kind: str) -> bool:
    """Whether every delivery of this kind was acknowledged in time."""
    return all(each.acked_at is not None for each in house.playground.sockets.envelopes if each.kind == kind)


async def test_with_ten_hung_turns_and_all_workers_busy(folder: Path) -> None:
    async with own_house(folder, "threaded", SYNC_WORKERS="10", SHUTDOWN_GRACE_SECONDS="0") as house:
        threads = [house.mention("hang", (ADA, GRACE)[number % 2]) for number in range(14)]
        await model_works(house, 10)
        desk = Desk(house, ADA)
        await desk.save(await desk.open(), instructions="Saved beside them.")
        desk.close(await desk.open_thread(threads[0]))
        assert openings(house) == ["", ""]
        assert house.playground.model.active == 10, "and the workers are still busy"
        assert acknowledged(house, "slash_commands")
        assert acknowledged(house, "interactive")


async def test_while_nobody_can_write_and_messages_wait_to_be_stored(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        desk = Desk(house, ADA)
        with locked(house):
            threads = [house.mention(f"echo: {number}") for number in range(30)]
            view = await desk.open()
            assert "Instructions" in words(view), "the form is drawn from what can be read"
            assert not house.answers(threads[-1]), "and the messages were still waiting"
        assert openings(house) == [""]
        for ts in threads:
            await house.settled(ts)
        assert acknowledged(house, "slash_commands")


async def test_with_a_list_of_models_that_hangs(folder: Path, mode: str) -> None:
    async with Playground(Options()) as playground:
        playground.model.knobs.set(models_seconds=60.0)
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            desk = Desk(house, ADA)
            playground.workspace.interactivity.command(ADA, GENERAL, "/ai-settings")
            await desk.until("loading")
            assert openings(house) == [""]
            view = await desk.until("settings")
            assert "gpt-6.2-sol" in words(view), "the model of the bot's own setting"
            await desk.save(view, verbosity="low")
            assert "verbosity: low" in await house.ask("settings?")


async def test_with_slack_slow_to_name_a_person(house: House) -> None:
    desk = Desk(house, somebody(house.playground))
    house.playground.faults.add("slow", "users.info", times=None, seconds=5.0)
    before = len(openings(house))
    view = await desk.open()
    assert openings(house)[before:] == [""]
    assert "These settings are for" in words(view), "in English then"


async def test_a_submission_that_cannot_be_stored_in_time_is_told_and_kept_whole_or_not_at_all(
    folder: Path, mode: str
) -> None:
    async with own_house(folder, mode) as house:
        desk = Desk(house, ADA)
        view = await desk.open()
        desk.fill(view, {"verbosity": "low", "instructions": "Both or none."})
        with locked(house):
            assert desk.playground.workspace.interactivity.submit(ADA, view.id)
            told = await desk.until("note")
            assert UNSURE in words(told)
        assert acknowledged(house, "interactive")
        desk.close(told)
        top = desk.top
        assert top is not None
        assert "Both or none." in str(top.state), "what was typed is there"
        await everything_taken_in(house)
        await house.ask("echo: a write goes through")
        assert settings_of(house, "user", ADA) in ({}, {"verbosity": "low", "instructions": "Both or none."})
        await desk.save(top)
        assert settings_of(house, "user", ADA) == {"verbosity": "low", "instructions": "Both or none."}
        # Here, because one that waits for the store is answered later than all others have to be at the end of a test.
        assert await house.bot.stop() == 0
        assert len(house.bot.events("settings_not_saved")) == 1


async def test_a_short_lock_only_delays_the_submission(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        desk = Desk(house, ADA)
        view = await desk.open()
        desk.fill(view, {"verbosity": "low"})
        with locked(house):
            assert desk.playground.workspace.interactivity.submit(ADA, view.id)
            await asyncio.sleep(0.2)
            assert view.busy, "it waits for the lock"
        await desk.until("saved")
        assert settings_of(house, "user", ADA) == {"verbosity": "low"}


async def test_a_click_while_nobody_can_write_is_told_or_done(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        desk = Desk(house, ADA)
        ts = house.mention("echo: to be forgotten")
        await house.settled(ts)
        await recorded(house, ts)
        form = await desk.open_thread(ts)
        house.playground.faults.trigger_lifetime = 1.0
        with locked(house):
            desk.click(form, "forget_thread")
            told = await desk.until("note")
            assert "I can't reach my records right now" in words(told)
        house.playground.faults.reset()
        desk.click(await desk.open_thread(ts), "forget_thread")
        await desk.playground.workspace.wait_for(lambda: desk.top is not None and "Forgotten" in words(desk.top))
        assert desk.top is not None
        assert "Forgotten: 2 messages." in words(desk.top)
