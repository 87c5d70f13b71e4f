"""Sockets that are closed, silent, refreshed or gone while people keep asking: every question is answered once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from playground.server import Playground
from tests.wire.harness import House, running_bot
from tests.wire.model_side import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]

QUESTIONS = 60


@pytest_asyncio.fixture
async def house(folder: Path, mode: str) -> AsyncIterator[House]:
    """A house whose Slack is in a hurry to deliver again; the SDK logs its failed connections with tracebacks."""
    async with (
        Playground() as playground,
        running_bot(playground, folder, mode, timings={"start_patience": 60.0}, may_log_tracebacks=True) as bot,
    ):
        playground.faults.ack_timeout = 1.0
        playground.faults.retry_pauses = (0.5, 1.0, 2.0, 4.0, 8.0)
        yield House(playground, bot, mode)


async def asked_all_the_time(house: House, trouble: Callable[[int], None]) -> dict[str, str]:
    """Questions of some people at a steady pace, with `trouble` after each of them."""
    people = [house.playground.workspace.add_person(f"person{number}").id for number in range(6)]
    asked: dict[str, str] = {}
    for number in range(QUESTIONS):
        asked[house.mention(f"echo: {number}", people[number % len(people)])] = str(number)
        trouble(number)
        await asyncio.sleep(0.05)
    return asked


async def answered_once(house: House, asked: dict[str, str]) -> None:
    for ts, text in asked.items():
        assert [message.text for message in await house.settled(ts, seconds=40)] == [text]
    assert house.playground.sockets.lost == 0
    await until(lambda: len(house.playground.sockets.connections) == 2, 30)


async def test_refreshes_under_load_lose_nothing(house: House) -> None:
    def refresh(number: int) -> None:
        if number % 10 == 5:
            house.playground.sockets.disconnect()

    opened = house.playground.sockets.opened
    await answered_once(house, await asked_all_the_time(house, refresh))
    assert house.playground.sockets.opened >= opened + 4


async def test_sessions_that_are_closed_under_load_lose_nothing(house: House) -> None:
    closing: list[asyncio.Task[None]] = []

    def close(number: int) -> None:
        if number in (10, 30):
            closing.extend(asyncio.create_task(one.close()) for one in house.playground.sockets.connections)

    await answered_once(house, await asked_all_the_time(house, close))
    await asyncio.gather(*closing)
    assert closing


async def test_two_sockets_without_a_pong_are_renewed_and_nothing_is_lost(house: House) -> None:
    def freeze(number: int) -> None:
        if number == 20:
            house.playground.sockets.freeze()

    await answered_once(house, await asked_all_the_time(house, freeze))


async def test_a_network_that_is_gone_for_a_while_comes_back_with_every_question(house: House) -> None:
    asked = await asked_all_the_time(house, lambda _: None)
    await house.playground.stop()
    await house.bot.until_logged("socket_down", 30)
    meanwhile = house.mention("echo: meanwhile")
    await asyncio.sleep(6.0)
    await house.playground.start()
    # The model is gone as well: what it was at work on may fail, with a line that says so.
    for ts, text in asked.items():
        [message] = await house.settled(ts, seconds=40)
        assert message.text == text or message.text.startswith("⚠️") or "_Cut off" in message.text
    assert house.playground.sockets.lost == 0
    [message] = await house.settled(meanwhile, seconds=40)
    assert message.text == "meanwhile" or message.text.startswith("⚠️")
    assert await house.ask("echo: again", seconds=40) == "again"
