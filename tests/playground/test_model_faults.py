"""The faults of the offline model, seen through the real SDK."""

import asyncio
import json
import time

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from playground.model import ModelServer, Outcome
from playground.model.knobs import KnobSettings
from tests.playground.model_rig import Event, drained, kinds, running, text_of

ANSWER = "one two three four five six seven eight nine ten"


def server(**knobs: object) -> ModelServer:
    made = ModelServer()
    made.knobs.set(answer=ANSWER, chunk_characters=4, **knobs)  # type: ignore[arg-type]  # literals of the tests below
    return made


async def test_dropped_connection_is_an_error_after_the_first_words() -> None:
    events: list[Event] = []
    async with running(server(drop_after_chunks=3)) as rig:
        stream = await rig.open_responses()
        with pytest.raises(openai.APIConnectionError):
            await drained(stream, events)
        await rig.settled()
        assert rig.server.journal[-1].outcome is Outcome.FAULT
    assert text_of(events) == ANSWER[:12]


async def test_dropped_connection_before_an_answer_in_one_piece() -> None:
    async with running(server(drop_after_chunks=0)) as rig:
        with pytest.raises(openai.APIConnectionError):
            await rig.client.responses.create(model="m", input="x")


@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_truncated_stream_just_ends(api: str) -> None:
    async with running(server(truncate_after_chunks=2)) as rig:
        events = await (rig.responses() if api == "responses" else rig.chat())
        assert rig.server.journal[-1].outcome is Outcome.FAULT
        assert rig.server.journal[-1].chunks_sent == 2
    assert text_of(events) == ANSWER[:8]
    assert "response.completed" not in [event.get("type") for event in events]


@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_malformed_event_cannot_be_read(api: str) -> None:
    async with running(server(malformed_after_chunks=1)) as rig:
        stream = await (rig.open_responses() if api == "responses" else rig.open_chat())
        with pytest.raises(json.JSONDecodeError):
            await drained(stream)


@pytest.mark.parametrize("fault", ["truncate_after_chunks", "malformed_after_chunks"])
async def test_answer_in_one_piece_can_be_half_a_json(fault: str) -> None:
    async with running(server(**{fault: 0})) as rig:
        with pytest.raises(json.JSONDecodeError):
            await rig.client.responses.create(model="m", input="x")


async def test_stall_keeps_the_connection_with_keepalives_only() -> None:
    events: list[Event] = []
    async with running(server(stall_after_chunks=1, keepalive_seconds=0.05)) as rig:
        stream = await rig.open_responses()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await drained(stream, events)
        await rig.settled()
        assert rig.server.journal[-1].outcome is Outcome.CLIENT_CLOSED
    assert text_of(events) == ANSWER[:4]
    assert kinds(events).count("keepalive") >= 3
    assert [event["sequence_number"] for event in events] == list(range(len(events)))


async def test_keepalives_of_chat_are_comments_that_the_sdk_skips() -> None:
    async with running(server(first_token_seconds=0.3, keepalive_seconds=0.05)) as rig:
        events = await rig.chat()
        assert text_of(events) == ANSWER
        body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "x"}]}
        headers = {"Authorization": "Bearer k"}
        async with rig.http.post(f"{rig.url}/v1/chat/completions", json=body, headers=headers) as response:
            assert (await response.text()).count(": keepalive\n\n") >= 3


async def test_hang_sends_no_headers_and_notices_that_the_client_left() -> None:
    async with running(server(hang_before_headers=True)) as rig:
        with pytest.raises(openai.APITimeoutError):
            await rig.client.with_options(timeout=0.2).responses.create(model="m", input="x")
        await rig.settled()
        call = rig.server.journal[-1]
        assert call.outcome is Outcome.CLIENT_CLOSED
        assert call.ended_at is not None
        assert call.ended_at - call.started_at < 2
        assert call.status == 0


async def test_client_that_leaves_in_the_middle_is_noticed_at_once() -> None:
    async with running(server(total_seconds=30.0)) as rig:
        async with await rig.open_responses() as stream:
            await anext(aiter(stream))
            assert rig.server.active == 1
        await rig.settled()
        call = rig.server.journal[-1]
        assert call.outcome is Outcome.CLIENT_CLOSED
        assert call.ended_at is not None
        assert call.ended_at - call.started_at < 2


async def test_end_of_the_server_does_not_wait_for_a_stall() -> None:
    async with running(server(stall_after_chunks=0)) as rig:
        stream = await rig.open_responses()
        begun = time.monotonic()
        await rig.runner.cleanup()
        assert time.monotonic() - begun < 2
        assert rig.server.journal[-1].outcome is Outcome.FAULT
        await stream.close()


@pytest.mark.parametrize(
    ("knobs", "kind", "code", "words"),
    [
        (KnobSettings(status=500), openai.InternalServerError, None, "asked to answer 500"),
        (KnobSettings(status=503, message="Overloaded."), openai.InternalServerError, None, "Overloaded."),
        (KnobSettings(status=429), openai.RateLimitError, "rate_limit_exceeded", "Rate limit"),
        (KnobSettings(status=429, code="insufficient_quota"), openai.RateLimitError, "insufficient_quota", "quota"),
        (KnobSettings(status=401), openai.AuthenticationError, "invalid_api_key", "API key"),
        (KnobSettings(status=404), openai.NotFoundError, "model_not_found", "model"),
        (
            KnobSettings(status=400, code="context_length_exceeded"),
            openai.BadRequestError,
            "context_length_exceeded",
            "window",
        ),
    ],
)
async def test_error_answers(knobs: KnobSettings, kind: type[openai.APIStatusError], code: str, words: str) -> None:
    async with running() as rig:
        rig.server.knobs.set(**knobs)
        with pytest.raises(kind, match=words) as caught:
            await rig.responses()
        assert rig.server.journal[-1].outcome is Outcome.FAULT
        assert rig.server.journal[-1].request_id == caught.value.request_id
    assert caught.value.code == code


