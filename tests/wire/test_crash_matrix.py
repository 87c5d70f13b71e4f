"""The process dies at each step of a turn, and the next one brings every message to its one answer."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from playground.model import texts
from playground.model.journal import Api
from playground.server import Playground
from playground.slack.records import Message
from tests.wire.conftest import MODES
from tests.wire.harness import GRACE, House, running_bot
from tests.wire.model_side import dies, dies_resuming

pytestmark = pytest.mark.asyncio(loop_scope="function")

FIRST, SECOND = texts.CODE_ANSWER, "And the second one."

STREAMED = [
    "before:accept",  # received
    "after:accept",  # stored, not acknowledged
    "after:accept#2",  # its twin: the first one is acknowledged
    "before:claim",  # acknowledged, waiting
    "after:claim",  # the lane has taken it
    "before:model",
    "after:agents.sessions.setStatus",
    "before:chat.startStream",  # the first chunk is there
    "after:chat.startStream",  # the stream is open, and nobody knows
    "after:record_part",  # its ts is known
    "before:chat.appendStream",
    "after:chat.appendStream#2",  # half delivered
    "before:save_text",
    "after:save_text",  # the text is complete
    "before:chat.stopStream",
    "after:chat.stopStream",  # all delivered, nothing of it known
    "before:record_part#2",
    "after:record_part#2",
    "before:finish",
    "after:finish",  # recorded
]
POSTED = ["before:chat.postMessage", "after:chat.postMessage", "after:record_part", "before:finish"]
PICTURE = [
    "before:draw",  # the tool runs
    "after:draw",  # paid for, and lost
    "after:files.getUploadURLExternal",
    "before:keep_made",
    "after:keep_made",
    "after:upload",  # uploaded, and nobody knows
    "after:record_deed",
    "before:files.completeUploadExternal",
    "after:files.completeUploadExternal",  # shared, and nobody knows
    "after:record_deed#2",
    "after:save_text",
    "before:finish",
]
AGAIN = [
    ("after:chat.startStream", "before:chat.stopStream"),  # the open stream was about to be ended
    ("after:chat.startStream", "after:chat.stopStream"),  # it was
    ("after:chat.appendStream#2", "before:model"),
    ("after:chat.appendStream#2", "after:save_text"),
    ("after:chat.startStream", "before:chat.update"),  # written whole into the same message
    ("after:chat.startStream", "after:chat.update"),
    ("after:chat.stopStream", "before:finish"),
]
QUICK = {"after:accept", "after:chat.startStream", "after:chat.stopStream", "after:files.completeUploadExternal"}


def points(names: list[str]) -> list[object]:
    """All of them for the slow run, and a handful for every run."""
    return [pytest.param(name, marks=[] if name in QUICK else [pytest.mark.slow]) for name in names]


@asynccontextmanager
async def workspace() -> AsyncIterator[Playground]:
    """A workspace that soon sends again what was not acknowledged."""
    async with Playground() as playground:
        playground.faults.ack_timeout = 1.0
        playground.faults.retry_pauses = (0.0, 0.3, 1.0, 3.0)
        yield playground


def nothing_is_left(folder: Path) -> None:
    """Every message and turn has come to its end in the store."""
    with closing(sqlite3.connect(f"file:{folder}/bot.db?mode=ro", uri=True)) as connection:
        assert connection.execute("SELECT state FROM inbox WHERE state NOT IN ('done')").fetchall() == []
        assert connection.execute("SELECT id FROM turns WHERE ended_at IS NULL").fetchall() == []


async def settled(house: House, ts: str, answers: int) -> list[Message]:
    """The bot's messages of the thread, once they are there and a while later."""
    workspace = house.playground.workspace
    await workspace.wait_for(
        lambda: len(house.answers(ts)) >= answers and house.is_quiet(ts) and not workspace.open_streams(), 30
    )
    return house.answers(ts)


async def goes_on(playground: Playground, folder: Path, mode: str, ts: str, answers: int) -> list[Message]:
    """The thread once the next process has answered what was left, and a question more."""
    async with running_bot(playground, folder, mode) as bot:
        house = House(playground, bot, mode)
        await settled(house, ts, answers)
        house.say(f"echo: {SECOND}", GRACE, thread_ts=ts)
        messages = await settled(house, ts, answers + 1)
    nothing_is_left(folder)
    assert not playground.workspace.open_streams()
    assert house.is_quiet(ts)
    assert house.answers(ts) == messages, "nothing more was said at the end"
    return messages


async def in_modes(folder: Path, check: Callable[[Path, str], Coroutine[None, None, None]]) -> None:
    """Both modes side by side, each in a folder of its own."""
    async with asyncio.TaskGroup() as group:
        for mode in MODES:
            (folder / mode).mkdir()
            group.create_task(check(folder / mode, mode))


@pytest.mark.parametrize("point", points(STREAMED))
async def test_a_streamed_answer_is_there_once_and_complete(folder: Path, point: str) -> None:
    async def check(place: Path, mode: str) -> None:
        async with workspace() as playground:
            playground.model.knobs.set(total_seconds=0.6, chunk_count=12)
            ts = await dies(playground, place, mode, point, f"echo: {FIRST}")
            messages = await goes_on(playground, place, mode, ts, 1)
        assert [message.text for message in messages] == [FIRST, SECOND]

    await in_modes(folder, check)


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second"), AGAIN)
async def test_the_process_that_resumes_dies_too(folder: Path, first: str, second: str) -> None:
    async def check(place: Path, mode: str) -> None:
        async with workspace() as playground:
            playground.model.knobs.set(total_seconds=0.6, chunk_count=12)
            ts = await dies(playground, place, mode, first, f"echo: {FIRST}")
            await dies_resuming(playground, place, mode, second)
            messages = await goes_on(playground, place, mode, ts, 1)
        assert [message.text for message in messages] == [FIRST, SECOND]

    await in_modes(folder, check)


@pytest.mark.parametrize("point", points(POSTED))
async def test_a_posted_answer_is_there_once_and_complete(folder: Path, point: str) -> None:
    async def check(place: Path, mode: str) -> None:
        async with workspace() as playground:
            playground.faults.add("error", "chat.startStream", times=None, code="feature_disabled")
            ts = await dies(playground, place, mode, point, f"echo: {FIRST}")
            messages = await goes_on(playground, place, mode, ts, 1)
        assert [message.text for message in messages] == [FIRST, SECOND]

    await in_modes(folder, check)


@pytest.mark.parametrize("point", points(PICTURE))
async def test_a_picture_is_shared_once(folder: Path, point: str) -> None:
    async def check(place: Path, mode: str) -> None:
        async with workspace() as playground:
            ts = await dies(playground, place, mode, point, "draw a boat")
            messages = await goes_on(playground, place, mode, ts, 2)
            drawn = sum(call.api is Api.IMAGES for call in playground.model.journal)
        [picture] = [file for message in messages for file in message.files]
        assert picture.title.startswith("Picture 1: "), "no other one is remembered"
        lost = point in PICTURE[: PICTURE.index("after:keep_made")]
        assert drawn <= (2 if lost else 1), "what was kept is not paid for again"
        words = [message.text for message in messages if not message.files]
        assert len(words) == 2
        assert words[-1] == SECOND

    await in_modes(folder, check)
