"""A model server that is away: people are told at once, and the first question after it is back is answered."""

import asyncio
import json
import socket
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from message_processor.lines import Lines
from message_processor.wording import ENGLISH
from openai_client.errors import Failure
from tests.wire.harness import ADA, GENERAL, House
from tests.wire.model_side import Calls, model_works, own_house, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINES = Lines(ENGLISH)
FAILED = LINES.failure(Failure.FAILED)
PAUSE = 2.5
PACE = {"breaker_window": 60.0, "retry_base": 0.01, "breaker_pause": PAUSE, "breaker_longest_pause": PAUSE}
AWAY = {
    f"⚠️ The model server is not answering right now. It is tried again by itself; please ask again in {seconds} s."
    for seconds in (1, 2, 3)
}
NOWHERE = ".".join(["nowhere" * 8] * 5) + ".invalid"
"""A name that is longer than names may be: it is refused on this machine, without a question to any server."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@asynccontextmanager
async def house_of(folder: Path, mode: str, **settings: str) -> AsyncIterator[House]:
    async with own_house(folder, mode, PACE, **settings) as house:
        yield house


async def figure(port: int, name: str) -> float:
    def read() -> dict[str, float]:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return dict(json.load(answer)["figures"])

    return (await asyncio.to_thread(read))[name]


def logged(house: House) -> list[int]:
    """How often the log says that the server went away, and that it is back."""
    return [len(house.bot.events(name)) for name in ("model_away", "model_back")]


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
async def test_a_server_that_fails_is_left_alone_until_it_is_back(folder: Path, api: str) -> None:
    port = free_port()
    async with house_of(folder, "async", OPENAI_API=api, HEALTH_PORT=str(port)) as house:
        knobs, calls = house.playground.model.knobs, Calls(house)
        state = f"model_breaker{{endpoint={api},mode=async}}"
        assert await house.ask("echo: well") == "well"
        assert await figure(port, state) == 0
        knobs.set(status=500)
        assert await house.ask("echo: one") == FAILED
        assert await house.ask("echo: two") in AWAY
        assert len(calls()) == 6
        assert await figure(port, state) == 2
        assert await house.ask("echo: three") in AWAY
        assert len(calls()) == 6
        await until(lambda: logged(house) == [1, 0])

        await asyncio.sleep(PAUSE)
        assert await house.ask("echo: four") in AWAY
        assert len(calls()) == 7
        knobs.reset()
        await asyncio.sleep(PAUSE)
        assert await house.ask("echo: five") == "five"
        assert await figure(port, state) == 0
        assert await figure(port, f"model_breaker_opens{{endpoint={api},mode=async}}") == 1
        await until(lambda: logged(house) == [1, 1])
        seconds = house.bot.events("model_back")[0]["seconds"]
        assert isinstance(seconds, float)
        assert seconds >= 2 * PAUSE


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/v1", f"http://{NOWHERE}/v1"], ids=["refused", "unresolvable"])
async def test_a_server_that_cannot_be_reached(folder: Path, address: str) -> None:
    async with house_of(folder, "async", OPENAI_BASE_URL=address) as house:
        assert await house.ask("echo: one") == FAILED
        assert await house.ask("echo: two") in AWAY
        assert await house.ask("echo: three") in AWAY
        await until(lambda: logged(house) == [1, 0])
        await until(lambda: len(house.bot.events("model_retry")) == 3)  # two for the first question, and one later


async def test_limits_and_refusals_are_not_taken_for_a_server_that_is_away(folder: Path) -> None:
    async with house_of(folder, "async") as house:
        knobs = house.playground.model.knobs
        for status, code, failure in (
            (429, "rate_limit_exceeded", Failure.RATE_LIMITED),
            (429, "insufficient_quota", Failure.QUOTA),
            (401, "invalid_api_key", Failure.AUTHENTICATION),
            (400, "content_policy_violation", Failure.CONTENT_REFUSED),
        ):
            knobs.set(status=status, code=code)
            for _ in range(6):
                assert await house.ask("echo: Hi") == LINES.failure(failure)
        knobs.reset()
        assert await house.ask("echo: Hi") == "Hi"
        assert logged(house) == [0, 0]


async def test_people_who_stop_do_not_make_a_server_seem_away(folder: Path) -> None:
    async with house_of(folder, "async") as house:
        house.playground.model.knobs.set(hang_before_headers=True)
        asked = [house.mention(f"echo: {number}") for number in range(8)]
        await model_works(house, 8)
        for ts in asked:
            house.playground.workspace.press_stop(ADA, GENERAL, ts)
        for ts in asked:
            assert [message.text for message in await house.settled(ts)] == ["_Stopped._"]
        house.playground.model.knobs.reset()
        assert await house.ask("echo: Hi") == "Hi"
        assert logged(house) == [0, 0]


async def test_many_people_at_once_are_all_told(folder: Path, mode: str) -> None:
    async with house_of(folder, mode, HEALTH_PORT="0") as house:
        calls = Calls(house)
        house.playground.model.knobs.set(status=503)
        asked = [house.mention(f"echo: {number}") for number in range(15)]
        shown = [message.text for ts in asked for message in await house.settled(ts)]
        assert len(shown) == len(asked)
        assert set(shown) <= AWAY | {FAILED}
        sent = len(calls())
        assert sent < 3 * len(asked), "the pauses before the repeats end early"
        assert await house.ask("echo: late") in AWAY
        await until(lambda: logged(house) == [1, 0])