async def test_retry_after_is_sent_and_obeyed_by_the_sdk() -> None:
    async with running() as rig:
        rig.server.knobs.next(2, status=429, retry_after=0.1)
        await rig.client.with_options(max_retries=2).responses.create(model="m", input="x")
        assert [call.status for call in rig.server.journal] == [429, 429, 200]
        assert [call.headers["x-stainless-retry-count"] for call in rig.server.journal] == ["0", "1", "2"]


async def test_html_with_status_200_is_no_answer() -> None:
    async with running(server(html_200=True)) as rig:
        answer: object = await rig.client.responses.create(model="m", input="x")
        assert isinstance(answer, str)
        assert "<!DOCTYPE html>" in answer


async def test_server_without_the_responses_api() -> None:
    async with running(server(no_responses_api=True)) as rig:
        with pytest.raises(openai.NotFoundError) as caught:
            await rig.responses()
        assert caught.value.body == {"detail": "Not Found"}
        assert text_of(await rig.chat()) == ANSWER


@pytest.mark.parametrize("name", ["temperature", "reasoning.effort"])
async def test_refused_parameter_is_named(name: str) -> None:
    async with running(server(refuse_parameters=frozenset({name}))) as rig:
        assert text_of(await rig.responses(reasoning={"summary": "auto"})) == ANSWER
        with pytest.raises(openai.BadRequestError) as caught:
            await rig.responses(temperature=0.3, reasoning={"effort": "low"})
    assert (caught.value.code, caught.value.param) == ("unsupported_parameter", name)


async def test_failed_and_incomplete_endings_keep_the_partial_text() -> None:
    async with running(server(end_after_chunks=2)) as rig:
        rig.server.knobs.next(response_failed="server_error")
        rig.server.knobs.next(response_incomplete="max_output_tokens")
        rig.server.knobs.next(content_filter=True)
        failed, cut, filtered = [await rig.responses() for _ in range(3)]
    assert [events[-1]["type"] for events in (failed, cut, filtered)] == [
        "response.failed",
        "response.incomplete",
        "response.incomplete",
    ]
    assert [text_of(events) for events in (failed, cut, filtered)] == [ANSWER[:8]] * 3
    response = failed[-1]["response"]
    assert isinstance(response, dict)
    assert response["error"]["code"] == "server_error"
    response = filtered[-1]["response"]
    assert isinstance(response, dict)
    assert response["incomplete_details"] == {"reason": "content_filter"}
    assert response["output"][0]["status"] == "incomplete"


async def test_flat_error_event_arrives_as_an_event() -> None:
    async with running(server(error_event="flat", code="context_length_exceeded", end_after_chunks=1)) as rig:
        events = await rig.responses()
    assert (events[-1]["type"], events[-1]["code"]) == ("error", "context_length_exceeded")


@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_nested_error_event_is_raised_by_the_sdk(api: str) -> None:
    async with running(server(error_event="nested", end_after_chunks=1)) as rig:
        stream = await (rig.open_responses() if api == "responses" else rig.open_chat())
        events: list[Event] = []
        with pytest.raises(openai.APIError) as caught:
            await drained(stream, events)
    assert caught.value.code == "server_error"
    assert text_of(events) == ANSWER[:4]


@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_failure_without_streaming_is_an_error_answer(api: str) -> None:
    async with running(server(error_event="flat")) as rig:
        messages: list[ChatCompletionMessageParam] = [{"role": "user", "content": "x"}]
        answer = (
            rig.client.responses.create(model="m", input="x")
            if api == "responses"
            else rig.client.chat.completions.create(model="m", messages=messages)
        )
        with pytest.raises(openai.InternalServerError):
            await answer


async def test_refusal_and_empty_answer() -> None:
    async with running() as rig:
        rig.server.knobs.next(refusal="I will not.")
        rig.server.knobs.next(empty=True)
        refused = await rig.responses()
        empty = await rig.responses()
    said = [event["delta"] for event in refused if event["type"] == "response.refusal.delta"]
    assert said == ["I will not."]
    assert text_of(refused) == ""
    assert kinds(empty) == ["response.created", "response.in_progress", "response.completed"]


async def test_beginning_can_be_repeated() -> None:
    async with running(server(repeat_created=1)) as rig:
        events = await rig.responses()
    assert kinds(events)[:4] == ["response.created", "response.in_progress"] * 2
    assert text_of(events) == ANSWER


async def test_latency_is_what_the_knobs_say() -> None:
    async with running(server(first_token_seconds=0.2, total_seconds=0.6)) as rig:
        rig.server.knobs.next(first_token_seconds=0.0, total_seconds=0.0)
        await rig.responses()  # the SDK's first call is slow
        begun = time.monotonic()
        times = [(event, time.monotonic() - begun) async for event in await rig.open_responses()]
    deltas = [at for event, at in times if isinstance(event, dict) and "delta" in event]
    assert times[0][1] < deltas[0] - 0.1
    assert 0.2 <= deltas[0] <= deltas[len(deltas) // 2] < deltas[-1]
    assert 0.6 <= deltas[-1] < 1.5
