"""Work that nobody waits for is bounded, and its failures are seen."""

import asyncio

import pytest

from message_processor.small_tasks import SmallTasks


async def _until(event: asyncio.Event) -> None:
    async with asyncio.timeout(5):
        await event.wait()


async def test_no_more_than_the_limit_run_at_once() -> None:
    tasks, over = SmallTasks(limit=2), asyncio.Event()
    assert [tasks.start(_until(over), "waits") for _ in range(3)] == [True, True, False]
    over.set()
    await asyncio.sleep(0.01)
    assert tasks.start(_until(over), "waits")
    await tasks.close()


async def test_one_that_takes_too_long_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    tasks, ended = SmallTasks(longest=0.01), asyncio.Event()

    async def hang() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    tasks.start(hang(), "hangs")
    await _until(ended)
    assert [record.message for record in caplog.records] == ["small_task_given_up"]


async def test_a_failure_is_logged_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    tasks, done = SmallTasks(), asyncio.Event()

    async def fail() -> None:
        raise RuntimeError("boom")

    async def succeed() -> None:
        done.set()

    tasks.start(fail(), "fails")
    tasks.start(succeed(), "succeeds")
    await _until(done)
    await asyncio.sleep(0.01)
    assert [(record.message, vars(record)["task"]) for record in caplog.records] == [("small_task_crashed", "fails")]


async def test_the_end_cancels_what_runs() -> None:
    tasks, cancelled = SmallTasks(), asyncio.Event()

    async def hang() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    tasks.start(hang(), "hangs")
    await asyncio.sleep(0)
    await tasks.close()
    assert cancelled.is_set()
