"""What happens to messages while sockets break, and how the sockets come back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest
import pytest_asyncio

from playground.server import Options, Playground
from playground.slack.faults import Faults
from playground.slack.journal import Envelope
from tests.wire.conftest import MODES
from tests.wire.harness import House, environment, launch, running_bot

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=MODES)
async def tough_house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house of this module's own; the SDK logs its failed connections with tracebacks."""
    mode: str = request.param
    folder = tmp_path_factory.mktemp(mode)
    async with (
        Playground(Options()) as playground,
        running_bot(playground, folder, mode, timings={"socket_ping": 0.5}, may_log_tracebacks=True) as bot,
    ):
        yield House(playground, bot, mode)


@pytest_asyncio.fixture(loop_scope="module")
async def house(tough_house: House) -> AsyncIterator[House]:
    """The house with two open sockets, and Slack in a hurry to deliver again."""
    house = tough_house
    house.playground.faults.ack_timeout = 1.0
    house.playground.faults.retry_pauses = (0.5, 0.5, 2.0, 2.0, 2.0)
    await both_open(house)
    yield house
    house.playground.faults.reset()


async def both_open(house: House) -> None:
    sockets = house.playground.sockets
    await house.playground.workspace.wait_for(
        lambda: len([one for one in sockets.connections if not one.silent and not one.leaving]) == 2, 25
    )


async def asked_throughout(house: House, trouble: Callable[[], None], rounds: int = 12) -> list[str]:
    """Messages written before, during and after the trouble."""
    asked = []
    for number in range(rounds):
        asked.append(house.mention(f"echo: {number}"))
        if number == rounds // 3:
            trouble()
        await asyncio.sleep(0.1)
    return asked


async def all_answered_once(house: House, asked: list[str]) -> None:
    for number, ts in enumerate(asked):
        assert [message.text for message in await house.settled(ts, seconds=30)] == [str(number)]
    assert house.playground.sockets.lost == 0


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled"])
async def test_a_refresh_of_both_sockets(house: House, reason: str) -> None:
    opened = house.playground.sockets.opened
    asked = await asked_throughout(house, lambda: house.playground.sockets.disconnect(reason))
    await all_answered_once(house, asked)
    await both_open(house)
    assert house.playground.sockets.opened >= opened + 2


async def test_both_sockets_are_cut_and_the_next_tickets_are_burnt(house: House) -> None:
    def trouble() -> None:
        house.playground.faults.burnt_tickets = 3
        house.playground.sockets.cut()

    await all_answered_once(house, await asked_throughout(house, trouble))
    assert house.playground.faults.burnt_tickets == 0
    await both_open(house)


async def test_one_socket_is_half_open(house: House) -> None:
    number = house.playground.sockets.connections[0].number
    await all_answered_once(house, await asked_throughout(house, lambda: house.playground.sockets.freeze(number)))
    await both_open(house)


async def test_events_right_behind_a_disconnect(house: House) -> None:
    def trouble() -> None:
        house.playground.faults.disconnects_in_flight = 4

    await all_answered_once(house, await asked_throughout(house, trouble))
    await both_open(house)


async def test_late_repeated_and_unheard_deliveries(house: House) -> None:
    def trouble() -> None:
        faults: Faults = house.playground.faults
        faults.duplicate_deliveries, faults.ignored_acks = 6, 6
        faults.late_deliveries, faults.late_seconds = 3, 1.5

    await all_answered_once(house, await asked_throughout(house, trouble))


async def test_no_socket_is_left_behind_that_nobody_reads(house: House) -> None:
    """Every open socket acknowledges: an orphan would hold its share of the events until they come again."""
    sockets, wait_for = house.playground.sockets, house.playground.workspace.wait_for

    def acknowledged(sent: list[Envelope]) -> bool:
        return all(one.acked_at is not None for one in sent)

    for _ in range(3):
        await wait_for(lambda: len(sockets.connections) == 2, 10)
        before = list(sockets.connections)
        asked = [house.mention(f"echo: {number}") for number in range(12)]
        await all_answered_once(house, asked)
        # What other tests left unacknowledged may still be on its way: only these messages count.
        envelopes = [one for one in sockets.envelopes if one.ts in asked]
        await wait_for(partial(acknowledged, envelopes), 3)
        if list(sockets.connections) == before:
            break  # otherwise one that another test has troubled was renewed meanwhile
    assert list(sockets.connections) == before
    assert {one.retry_attempt for one in envelopes} == {0}
    assert {one.connection for one in envelopes} == {one.number for one in before}


async def test_sockets_are_renewed_by_age_one_at_a_time_the_second_first(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    lengths: list[int] = []
    async with (
        Playground(Options()) as playground,
        running_bot(
            playground,
            tmp_path_factory.mktemp("age"),
            timings={"socket_lifetime": 3.0, "watchdog_interval": 0.1},
        ) as bot,
    ):
        house = House(playground, bot, "async")
        async with asyncio.timeout(15):
            while len(bot.events("socket_renewed")) < 6:
                lengths.append(len(playground.sockets.connections))
                await house.ask("echo: still here")
        renewed = [event["socket"] for event in bot.events("socket_renewed")]
        assert set(renewed[:2]) == {0, 1}  # the start
        assert renewed[2:5] == [1, 0, 1]
        assert min(lengths) >= 1


async def test_all_sockets_gone_for_longer_than_the_patience(tmp_path_factory: pytest.TempPathFactory) -> None:
    async def one(mode: str) -> None:
        folder = tmp_path_factory.mktemp(mode)
        async with Playground(Options()) as playground:
            bot = await launch(environment(playground, folder, mode, {}, {"start_patience": 3.0}), folder)
            await bot.until_logged("started", 30)
        try:
            async with asyncio.timeout(25):
                assert await bot.process.wait() == 1
        finally:
            await bot.kill()
        assert "threadwell: no socket for" in bot.text
        assert bot.events("socket_down")

    await asyncio.gather(*map(one, MODES))
