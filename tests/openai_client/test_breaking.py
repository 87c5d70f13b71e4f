"""What a circuit breaker does to calls: over the wire, for both APIs and for pictures and embeddings."""

import asyncio
import errno
from contextlib import suppress

import httpx2
import pytest

from openai_client.errors import Failure, ModelError
from openai_client.events import Json
from openai_client.faults import connection_fault
from tests.openai_client.bench import Bench
from tests.openai_client.easel import Easel, a_wish, plain
from tests.openai_client.server import Hang, Hangup, Pause, Refuse, Reply, Reset, Stream

PAUSE = 0.8
SOON = {"breaker_pause": PAUSE, "breaker_longest_pause": PAUSE}
PAGE = Stream((b"<html>Log in</html>",), content_type="text/html")


def refused(status: int, code: str) -> Refuse:
    return Refuse(status, {"error": {"code": code, "message": "No."}})


async def failures(bench: Bench, times: int = 6) -> list[Failure]:
    return [(await bench.fail()).failure for _ in range(times)]


async def is_open(bench: Bench) -> bool:
    """Whether a call is refused without being sent."""
    before = len(bench.server.received)
    problem = await bench.fail()
    return problem.failure is Failure.UNAVAILABLE and len(bench.server.received) == before


HARD: list[Reply] = [
    Refuse(500),
    Refuse(503, "<html>Bad day</html>"),
    Hang(),
    Hangup(),
    PAGE,
    Stream((Pause(30),)),
    Stream((Reset(),)),
    Stream((b"data: {broken\n\n",)),
    Stream(({"type": "error", "error": {"code": "server_error", "message": "Oh."}},)),
]


@pytest.mark.parametrize("reply", HARD, ids=repr)
async def test_a_server_that_does_not_do_its_work_is_left_alone(bench: Bench, reply: Reply) -> None:
    await bench.retune({"silence_before_text": 0.2})
    bench.will(reply)
    assert Failure.UNAVAILABLE not in await failures(bench, 1)
    await failures(bench, 5)
    # Fewer where the client had given up before the server took note of a request.
    assert 0 < len(bench.server.received) <= 5
    assert await is_open(bench)


async def test_deadlines_that_pass_before_any_text_count(bench: Bench) -> None:
    await bench.retune(ASYNC_TIMEOUT_SECONDS=0.1)
    bench.will(Hang())
    assert await failures(bench) == [Failure.TIMEOUT] * 5 + [Failure.UNAVAILABLE]


