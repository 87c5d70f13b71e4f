"""Pictures that are refused, broken off or given up."""

import asyncio
import base64
from collections.abc import Callable

import pytest

from openai_client import images
from openai_client.errors import Failure
from openai_client.events import Picture
from tests.openai_client.easel import GENERATIONS, PNG, Easel, plain, refusal, streamed
from tests.openai_client.server import Hang, Hangup, Pause, Refuse, Reply, Reset, Stream


@pytest.mark.parametrize(
    "reply",
    [
        plain({"url": "https://pictures.example/1.png"}),
        plain({"b64_json": "no base64"}),
        plain({"b64_json": base64.b64encode(b"no picture").decode()}),
        Refuse(200, {"data": []}),
        Refuse(200, "<html>a proxy's page</html>"),
    ],
)
async def test_an_answer_without_a_picture_is_a_failure_and_not_asked_for_twice(easel: Easel, reply: Reply) -> None:
    easel.bench.will(reply)
    assert (await easel.fail()).failure is Failure.FAILED
    assert len(easel.paths) == 1


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (Refuse(400, {"error": {"code": "moderation_blocked", "type": "image_generation_user_error"}}), "refused"),
        (Refuse(400, {"error": {"code": None, "type": "image_generation_user_error"}}), "refused"),
        (Refuse(400, {"error": {"code": "content_policy_violation"}}), "refused"),
        (Refuse(429, {"error": {"code": "insufficient_quota"}}), "quota"),
        (Refuse(400, {"error": {"code": "billing_hard_limit_reached"}}), "quota"),
        (Refuse(401, {"error": {"code": "invalid_api_key"}}), "key"),
        (Stream(({"type": "error", "error": {"code": "moderation_blocked"}},)), "refused"),
        (Stream(({"type": "error", "code": "moderation_blocked", "message": "No."},)), "refused"),
    ],
)
async def test_refusals_are_told_apart_and_final(easel: Easel, reply: Reply, failure: str) -> None:
    kinds = {"refused": Failure.CONTENT_REFUSED, "quota": Failure.QUOTA, "key": Failure.AUTHENTICATION}
    easel.bench.will(reply)
    assert (await easel.fail(size="1024x1024")).failure is kinds[failure]
    assert len(easel.paths) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Refuse(500, {"error": {"message": "Oops"}}),
        Refuse(429, {"error": {"code": "rate_limit_exceeded"}}, {"retry-after": "0"}),
        Hangup(),
    ],
)
async def test_what_cost_nothing_is_repeated(easel: Easel, reply: Reply) -> None:
    easel.bench.will(reply, streamed())
    assert (await easel.draw()).data == PNG
    assert len(easel.paths) == 2


@pytest.mark.parametrize(
    "reply",
    [
        Stream(streamed().steps[:2]),
        Stream((*streamed().steps[:1], Reset())),
        Stream(({"type": "error", "error": {"code": "server_error"}},)),
    ],
)
async def test_what_broke_off_while_it_was_drawn_is_not_paid_twice(easel: Easel, reply: Reply) -> None:
    easel.bench.will(reply, streamed())
    await easel.fail()
    assert len(easel.paths) == 1


async def test_a_connection_lost_after_a_while_may_have_cost_a_picture(
    easel: Easel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "_TOO_SOON_TO_BE_DRAWN", 0.05)
    easel.bench.will(Hangup(after=0.1), streamed())
    assert (await easel.fail()).failure is Failure.FAILED
    assert len(easel.paths) == 1


@pytest.mark.parametrize("name", ["safety_identifier", "partial_images", "quality"])
async def test_a_parameter_the_server_does_not_know_is_dropped_and_remembered(easel: Easel, name: str) -> None:
    easel.bench.will(refusal(name), streamed())
    for _ in range(2):
        await easel.draw(quality="low")
    assert [name in body for body in easel.bench.bodies] == [True, False, False]


