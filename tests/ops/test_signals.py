"""Stop requests, and the line to the supervisor."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from ops.signals import Stopped, stop_requested, tell_supervisor_ready, unless_stopped


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_asks_for_a_stop_and_its_twin_changes_nothing(number: signal.Signals) -> None:
    stop = stop_requested()
    os.kill(os.getpid(), number)
    await asyncio.wait_for(stop.wait(), 5)
    os.kill(os.getpid(), number)
    await asyncio.sleep(0.05)
    assert stop.is_set()


async def test_work_that_is_done_in_time() -> None:
    async def work() -> str:
        return "done"

    assert await unless_stopped(asyncio.Event(), work()) == "done"


async def test_the_failure_of_work_comes_through() -> None:
    async def work() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await unless_stopped(asyncio.Event(), work())


async def test_a_stop_waits_until_the_cancelled_work_has_ended() -> None:
    stop, steps = asyncio.Event(), list[str]()

    async def work() -> None:
        stop.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            steps.append("cleaned up")

    with pytest.raises(Stopped):
        await unless_stopped(stop, work())
    assert steps == ["cleaned up"]


def test_the_supervisor_gets_one_line() -> None:
    reader, writer = os.pipe()
    tell_supervisor_ready(writer)
    os.close(writer)
    assert os.read(reader, 100) == b'"ready"\n'
    os.close(reader)


def test_a_supervisor_that_is_gone_or_never_was_changes_nothing() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    tell_supervisor_ready(writer)
    os.close(writer)
    tell_supervisor_ready(writer)
    tell_supervisor_ready(-1)
    tell_supervisor_ready(None)


def test_an_inherited_number_never_writes_into_a_file_of_ours(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    with file.open("wb") as ours:
        tell_supervisor_ready(ours.fileno())
    assert file.read_bytes() == b""
