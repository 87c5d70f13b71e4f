"""The status of a thread's session: at work while a turn runs, and never any longer, however it ends."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from playground.server import Options, Playground
from tests.wire.harness import ADA, GENERAL, House, running_bot
from tests.wire.model_side import everything_taken_in, model_works, own_house

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=["async", "threaded"])
async def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One whose allowance for sessions nobody else has used up."""
    async with own_house(tmp_path_factory.mktemp(request.param), request.param) as own:
        yield own


ENDINGS = {
    "done": "slow 1 echo: said",
    "failed": "fail",
    "refused": "error key",
    "empty": "empty",
    "dropped": "drop",
    "posted": "table",
}


def at_work(house: House) -> list[tuple[str, str]]:
    """The threads whose session is at work."""
    sessions = house.playground.workspace.sessions.sessions
    return [where for where, session in sessions.items() if session.status == "processing"]


async def working(house: House, ts: str) -> None:
    await house.playground.workspace.wait_for(
        lambda: house.playground.workspace.session(GENERAL, ts) == "processing", 15
    )


@pytest.mark.parametrize("text", ENDINGS.values(), ids=ENDINGS)
async def test_it_is_over_when_the_turn_is(house: House, text: str) -> None:
    ts = house.mention(text)
    await working(house, ts)
    assert await house.settled(ts)
    assert (GENERAL, ts) not in at_work(house)


def stop(house: House, ts: str, _: str) -> None:
    house.playground.workspace.press_stop(ADA, GENERAL, ts)


def delete(house: House, _: str, question: str) -> None:
    house.playground.workspace.delete(GENERAL, question)


@pytest.mark.parametrize("end", [stop, delete])
@pytest.mark.parametrize("text", ["please hang", "slow 30 long 6000"])
async def test_it_is_over_when_the_turn_is_ended_from_outside(
    house: House, text: str, end: Callable[[House, str, str], None]
) -> None:
    ts = house.mention("echo: begin")
    await house.settled(ts)
    question = house.say(text, thread_ts=ts)
    await model_works(house)
    await working(house, ts)
    end(house, ts, question)
    await house.playground.model.idle()
    await everything_taken_in(house)
    await house.playground.workspace.wait_for(lambda: (GENERAL, ts) not in at_work(house), 15)


async def test_it_is_over_when_the_process_ends(folder: Path, mode: str) -> None:
    async with own_house(folder, mode, SHUTDOWN_GRACE_SECONDS="0") as house:
        for text in ("please hang", "slow 30 long 6000"):
            await working(house, house.mention(text))
        await model_works(house, 2)
        assert len(at_work(house)) == 2
        assert await house.bot.stop() == 0
        assert not at_work(house)


async def test_it_is_over_when_the_next_process_has_answered_what_a_killed_one_left(folder: Path, mode: str) -> None:
    async with Playground(Options()) as playground:
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            threads = [house.mention("slow 1 echo: said in the end") for _ in range(2)]
            for ts in threads:
                await working(house, ts)
            await bot.kill()
            assert len(at_work(house)) == 2
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            for ts in threads:
                await house.settled(ts)
                assert house.answers(ts)[-1].text.endswith("said in the end")
        assert not at_work(house)