@pytest.mark.parametrize(
    "reply",
    [
        refusal("stream"),
        refusal(None, "Streaming is not supported for this model.", None),
        refusal(None, "This server has no streaming", None),
    ],
)
async def test_a_server_that_refuses_to_stream_gives_the_picture_in_one_piece(easel: Easel, reply: Reply) -> None:
    easel.bench.will(reply, plain())
    for _ in range(2):
        assert (await easel.draw()).data == PNG
    assert ["stream" in body for body in easel.bench.bodies] == [True, False, False]
    assert ["partial_images" in body for body in easel.bench.bodies] == [True, False, False]


@pytest.mark.parametrize(
    "reply",
    [
        refusal("size", "Invalid value: '1536x1024'.", "invalid_value"),
        refusal("size", "This size is not supported.", "unsupported_value"),
    ],
)
async def test_a_value_that_does_not_do_is_dropped_for_that_picture_only(easel: Easel, reply: Reply) -> None:
    easel.bench.will(reply, streamed())
    await easel.draw(size="1536x1024", quality="low")
    await easel.draw(size="1024x1024")
    assert [body.get("size") for body in easel.bench.bodies] == ["1536x1024", None, "1024x1024"]
    assert easel.bench.bodies[1]["quality"] == "low"


@pytest.mark.parametrize(
    ("code", "sent"), [("unknown_parameter", ["high", None, None]), ("invalid_value", ["high", None, "low"])]
)
async def test_a_refused_fidelity_goes_with_the_parameter_or_with_its_value(
    easel: Easel, code: str, sent: list[str | None]
) -> None:
    easel.bench.will(refusal("input_fidelity", code=code), streamed("image_edit"))
    for fidelity in ("high", "low"):
        await easel.draw(fidelity=fidelity, pictures=(Picture(PNG, "image/png"),))
    assert [body.get("input_fidelity") for body in easel.bench.bodies] == sent


async def test_a_server_that_refuses_the_same_parameter_again_is_not_asked_for_ever(easel: Easel) -> None:
    easel.bench.will(refusal("quality"))
    assert (await easel.fail(quality="low")).failure is Failure.FAILED
    assert len(easel.paths) == 2


@pytest.mark.parametrize("reply", [Hang(), Stream((*streamed().steps[:1], Pause(60)))])
async def test_whoever_is_cancelled_closes_the_connection_and_frees_the_slot(easel: Easel, reply: Reply) -> None:
    server = easel.bench.server
    easel.bench.will(reply)
    drawing = asyncio.create_task(easel.draw())
    partial: Callable[[], bool] = lambda: bool(easel.partials) or isinstance(reply, Hang)  # noqa: E731
    await server.until(lambda: server.open_now == 1 and partial())
    drawing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drawing
    await server.until(lambda: server.left == 1)
    assert easel.bench.client.in_flight == 0
    assert easel.bench.figures.counts[-1] == ("model_calls", {"api": "images", "outcome": "cancelled"})


async def test_the_deadline_ends_a_picture_that_does_not_come(easel: Easel) -> None:
    await easel.bench.retune(ASYNC_TIMEOUT_SECONDS=0.2)
    easel.bench.will(Hang())
    assert (await easel.fail()).failure is Failure.TIMEOUT
    await easel.bench.server.until(lambda: easel.bench.server.left == 1)


async def test_pictures_and_answers_share_the_slots(easel: Easel) -> None:
    bench = easel.bench
    await bench.retune(ASYNC_MAX_CONCURRENT_REQUESTS=1)
    slow = Stream((Pause(0.1), *streamed().steps))
    bench.server.by_path = {GENERATIONS: slow, bench.dialect.path: bench.answer("Hi.")}
    await asyncio.gather(easel.draw(), bench.ask(), easel.draw())
    assert bench.server.most_open == 1
    assert [wait.reason for wait in bench.waits] == ["slot"]


async def test_a_closed_client_draws_nothing(easel: Easel) -> None:
    easel.bench.will(streamed())
    await easel.bench.client.close()
    assert (await easel.fail()).failure is Failure.DROPPED
    assert easel.paths == []


async def test_tokens_and_calls_are_counted(easel: Easel) -> None:
    easel.bench.will(streamed())
    await easel.draw()
    figures = easel.bench.figures
    assert figures.counts == [("model_calls", {"api": "images", "outcome": "complete"})]
    assert ("model_tokens", 345, {"kind": "output"}) in figures.values
