"""A process that ends in the middle of an answer, and the next one that goes on with it."""

from pathlib import Path

import pytest

from playground.server import Options, Playground
from tests.wire.harness import GENERAL, House, running_bot

pytestmark = pytest.mark.asyncio(loop_scope="function")


async def stream_has_begun(house: House, ts: str) -> None:
    await house.playground.workspace.wait_for(lambda: bool(house.answers(ts)) and house.answers(ts)[0].text, 20)


async def test_a_killed_answer_is_finished_in_the_same_message(folder: Path, mode: str) -> None:
    async with Playground(Options()) as playground:
        playground.model.knobs.set(chunk_characters=40, chunk_seconds=0.05)
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            ts = house.mention("long 6000")
            await stream_has_begun(house, ts)
            (begun,) = house.answers(ts)
            await bot.kill()
        assert playground.workspace.open_streams(), "the dead process could not end its stream"
        playground.model.knobs.reset()
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            (message,) = await house.settled(ts)
        assert message.ts == begun.ts
        assert len(message.text) > 5_000
        assert not playground.workspace.open_streams()


async def test_a_stopped_answer_says_so_and_is_finished_after_the_restart(folder: Path, mode: str) -> None:
    async with Playground(Options()) as playground:
        playground.model.knobs.set(chunk_characters=40, chunk_seconds=0.05)
        async with running_bot(playground, folder, mode, SHUTDOWN_GRACE_SECONDS="0") as bot:
            house = House(playground, bot, mode)
            ts = house.mention("long 6000")
            await stream_has_begun(house, ts)
            assert await bot.stop() == 0
        (stopped,) = house.answers(ts)
        assert stopped.text.endswith("_Restarting, continues shortly._")
        assert house.is_quiet(ts)
        playground.model.knobs.reset()
        async with running_bot(playground, folder, mode) as bot:
            await playground.workspace.wait_for(lambda: "Restarting" not in house.answers(ts)[0].text, 20)
            (message,) = await house.settled(ts)
        assert message.ts == stopped.ts
        assert len(message.text) > 5_000


async def test_a_message_that_only_waited_is_answered_after_the_restart(folder: Path, mode: str) -> None:
    async with Playground(Options()) as playground:
        playground.model.knobs.set(hang_before_headers=True)
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            ts = house.mention("echo: One.")
            await playground.workspace.wait_for(lambda: playground.workspace.session(GENERAL, ts) == "processing", 10)
            later = house.say("echo: Two.", thread_ts=ts)
            await playground.workspace.wait_for(lambda: playground.workspace.message(GENERAL, later).reactions, 10)
            await bot.kill()
        playground.model.knobs.reset()
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            messages = await house.settled(ts, answers=2)
        assert [message.text for message in messages] == ["One.", "Two."]


async def test_an_answer_that_was_complete_needs_no_model(folder: Path, mode: str) -> None:
    async with Playground(Options()) as playground:
        for method in ("chat.postMessage", "chat.stopStream", "chat.startStream"):
            playground.faults.add("server_error", method, times=None)
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            ts = house.mention("echo: Complete before the end.")
            await bot.until_logged("slack_call_failed")
            await bot.kill()
        playground.faults.reset()
        calls = len(playground.model.journal)
        async with running_bot(playground, folder, mode) as bot:
            (message,) = await House(playground, bot, mode).settled(ts)
        assert message.text == "Complete before the end."
        assert len(playground.model.journal) == calls
