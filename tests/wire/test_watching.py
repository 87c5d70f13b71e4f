"""What monitoring and people see of a bot at work: the figures of its answers, failures and recoveries."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from tests.wire.conftest import MODES
from tests.wire.harness import GENERAL, House
from tests.wire.model_side import model_works, own_house, recorded
from tests.wire.processes import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="module")

DIRECT = "C0TEAM0001"


@dataclass
class Watched(House):
    """A house that is watched."""

    port: int

    async def get(self, path: str) -> str:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{self.port}{path}") as answer:
            return await answer.text()

    async def metric(self, name: str, **labels: str) -> float:
        """The sum of all samples of this name that bear the labels."""
        families = text_string_to_metric_families(await self.get("/metrics"))
        samples = [sample for family in families for sample in family.samples if sample.name == f"threadwell_{name}"]
        return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())

    async def ended(self, text: str, thread_ts: str | None = None, answers: int = 1, channel: str = GENERAL) -> str:
        """Ask, and wait until the turn is recorded; the ts of the thread."""
        ts = thread_ts or self.mention(text, channel=channel)
        if thread_ts:
            self.say(text, channel=channel, thread_ts=thread_ts)
        await self.settled(ts, channel, answers)
        if channel == GENERAL:
            await recorded(self, ts, answers)
        return ts


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=MODES)
async def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    given = {"HEALTH_PORT": str(port), "STREAM_STALL_SECONDS": "4", "ASYNC_TEST_CHANNELS": DIRECT}
    async with own_house(tmp_path_factory.mktemp("watched"), request.param, None, **given) as own:
        yield Watched(own.playground, own.bot, own.mode, port)


async def test_answers_and_how_long_they_took(house: Watched) -> None:
    before = await house.metric("turns_total", state="done", mode=house.mode)
    for number in range(3):
        await house.ended(f"echo: {number}")
    # A turn of another test may have come to its record meanwhile.
    assert await house.metric("turns_total", state="done", mode=house.mode) >= before + 3
    for name in ("first_sign_seconds", "first_text_seconds", "turn_seconds"):
        assert await house.metric(f"{name}_count", mode=house.mode) >= 3
        assert await house.metric(f"{name}_bucket", mode=house.mode, le="+Inf") >= 3
        assert f"{name}_p99{{mode={house.mode}}}" in await house.get("/health")
    assert await house.metric("model_tokens_sum", kind="output") > 0


async def test_a_thread_that_is_answered_after_a_timeout_has_recovered(house: Watched) -> None:
    timeouts, recovered = await house.metric("turn_timeouts_total"), await house.metric("turn_timeouts_recovered_total")
    house.playground.model.knobs.next(chunk_characters=4, stall_after_chunks=3)
    ts = await house.ended("echo: the model falls silent in the middle of this")
    assert await house.metric("turn_timeouts_total") == timeouts + 1
    assert await house.metric("turn_errors_total", kind="stalled") >= 1
    assert await house.metric("turn_timeouts_recovered_total") == recovered
    await house.ended("echo: again", ts, 2)
    assert await house.metric("turn_timeouts_recovered_total") == recovered + 1


async def test_errors_are_counted_by_kind(house: Watched) -> None:
    before = await house.metric("turn_errors_total", kind="quota")
    house.playground.model.knobs.next(status=429, code="insufficient_quota")
    await house.ended("echo: never")
    assert await house.metric("turn_errors_total", kind="quota") == before + 1


async def test_turns_past_the_workers_are_told_apart(house: Watched) -> None:
    before = await house.metric("turns_total", mode="async")
    await house.ended("echo: past them", channel=DIRECT)
    async with asyncio.timeout(10):
        while await house.metric("turns_total", mode="async") == before:
            await asyncio.sleep(0.1)


async def test_connections_are_used_again(house: Watched) -> None:
    async def counted(pool: str) -> tuple[float, float]:
        # Of both modes together: each goes on with the connections that the other has opened.
        opened = await house.metric("connections_opened_total", pool=pool)
        return opened, await house.metric("connections_reused_total", pool=pool)

    before = {pool: await counted(pool) for pool in ("slack", "model")}
    for number in range(5):
        await house.ended(f"echo: {number}")
    for pool, (opened_before, reused_before) in before.items():
        opened, reused = await counted(pool)
        assert opened >= 1
        assert reused - reused_before > opened - opened_before


async def test_the_first_connection_for_a_file_is_an_opened_one(house: Watched) -> None:
    assert await house.metric("connections_opened_total", pool="links") == 0
    await house.settled(house.attach("echo: a file", [("notes.txt", b"Herons wait.")]))
    assert await house.metric("connections_opened_total", pool="links", mode=house.mode) == 1


async def test_what_is_under_way(house: Watched) -> None:
    house.playground.model.knobs.next(total_seconds=3.0, chunk_count=6)
    ts = house.mention("echo: under way for a while")
    await model_works(house)
    assert await house.metric("turns_working") >= 1
    assert await house.metric("model_calls_in_flight") >= 1
    assert f'"lane": "{GENERAL}/{ts}"' in await house.get("/health")
    await house.settled(ts)


async def test_no_words_of_anybody_are_told(house: Watched) -> None:
    await house.ended("echo: between us two alone")
    for path in ("/", "/health", "/health/history", "/health/ready", "/metrics", "/health/db-pool"):
        assert "between us" not in await house.get(path)
        assert "the-key-of-the-tests" not in await house.get(path)


async def test_ready_and_its_parts(house: Watched) -> None:
    told = await house.get("/health/ready")
    assert '"reasons": []' in told
    assert '"sockets": true' in told
    assert '"database": true' in told
    assert '"readers": 2' in await house.get("/health/db-pool")


NAMED = re.compile(r"\b(threadwell|process)_[a-z_]+")


async def test_every_figure_of_the_dashboard_is_one(house: Watched) -> None:
    panels = json.loads((ROOT / "docs" / "grafana.json").read_text(encoding="utf-8"))["panels"]
    wanted = {found.group() for panel in panels for each in panel["targets"] for found in NAMED.finditer(each["expr"])}
    house.playground.model.knobs.next(chunk_characters=4, stall_after_chunks=3)
    ts = await house.ended("echo: the model falls silent in the middle of this")
    await house.ended("echo: again", ts, 2)
    house.playground.faults.add("rate_limited", "chat.startStream", times=1, retry_after=1)
    await house.ended("echo: against a limit")
    house.playground.faults.add("server_error", times=1)
    await house.ended("echo: against an error")
    told = await house.get("/metrics")
    assert {name for name in wanted if f"\n{name}" not in told} == set()