async def test_an_unreachable_server_is_left_alone(bench: Bench) -> None:
    await bench.retune(OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    assert await failures(bench, 3) == [Failure.FAILED, Failure.UNAVAILABLE, Failure.UNAVAILABLE]


SOFT = [
    refused(429, "rate_limit_exceeded"),
    refused(429, "insufficient_quota"),
    refused(401, "invalid_api_key"),
    refused(400, "odd"),
    refused(400, "content_policy_violation"),
    refused(400, "context_length_exceeded"),
    refused(404, "model_not_found"),
    refused(501, "not_implemented"),
]


@pytest.mark.parametrize("reply", SOFT, ids=repr)
async def test_a_server_that_says_no_is_asked_again(bench: Bench, reply: Reply) -> None:
    bench.will(reply)
    assert Failure.UNAVAILABLE not in await failures(bench)
    assert len(bench.server.received) >= 6


async def test_an_answer_that_breaks_off_after_its_first_word_does_not_count(bench: Bench) -> None:
    bench.will(bench.broken(bench.dialect.text("Half "), Pause(0.02), Reset()))
    assert await failures(bench) == [Failure.DROPPED] * 6


async def test_calls_that_are_cancelled_do_not_count(bench: Bench) -> None:
    bench.will(Hang())
    calls = [asyncio.create_task(bench.ask()) for _ in range(8)]
    await bench.server.until(lambda: len(bench.server.received) == 8)
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    bench.will(bench.answer("Hi."))
    await bench.ask()


async def test_the_refusal_says_when_it_is_tried_again(bench: Bench) -> None:
    bench.will(Refuse(500))
    await failures(bench, 2)
    problem = await bench.fail()
    assert problem.failure is Failure.UNAVAILABLE
    assert problem.retry_after is not None
    assert 0 < problem.retry_after <= 15.0


async def test_it_is_back_with_the_first_probe_that_is_answered(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    await bench.retune(SOON)
    bench.will(Refuse(500))
    await failures(bench, 2)
    bench.will(bench.answer("Back."))
    assert await is_open(bench)
    await asyncio.sleep(PAUSE)
    await bench.ask()
    await bench.ask()
    assert bench.text == "Back.Back."
    assert [record.getMessage() for record in caplog.records].count("model_back") == 1


async def test_a_probe_that_is_refused_in_good_order_ends_it_as_well(bench: Bench) -> None:
    await bench.retune(SOON)
    bench.will(Refuse(500))
    await failures(bench, 2)
    bench.will(refused(401, "invalid_api_key"))
    await asyncio.sleep(PAUSE)
    assert await failures(bench, 2) == [Failure.AUTHENTICATION] * 2


async def test_the_first_word_of_a_probe_lets_others_through(bench: Bench) -> None:
    await bench.retune(SOON)
    bench.will(Refuse(500))
    await failures(bench, 2)
    await asyncio.sleep(PAUSE)
    bench.will(bench.stream(bench.dialect.text("Long "), Pause(30)), bench.answer("Hi."))
    probe = asyncio.create_task(bench.ask())
    await bench.server.until(lambda: "Long" in bench.text)
    await bench.ask()
    probe.cancel()
    with suppress(asyncio.CancelledError):
        await probe


async def test_one_probe_at_a_time_is_sent(bench: Bench) -> None:
    await bench.retune(SOON)
    bench.will(Refuse(500))
    await failures(bench, 2)
    sent = len(bench.server.received)
    await asyncio.sleep(PAUSE)
    bench.will(bench.stream(Pause(0.2), bench.dialect.text("Hi."), *bench.dialect.ending("Hi.")))
    came = await asyncio.gather(*(bench.ask() for _ in range(10)), return_exceptions=True)
    kinds = [each.failure for each in came if isinstance(each, ModelError)]
    assert kinds == [Failure.UNAVAILABLE] * 9
    assert len(bench.server.received) == sent + 1


async def test_a_probe_that_fails_is_not_repeated(bench: Bench) -> None:
    await bench.retune(SOON)
    bench.will(Refuse(500))
    await failures(bench, 2)
    sent = len(bench.server.received)
    await asyncio.sleep(PAUSE)
    assert (await bench.fail()).failure is Failure.UNAVAILABLE
    assert len(bench.server.received) == sent + 1
    assert await is_open(bench)


async def test_a_call_that_pauses_before_its_repeat_notices(bench: Bench) -> None:
    limited: Json = {"error": {"code": "rate_limit_exceeded", "message": "Slower."}}
    bench.will(Refuse(429, limited, {"Retry-After": "8"}), Refuse(500))
    patient = asyncio.create_task(bench.fail())
    await bench.server.until(lambda: bool(bench.waits))
    await failures(bench, 2)
    async with asyncio.timeout(4):
        assert (await patient).failure is Failure.UNAVAILABLE


async def test_nobody_waits_for_a_slot_only_to_be_refused(bench: Bench) -> None:
    await bench.retune(ASYNC_MAX_CONCURRENT_REQUESTS=1)
    bench.will(bench.broken(bench.dialect.text("Long "), Pause(30)))
    first = asyncio.create_task(bench.ask())
    await bench.server.until(lambda: bool(bench.text))
    breaker = bench.client._driver.breakers.of(bench.dialect.api)
    for _ in range(5):
        breaker.admit().failed("status=500")
    async with asyncio.timeout(4):
        assert await is_open(bench)
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first


async def test_pictures_have_a_breaker_of_their_own(easel: Easel) -> None:
    bench = easel.bench
    bench.will(Refuse(500))
    kinds = [(await easel.fail()).failure for _ in range(3)]
    assert kinds == [Failure.FAILED, Failure.UNAVAILABLE, Failure.UNAVAILABLE]
    assert len(bench.server.received) == 5
    bench.will(bench.answer("Words still come."))
    await bench.ask()


async def test_a_picture_that_is_made_ends_the_row(easel: Easel) -> None:
    bench = easel.bench
    for _ in range(4):
        bench.will(Refuse(500), Refuse(500), plain())
        await bench.client.images.draw(a_wish(), lambda _: None, lambda _: None)


async def test_embeddings_have_a_breaker_of_their_own(responses_bench: Bench) -> None:
    bench = responses_bench
    bench.will(Refuse(500))
    for _ in range(2):
        with pytest.raises(ModelError):
            await bench.client.embeddings.embed("embedder", ["word"], lambda _: None)
    with pytest.raises(ModelError) as caught:
        await bench.client.embeddings.embed("embedder", ["word"], lambda _: None)
    assert caught.value.failure is Failure.UNAVAILABLE
    bench.will(bench.answer("Words still come."))
    await bench.ask()


def cannot_connect(number: int) -> httpx2.ConnectError:
    error = httpx2.ConnectError("no")
    error.__cause__ = OSError(number, "no")
    return error


def test_what_this_process_lacks_is_told_from_a_server_that_is_away() -> None:
    local = (cannot_connect(errno.EMFILE), httpx2.PoolTimeout("full"))
    away = (cannot_connect(errno.ECONNREFUSED), httpx2.ConnectTimeout("slow"))
    for cause, hard in [*((each, False) for each in local), *((each, True) for each in away)]:
        fault = connection_fault(cause, streaming=False)
        assert (fault.failure, fault.hard, fault.local) == (Failure.FAILED, hard, not hard)
