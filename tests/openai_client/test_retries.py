"""What is repeated, how often, after what pause: over the wire."""

import asyncio

import pytest

from openai_client.errors import Failure
from openai_client.events import Json, Waiting
from tests.openai_client.bench import Bench
from tests.openai_client.server import Hang, Hangup, Refuse, Reply, Reset

SLOWER: Json = {"code": "rate_limit_exceeded", "message": "Slower."}
LIMITED: Json = {"error": SLOWER}


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503])
async def test_a_passing_failure_is_repeated_until_it_works(bench: Bench, status: int) -> None:
    bench.will(Refuse(status), Refuse(status), bench.answer("There."))
    await bench.ask()
    assert bench.text == "There."
    assert [wait.reason for wait in bench.waits] == ["retry", "retry"]
    assert [name for name, _ in bench.figures.counts] == ["model_retries", "model_retries", "model_calls"]


async def test_two_repeats_are_enough(bench: Bench) -> None:
    bench.will(Refuse(503))
    await bench.fail()
    assert len(bench.server.received) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_a_lasting_failure_is_not_repeated(bench: Bench, status: int) -> None:
    bench.will(Refuse(status, {"error": {"code": "model_not_found", "message": "No."}}))
    await bench.fail()
    assert len(bench.server.received) == 1


async def test_used_up_quota_is_not_repeated(bench: Bench) -> None:
    bench.will(Refuse(429, {"error": {"code": "insufficient_quota", "message": "Pay."}}))
    await bench.fail()
    assert len(bench.server.received) == 1


@pytest.mark.parametrize("header", [("Retry-After", "0.2"), ("retry-after-ms", "200")])
async def test_the_servers_word_is_followed(bench: Bench, header: tuple[str, str]) -> None:
    bench.will(Refuse(429, LIMITED, dict([header])), bench.answer("There."))
    await bench.ask()
    assert bench.waits == [Waiting("retry", 0.2)]
    first, second = bench.server.received
    assert second.at - first.at >= 0.2


async def test_a_pause_beyond_the_deadline_is_not_begun(bench: Bench) -> None:
    bench.will(Refuse(429, LIMITED, {"Retry-After": "60"}))
    async with asyncio.timeout(3):
        problem = await bench.fail()
    assert (problem.failure, problem.retry_after) == (Failure.RATE_LIMITED, 60.0)
    assert (len(bench.server.received), bench.waits) == (1, [])


async def test_a_lost_connection_is_repeated_before_the_first_word(bench: Bench) -> None:
    bench.will(Hangup(), bench.broken(Reset()), bench.answer("There."))
    await bench.ask()
    assert bench.text == "There."


async def test_a_stream_that_ends_before_its_first_word_is_repeated(bench: Bench) -> None:
    bench.will(bench.broken(), bench.answer("There."))
    await bench.ask()
    assert len(bench.server.received) == 2


async def test_nothing_is_repeated_after_the_first_word(bench: Bench) -> None:
    dialect = bench.dialect
    limited: Json = {"type": "error", **LIMITED}
    begun: list[Reply] = [
        bench.broken(dialect.text("One")),
        bench.broken(dialect.refusal("No")),
        bench.broken(dialect.text("One"), limited),
    ]
    for reply in begun:
        bench.will(reply, bench.answer("Two"))
        await bench.fail()
    assert len(bench.server.received) == len(begun)
    assert bench.waits == []


async def test_trouble_inside_the_stream_is_repeated_before_the_first_word(bench: Bench) -> None:
    trouble: Json = {"type": "error", "error": {"code": "server_error", "message": "Oh."}}
    bench.will(bench.broken(trouble), bench.answer("There."))
    await bench.ask()
    assert bench.text == "There."


async def test_the_deadline_covers_all_attempts(bench: Bench) -> None:
    await bench.retune(ASYNC_TIMEOUT_SECONDS=0.5)
    bench.will(Refuse(429, LIMITED, {"Retry-After": "0.3"}), Hang())
    async with asyncio.timeout(3):
        problem = await bench.fail()
    assert problem.failure is Failure.TIMEOUT
    first, second = bench.server.received
    assert second.at - first.at >= 0.3
    await bench.server.until(lambda: bench.server.left == 1)


async def test_a_call_can_be_cancelled_while_it_pauses(bench: Bench) -> None:
    bench.will(Refuse(429, LIMITED, {"Retry-After": "5"}))
    call = asyncio.create_task(bench.ask())
    async with asyncio.timeout(3):
        await bench.server.until(lambda: bool(bench.waits))
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    assert bench.client.in_flight == 0
    assert bench.figures.counts[-1][1]["outcome"] == "cancelled"
