"""Each way a call can fail, over both APIs: the kind the core is told, and what it says for the log."""

import asyncio
import logging
import traceback

import pytest

from openai_client.errors import Failure
from openai_client.events import Json
from tests.openai_client.bench import Bench
from tests.openai_client.server import Hangup, Pause, Refuse, Reset, Stream


def error(
    code: str | int | None = None, kind: str | None = None, message: str = "No.", param: str | None = None
) -> Json:
    return {"error": {"code": code, "type": kind, "message": message, "param": param}}


BY_ANSWER = [
    (401, error("invalid_api_key"), Failure.AUTHENTICATION),
    (401, error(), Failure.AUTHENTICATION),
    (403, error("unsupported_country"), Failure.AUTHENTICATION),
    (403, error("content_policy_violation"), Failure.CONTENT_REFUSED),
    (402, error(message="Insufficient balance"), Failure.QUOTA),
    (429, error("insufficient_quota"), Failure.QUOTA),
    (429, error(kind="insufficient_quota"), Failure.QUOTA),
    (400, error("billing_hard_limit_reached"), Failure.QUOTA),
    (429, error("rate_limit_exceeded"), Failure.RATE_LIMITED),
    (429, error("429"), Failure.RATE_LIMITED),
    (400, error("context_length_exceeded"), Failure.CONTEXT_TOO_LONG),
    (400, error(400, "exceed_context_size_error"), Failure.CONTEXT_TOO_LONG),
    (400, error(message="This model's maximum context length is 8192 tokens."), Failure.CONTEXT_TOO_LONG),
    (413, error(), Failure.CONTEXT_TOO_LONG),
    (400, error("content_filter"), Failure.CONTENT_REFUSED),
    (400, error("moderation_blocked", "image_generation_user_error"), Failure.CONTENT_REFUSED),
    (400, error("invalid_prompt"), Failure.CONTENT_REFUSED),
    (404, error("model_not_found", message="The model does not exist."), Failure.FAILED),
    (400, error("invalid_value", message="Something else."), Failure.FAILED),
    (422, {"detail": [{"msg": "Field required"}]}, Failure.FAILED),
    (500, error("server_error"), Failure.FAILED),
    (503, "<html>Bad day</html>", Failure.FAILED),
    (500, {"no": "error object"}, Failure.FAILED),
]


@pytest.mark.parametrize(("status", "body", "failure"), BY_ANSWER)
async def test_an_error_answer(bench: Bench, status: int, body: Json | str, failure: Failure) -> None:
    bench.will(Refuse(status, body))
    problem = await bench.fail()
    assert problem.failure is failure
    assert f"status={status}" in problem.detail
    assert not problem.after_text
    assert bench.figures.counts[-1] == ("model_calls", {"api": bench.dialect.api, "outcome": failure.value})


async def test_the_cause_can_be_found_but_nobody_is_quoted(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bench.will(Refuse(400, error("odd_code", "odd_type", "You said: my secret diary")))
    problem = await bench.fail(instructions="secret instructions")
    assert problem.detail == "status=400 code=odd_code type=odd_type"
    assert problem.request_id == "req_refused"
    (record,) = [record for record in caplog.records if record.name == "threadwell.model"]
    assert record.getMessage() == "model_failed"
    assert {"api", "failure", "detail", "request_id"} <= set(vars(record))
    assert "secret" not in caplog.text + "".join(traceback.format_exception(problem))
    assert "secret" not in str([vars(record) for record in caplog.records])


async def test_a_page_with_status_200_is_a_failure(bench: Bench) -> None:
    bench.will(Stream((b"<html><body>Please log in</body></html>",), content_type="text/html"))
    assert (await bench.fail()).failure is Failure.FAILED


async def test_a_server_that_does_not_stream_is_a_failure(bench: Bench) -> None:
    bench.will(Stream((b'{"output": []}',), content_type="application/json"))
    assert (await bench.fail()).failure is Failure.FAILED


async def test_a_refused_connection(bench: Bench) -> None:
    await bench.retune(OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    assert (await bench.fail()).failure is Failure.FAILED
    assert len(bench.waits) == 2


async def test_a_connection_closed_before_the_answer(bench: Bench) -> None:
    bench.will(Hangup())
    assert (await bench.fail()).failure is Failure.FAILED
    assert len(bench.server.received) == 3


async def test_a_reset_in_mid_answer_keeps_what_arrived(bench: Bench) -> None:
    bench.will(bench.broken(bench.dialect.text("Half "), Pause(0.05), Reset()))
    problem = await bench.fail()
    assert (problem.failure, problem.after_text) == (Failure.DROPPED, True)
    assert problem.request_id == "req_stream"
    assert bench.text == "Half "
    assert len(bench.server.received) == 1


async def test_an_answer_that_just_stops_is_dropped(bench: Bench) -> None:
    bench.will(bench.broken(bench.dialect.text("Half ")))
    problem = await bench.fail()
    assert (problem.failure, problem.after_text) == (Failure.DROPPED, True)


async def test_broken_json_is_dropped(bench: Bench) -> None:
    bench.will(bench.broken(bench.dialect.text("Half "), b'data: {"type": "resp\n\n', Pause(30)))
    async with asyncio.timeout(5):
        problem = await bench.fail()
    assert (problem.failure, problem.after_text) == (Failure.DROPPED, True)


async def test_bytes_that_are_no_text_are_dropped(bench: Bench) -> None:
    bench.will(bench.broken(bench.dialect.text("Half "), b"data: \xff\xfe\n\n"))
    assert (await bench.fail()).failure is Failure.DROPPED


async def test_json_that_is_no_object_is_ignored(bench: Bench) -> None:
    odd = (b"data: 17\n\n", b"data: [1]\n\n", b"data: null\n\n", b'data: {"type": 5, "choices": "x"}\n\n')
    bench.will(bench.stream(*odd, bench.dialect.text("Fine."), *bench.dialect.ending("Fine.")))
    await bench.ask()
    assert bench.text == "Fine."


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("server_error", Failure.FAILED),
        ("rate_limit_exceeded", Failure.RATE_LIMITED),
        ("context_length_exceeded", Failure.CONTEXT_TOO_LONG),
        (400, Failure.FAILED),
        ("429", Failure.RATE_LIMITED),
    ],
)
async def test_an_error_inside_the_stream(bench: Bench, code: str | int, failure: Failure) -> None:
    bench.will(bench.broken(bench.dialect.text("Half "), {"type": "error", **error(code)}))
    problem = await bench.fail()
    assert (problem.failure, problem.after_text) == (failure, True)


async def test_an_answer_without_words_is_empty(bench: Bench) -> None:
    bench.will(bench.stream(*bench.dialect.ending()))
    assert (await bench.fail()).failure is Failure.EMPTY


async def test_an_error_after_the_last_word_does_not_matter(bench: Bench) -> None:
    dialect = bench.dialect
    bench.will(bench.broken(dialect.text("Hi."), *dialect.ending("Hi."), b"data: {broken\n\n"))
    await bench.ask()
    bench.will(bench.broken(dialect.text("Hi."), *dialect.ending("Hi."), Pause(0.05), Reset()))
    await bench.ask()
    assert bench.text == "Hi.Hi."


async def test_the_client_goes_on_after_each_failure(bench: Bench) -> None:
    for reply in (bench.broken(bench.dialect.text("x")), Refuse(401), Hangup()):
        bench.will(reply)
        await bench.fail()
    bench.will(bench.answer("Back."))
    await bench.ask()
    assert bench.client.in_flight == bench.client.waiting == 0
