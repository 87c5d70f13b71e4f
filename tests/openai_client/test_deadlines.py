"""Deadlines, silences, cancellation and the line for a slot. Whatever ends a call early closes its connection."""

import asyncio

import pytest

from openai_client.errors import Failure, ModelError
from openai_client.events import Event, Waiting
from tests.openai_client.bench import Bench, a_request
from tests.openai_client.server import Hang, Pause, Step


def trickle(bench: Bench, step: Step, seconds: float) -> list[Step]:
    """`step` every 50 ms for `seconds`."""
    return [each for _ in range(round(seconds / 0.05)) for each in (Pause(0.05), step)]


async def test_the_deadline_ends_a_call_that_is_never_answered(bench: Bench) -> None:
    await bench.retune(ASYNC_TIMEOUT_SECONDS=0.2)
    bench.will(Hang())
    problem = await bench.fail()
    assert (problem.failure, problem.after_text) == (Failure.TIMEOUT, False)
    await bench.server.until(lambda: bench.server.left == 1)


async def test_the_deadline_ends_an_answer_that_goes_on_for_ever(bench: Bench) -> None:
    await bench.retune(ASYNC_TIMEOUT_SECONDS=0.4)
    bench.will(bench.broken(*trickle(bench, bench.dialect.text("on "), 10)))
    problem = await bench.fail()
    assert (problem.failure, problem.after_text, problem.request_id) == (Failure.TIMEOUT, True, "req_stream")
    assert bench.text.startswith("on on ")
    await bench.server.until(lambda: bench.server.left == 1)


async def test_a_silent_server_is_not_waited_for(bench: Bench) -> None:
    await bench.retune({"silence_before_text": 0.2})
    bench.will(Hang())
    assert (await bench.fail()).failure is Failure.STALLED
    assert len(bench.server.received) == 1
    await bench.server.until(lambda: bench.server.left == 1)


async def test_silence_after_the_opening_is_not_waited_for(bench: Bench) -> None:
    await bench.retune({"silence_before_text": 0.2})
    bench.will(bench.broken(Pause(30)))
    assert (await bench.fail()).failure is Failure.STALLED
    await bench.server.until(lambda: bench.server.left == 1)


@pytest.mark.parametrize("sign", ["keepalive", "comment"])
async def test_before_the_first_text_any_sign_of_life_counts(bench: Bench, sign: str) -> None:
    await bench.retune({"silence_before_text": 0.4}, STREAM_STALL_SECONDS=0.05)
    dialect = bench.dialect
    life: Step = dialect.keepalive() if sign == "keepalive" else b": still here\n\n"
    bench.will(bench.stream(*trickle(bench, life, 0.8), dialect.text("At last."), *dialect.ending("At last.")))
    await bench.ask()
    assert bench.text == "At last."


async def test_a_pause_after_a_thought_is_measured_as_before_the_text(bench: Bench) -> None:
    await bench.retune(STREAM_STALL_SECONDS=0.1)
    dialect = bench.dialect
    bench.will(bench.stream(dialect.thought(), Pause(0.4), dialect.text("So."), *dialect.ending("So.")))
    await bench.ask()
    assert bench.text == "So."


@pytest.mark.parametrize("sign", ["keepalive", "comment", "nothing"])
async def test_after_the_first_text_only_progress_counts(bench: Bench, sign: str) -> None:
    await bench.retune({"silence_before_text": 5}, STREAM_STALL_SECONDS=0.3)
    dialect = bench.dialect
    signs: dict[str, Step] = {"keepalive": dialect.keepalive(), "comment": b": here\n\n", "nothing": Pause(0)}
    bench.will(bench.broken(dialect.text("Well"), *trickle(bench, signs[sign], 10)))
    async with asyncio.timeout(3):
        problem = await bench.fail()
    assert (problem.failure, problem.after_text) == (Failure.STALLED, True)
    await bench.server.until(lambda: bench.server.left == 1)


async def test_a_slow_answer_that_moves_on_is_not_stalled(bench: Bench) -> None:
    await bench.retune(STREAM_STALL_SECONDS=0.4)
    dialect = bench.dialect
    bench.will(bench.stream(*trickle(bench, dialect.text("a"), 0.8), *dialect.ending("a" * 16)))
    await bench.ask()
    assert bench.text == "a" * 16


