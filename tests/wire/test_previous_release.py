"""The way back: each release so far still runs on a file that this one has migrated, and this one goes on after it."""

import asyncio
import io
import subprocess
import sys
import tarfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from playground.server import Playground
from tests.repository.releases import RELEASES
from tests.wire.harness import Bot, House, environment, running_bot
from tests.wire.model_side import recorded
from tests.wire.processes import ROOT

pytestmark = pytest.mark.slow


def _git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True, timeout=60).stdout


def _unpack(commit: str, place: Path) -> None:
    if _git("rev-parse", "--is-shallow-repository") == b"true\n":
        pytest.skip("this clone does not reach back to the releases")
    with tarfile.open(fileobj=io.BytesIO(_git("archive", commit))) as archive:
        archive.extractall(place, filter="data")


@asynccontextmanager
async def released(playground: Playground, place: Path, folder: Path, mode: str) -> AsyncIterator[Bot]:
    """The release in `place`, on the database in `folder`, with nothing but settings that every release knows."""
    given = environment(playground, folder, mode, {}, {}) | {"PYTHONPATH": str(place), "TEST_TIMINGS": "{}"}
    log = folder / f"bot-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(place / "main.py"), cwd=folder, env=given, stdout=output, stderr=output
        )
    bot = Bot(process, log)
    try:
        await bot.until_logged("started", 30.0)
        yield bot
        assert await bot.stop() == 0
    finally:
        await bot.kill()


@pytest.mark.parametrize("version", RELEASES)
async def test_an_earlier_release_runs_on_the_migrated_file(folder: Path, version: str, mode: str) -> None:
    place = folder / "release"
    await asyncio.to_thread(_unpack, RELEASES[version], place)
    async with Playground() as playground:
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            ts = house.mention("echo: now")
            await house.settled(ts)
            await recorded(house, ts)
        async with released(playground, place, folder, mode) as bot:
            house = House(playground, bot, mode)
            house.say("echo: back", thread_ts=ts)
            await house.settled(ts, answers=2)
            await recorded(house, ts)
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            house.say("echo: and forward", thread_ts=ts)
            assert [message.text for message in await house.settled(ts, answers=3)] == ["now", "back", "and forward"]
