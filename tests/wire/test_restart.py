"""What a process that was away, or was asked to stop under load, leaves to the next one."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from playground.server import Playground
from playground.slack.records import Message
from tests.wire.harness import ADA, GENERAL, GRACE, House, environment, launch, running_bot
from tests.wire.model_side import Calls, dies, everything_taken_in, model_works, own_house, until

pytestmark = pytest.mark.asyncio(loop_scope="function")

TOO_OLD = "I was away when you asked this"
HOUR = 3_600.0


def grows_older(folder: Path, seconds: float) -> None:
    """All that the database knows happened so much longer ago."""
    with closing(sqlite3.connect(folder / "bot.db", isolation_level=None)) as connection:
        connection.execute("UPDATE inbox SET received_at = received_at - ?", (seconds,))
        connection.execute("UPDATE turns SET created_at = created_at - ?", (seconds,))


def states(folder: Path) -> list[str]:
    """How the turns stand, in the order in which they were begun."""
    with closing(sqlite3.connect(f"file:{folder}/bot.db?mode=ro", uri=True)) as connection:
        return [state for (state,) in connection.execute("SELECT state FROM turns ORDER BY started_at")]


def buttons(message: Message) -> list[str]:
    """The buttons under a message, as far as they are ours."""
    drawn = json.dumps(message.blocks)
    return [name for name in ("answer_again", "answer_aside") if name in drawn]


async def killed(playground: Playground, folder: Path, mode: str, until_then: Callable[[House], bool]) -> str:
    """A thread whose only question a bot was killed over; its ts."""
    async with running_bot(playground, folder, mode) as bot:
        house = House(playground, bot, mode)
        ts = house.mention("echo: Late, but here.")
        await until(lambda: until_then(house))
        await everything_taken_in(house)
        await bot.kill()
    return ts


async def test_an_answer_that_broke_off_keeps_its_offer_when_its_delivery_is_resumed(folder: Path, mode: str) -> None:
    async with Playground() as playground:
        playground.faults.add("error", "chat.startStream", times=None, code="feature_disabled")
        playground.model.knobs.set(chunk_characters=10, drop_after_chunks=3)
        ts = await dies(playground, folder, mode, "after:save_text", "echo: A long answer that breaks off early.")
        playground.model.knobs.reset()
        calls = len(playground.model.journal)
        async with running_bot(playground, folder, mode) as bot:
            [message] = await House(playground, bot, mode).settled(ts)
            await until(lambda: states(folder) == ["failed"])
        assert message.text.startswith("A long answer that")
        assert "answer_again" in buttons(message)
        assert len(playground.model.journal) == calls, "what there is of the answer is kept"


@pytest.mark.parametrize("trouble", ["is_archived", "not_in_channel", "thread_not_found"])
async def test_a_thread_that_is_gone_when_its_turn_is_resumed_holds_up_nobody(folder: Path, trouble: str) -> None:
    async with Playground() as playground:
        playground.model.knobs.set(hang_before_headers=True)
        ts = await killed(playground, folder, "async", lambda house: playground.model.active == 1)
        playground.model.knobs.reset()
        for method in ("chat.startStream", "chat.postMessage", "chat.update", "conversations.replies"):
            playground.faults.add("error", method, code=trouble, times=None)
        async with running_bot(playground, folder) as bot:
            house = House(playground, bot, "async")
            await until(lambda: states(folder) == ["undelivered"])
            assert (await bot.until_logged("reply_undeliverable"))["reason"] == trouble
            assert len(bot.events("reply_undeliverable")) == 1
            assert house.answers(ts) == []
            playground.faults.reset()
            elsewhere = house.mention("echo: And others go on.")
            assert [message.text for message in await house.settled(elsewhere)] == ["And others go on."]


# What is too old


async def test_an_old_question_is_offered_again_and_not_answered(folder: Path, mode: str) -> None:
    async with Playground() as playground:
        playground.model.knobs.set(hang_before_headers=True)
        ts = await killed(playground, folder, mode, lambda house: playground.model.active == 1)
        playground.model.knobs.reset()
        grows_older(folder, HOUR + 60)
        calls = len(playground.model.journal)
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            [line] = await house.settled(ts)
            assert TOO_OLD in line.text
            assert buttons(line) == ["answer_again"]
            assert len(playground.model.journal) == calls, "the model is not asked"
            await until(lambda: states(folder) == ["failed"])
            playground.workspace.interactivity.click(ADA, GENERAL, line.ts, "answer_again")
            messages = await house.settled(ts, answers=2)
        assert messages[1].text == "Late, but here."


async def test_an_old_message_that_no_turn_took_is_offered_again_too(folder: Path) -> None:
    async with Playground() as playground:
        playground.model.knobs.set(hang_before_headers=True)
        async with running_bot(playground, folder, "threaded", SYNC_WORKERS="1") as bot:
            house = House(playground, bot, "threaded")
            house.mention("please hang")
            await model_works(house)
            ts = house.mention("echo: waiting")
            await everything_taken_in(house)
            await bot.kill()
        playground.model.knobs.reset()
        grows_older(folder, HOUR + 60)
        async with running_bot(playground, folder, "threaded") as bot:
            house = House(playground, bot, "threaded")
            [line] = await house.settled(ts)
            assert TOO_OLD in line.text
            assert buttons(line) == ["answer_again"]
            house.say("echo: and on", GRACE, thread_ts=ts)
            assert [each.text for each in (await house.settled(ts, answers=2))[1:]] == ["and on"]


async def test_a_question_within_the_hour_is_answered(folder: Path, mode: str) -> None:
    async with Playground() as playground:
        playground.model.knobs.set(hang_before_headers=True)
        ts = await killed(playground, folder, mode, lambda house: playground.model.active == 1)
        playground.model.knobs.reset()
        grows_older(folder, HOUR - 300)
        async with running_bot(playground, folder, mode) as bot:
            [message] = await House(playground, bot, mode).settled(ts)
        assert message.text == "Late, but here."


async def streamed_and_old(playground: Playground, folder: Path) -> str:
    """A thread with the beginning of an old answer in a stream that nobody ended."""
    playground.model.knobs.set(chunk_characters=40, chunk_seconds=0.05)
    async with running_bot(playground, folder) as bot:
        house = House(playground, bot, "async")
        ts = house.mention("long 6000")
        await playground.workspace.wait_for(lambda: bool(house.answers(ts)) and house.answers(ts)[0].text, 20)
        await bot.kill()
    playground.model.knobs.reset()
    grows_older(folder, HOUR + 60)
    return ts


async def test_under_a_streamed_answer_the_button_stands_in_a_message_of_its_own(folder: Path) -> None:
    async with Playground() as playground:
        ts = await streamed_and_old(playground, folder)
        async with running_bot(playground, folder) as bot:
            house = House(playground, bot, "async")
            line, below = await house.settled(ts, answers=2)
            assert TOO_OLD in line.text
            assert (buttons(line), buttons(below)) == ([], ["answer_again"])
            playground.workspace.interactivity.click(ADA, GENERAL, below.ts, "answer_again")
            messages = await house.settled(ts, answers=3, seconds=30)
        assert len(messages[2].text) > 5_000


async def test_the_message_with_the_button_is_not_repeated_after_another_crash(folder: Path) -> None:
    async with Playground() as playground:
        ts = await streamed_and_old(playground, folder)
        bot = await launch(environment(playground, folder, "async", {"TEST_CRASH": "before:finish"}, {}), folder)
        async with asyncio.timeout(20):
            await bot.process.wait()
        house = House(playground, bot, "async")
        before = [message.ts for message in house.answers(ts)]
        assert len(before) == 2
        async with running_bot(playground, folder) as bot:
            await until(lambda: states(folder) == ["failed"])
            assert [message.ts for message in await house.settled(ts, answers=2)] == before


# What was set aside


@pytest.mark.parametrize("point", ["before:chat.postMessage", "after:chat.postMessage"])
async def test_the_line_about_what_was_set_aside_outlives_a_crash(folder: Path, mode: str, point: str) -> None:
    async with Playground() as playground:
        bot = await launch(environment(playground, folder, mode, {"TEST_CRASH": point}, {}), folder)
        await bot.until_logged("started", 30.0)
        house = House(playground, bot, mode)
        ts = house.mention("slow 30 long 6000")
        await playground.workspace.wait_for(lambda: bool(house.answers(ts)) and house.answers(ts)[0].text, 20)
        house.say("echo: aside", thread_ts=ts)
        await everything_taken_in(house)
        playground.workspace.press_stop(ADA, GENERAL, ts)
        async with asyncio.timeout(20):
            await bot.process.wait()
        async with running_bot(playground, folder, mode) as bot:
            lines = await playground.workspace.wait_for(
                lambda: (
                    house.is_quiet(ts) and [message for message in house.answers(ts) if "was set aside" in message.text]
                ),
                20,
            )
            assert len(lines) == 1
            playground.workspace.interactivity.click(ADA, GENERAL, lines[0].ts, "answer_aside")
            await playground.workspace.wait_for(lambda: house.answers(ts)[-1].text == "aside", 20)
            told = [message.ts for message in house.answers(ts)]
        async with running_bot(playground, folder, mode):
            pass
        assert [message.ts for message in house.answers(ts)] == told, "and it is not said again"


# What Slack refused


REFUSING = ("chat.postMessage", "chat.startStream", "chat.stopStream", "chat.update")


async def refused_in_the_end(house: House, bot_log: Callable[[], object]) -> str:
    """A thread whose answer Slack does not take."""
    for method in REFUSING:
        house.playground.faults.add("error", method, times=None, code="restricted_action")
    ts = house.mention("echo: Taken in the end.")
    await until(lambda: bool(bot_log()), 20)
    return ts


async def test_a_refused_answer_is_delivered_later_without_the_model(folder: Path, mode: str) -> None:
    async with own_house(folder, mode, timings={"undelivered_interval": 0.5}) as house:
        calls = Calls(house)
        ts = await refused_in_the_end(house, lambda: states(folder) == ["undelivered"])
        await until(lambda: len(house.bot.events("undelivered_again")) >= 2)
        assert house.answers(ts) == []
        house.playground.faults.reset()
        [message] = await house.settled(ts)
        assert message.text == "Taken in the end."
        await until(lambda: states(folder) == ["done"])
        assert len(calls()) == 1
        house.say("echo: Next.", thread_ts=ts)
        assert [each.text for each in await house.settled(ts, answers=2)] == ["Taken in the end.", "Next."]


async def test_a_refused_answer_fails_when_its_time_is_over(folder: Path, mode: str) -> None:
    timings = {"undelivered_interval": 0.5}
    async with own_house(folder, mode, timings=timings, RESUME_MAX_AGE_SECONDS="2") as house:
        ts = await refused_in_the_end(house, lambda: states(folder) == ["undelivered"])
        await until(lambda: states(folder) == ["failed"])
        house.playground.faults.reset()
        house.say("echo: Next.", thread_ts=ts)
        assert [each.text for each in await house.settled(ts)] == ["Next."]


# A stop under load


def holds(house: House, ts: str, text: str) -> bool:
    """Whether the thread has this one answer."""
    return [message.text for message in house.answers(ts)] == [text]


async def test_a_stop_under_load_loses_and_doubles_nothing(folder: Path, mode: str) -> None:
    threads = 20
    async with Playground() as playground:
        playground.faults.ack_timeout = 1.0
        playground.faults.retry_pauses = (0.0, 0.5, 1.0, 3.0)
        playground.model.knobs.set(total_seconds=3.0, chunk_count=10)
        async with running_bot(playground, folder, mode, SHUTDOWN_GRACE_SECONDS="1") as bot:
            house = House(playground, bot, mode)
            asked = {house.mention(f"echo: Number {number}."): f"Number {number}." for number in range(threads)}
            await until(lambda: playground.model.active >= 5)
            stopping = asyncio.create_task(bot.stop())
            deadline = time.monotonic() + 1.0
            while time.monotonic() < deadline:
                number = len(asked)
                asked[house.mention(f"echo: Number {number}.")] = f"Number {number}."
                await asyncio.sleep(0.1)
            assert await stopping == 0
        playground.model.knobs.reset()
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            for ts, text in asked.items():
                # A cut answer rests until its turn is resumed.
                await playground.workspace.wait_for(partial(holds, house, ts, text), 30)
            await everything_taken_in(house)
            await until(lambda: all(house.is_quiet(ts) for ts in asked))
        assert [[each.text for each in house.answers(ts)] for ts in asked] == [[text] for text in asked.values()]
        assert states(folder) == ["done"] * len(asked)