@pytest.mark.parametrize("when", ["before the headers", "in mid-answer"])
async def test_a_cancelled_call_closes_its_connection(bench: Bench, when: str) -> None:
    bench.will(Hang() if when == "before the headers" else bench.broken(bench.dialect.text("Hm"), Pause(30)))
    call = asyncio.create_task(bench.ask())
    early = when == "before the headers"
    await bench.server.until(lambda: bool(bench.server.received if early else bench.text))
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await bench.server.until(lambda: bench.server.left == 1)
    assert bench.client.in_flight == 0
    bench.will(bench.answer("Next."))
    await bench.ask()


async def test_a_callers_own_deadline_passes_through(bench: Bench) -> None:
    bench.will(Hang())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await bench.ask()
    await bench.server.until(lambda: bench.server.left == 1)


async def test_many_calls_cancelled_at_once_leave_nothing_behind(bench: Bench) -> None:
    bench.will(bench.broken(bench.dialect.text("x"), Pause(30)))
    calls = [asyncio.create_task(bench.ask()) for _ in range(40)]
    await bench.server.until(lambda: len(bench.text) == 40)
    for call in calls:
        call.cancel()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results)
    await bench.server.until(lambda: bench.server.left == 40)
    assert bench.client.in_flight == 0


async def test_no_more_calls_than_slots_and_those_who_wait_are_told(bench: Bench) -> None:
    await bench.retune(ASYNC_MAX_CONCURRENT_REQUESTS=2)
    bench.will(bench.stream(Pause(0.15), bench.dialect.text("ok"), *bench.dialect.ending("ok")))
    heard: list[list[Event]] = [[] for _ in range(6)]

    async def ask(number: int) -> int:
        def hear(event: Event) -> None:
            heard[number].append(event)

        await bench.client.complete(a_request(), hear)
        finished.append(number)
        return number

    finished: list[int] = []
    calls = [asyncio.create_task(ask(number)) for number in range(6)]
    await asyncio.sleep(0.05)
    assert (bench.client.in_flight, bench.client.waiting) == (2, 4)
    await asyncio.gather(*calls)
    assert bench.server.most_open == 2
    assert [Waiting("slot") in events for events in heard] == [False, False, True, True, True, True]
    assert {*finished[:2]} == {0, 1}
    assert {*finished[2:4]} == {2, 3}


async def test_waiting_for_a_slot_is_outside_the_calls_deadline(bench: Bench) -> None:
    await bench.retune(ASYNC_MAX_CONCURRENT_REQUESTS=1, ASYNC_TIMEOUT_SECONDS=0.5)
    bench.will(bench.stream(Pause(0.3), bench.dialect.text("ok"), *bench.dialect.ending("ok")))
    await asyncio.gather(*(bench.ask() for _ in range(3)))
    assert bench.text == "okokok"


async def test_waiting_for_a_slot_has_its_own_bound(bench: Bench) -> None:
    await bench.retune(ASYNC_MAX_CONCURRENT_REQUESTS=1, TURN_TIMEOUT_SECONDS=0.2)
    bench.will(bench.broken(bench.dialect.text("x"), Pause(30)))
    holder = asyncio.create_task(bench.ask())
    await asyncio.sleep(0.1)
    problem = await bench.fail()
    assert (problem.failure, problem.detail) == (Failure.TIMEOUT, "no slot came free")
    holder.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holder


async def test_a_cancelled_waiter_gives_its_place_away(bench: Bench) -> None:
    await bench.retune(ASYNC_MAX_CONCURRENT_REQUESTS=1)
    bench.will(bench.stream(Pause(0.2), bench.dialect.text("ok"), *bench.dialect.ending("ok")))
    holder, leaver, stayer = (asyncio.create_task(bench.ask()) for _ in range(3))
    await asyncio.sleep(0.05)
    leaver.cancel()
    await asyncio.gather(holder, stayer)
    with pytest.raises(asyncio.CancelledError):
        await leaver
    assert (len(bench.server.received), bench.client.in_flight, bench.client.waiting) == (2, 0, 0)


async def test_a_closing_client_does_not_hang_and_its_calls_end(bench: Bench) -> None:
    bench.will(bench.broken(bench.dialect.text("x"), Pause(30)))
    call = asyncio.create_task(bench.ask())
    await bench.server.until(lambda: bool(bench.text))
    async with asyncio.timeout(3):
        await bench.client.close()
        with pytest.raises(ModelError) as caught:
            await call
    assert (caught.value.failure, caught.value.after_text) == (Failure.DROPPED, True)
    assert (await bench.fail()).failure is Failure.DROPPED
    assert len(bench.server.received) == 1
