"""Against llmock: its scripted faults, over both APIs, and its verdict on the client."""

import asyncio

import pytest

from openai_client.errors import Failure
from openai_client.events import AssistantText, Reason, ToolResult, ToolSpec, UserText
from tests.peers.caller import calling
from tests.peers.llmock import Behaviour, Llmock

pytestmark = pytest.mark.slow

TEXT = "A rather long answer of many small words, so that something of it has come before anything goes wrong with it."
ANSWER: Behaviour = {"type": "reply", "text": TEXT}
BEGUN = 9  # events after which some of the text has come, whichever API is spoken
WEATHER = ToolSpec(
    "weather",
    "The weather of a city.",
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)
REFUSALS = [
    (400, "context_length_exceeded", Failure.CONTEXT_TOO_LONG),
    (401, "invalid_api_key", Failure.AUTHENTICATION),
    (402, "billing_hard_limit_reached", Failure.QUOTA),
    (429, "insufficient_quota", Failure.QUOTA),
    (400, "content_filter", Failure.CONTENT_REFUSED),
    (422, None, Failure.FAILED),
]


def fault(kind: str, **details: object) -> Behaviour:
    return {"type": "stream_fault", "kind": kind, "after_chunks": BEGUN, **details}


async def test_an_answer_streams_to_its_end(llmock: Llmock, api: str) -> None:
    await llmock.will(ANSWER)
    async with calling(llmock.url, api) as caller:
        done = await caller.ask(items=(UserText("Hello?"), AssistantText("Hello."), UserText("And now?")))
    assert caller.text == TEXT
    assert done.reason is Reason.COMPLETE
    assert done.usage.input > 0
    assert done.usage.output > 0
    assert len(await llmock.requests()) == 1
    assert await llmock.complaints() == []


async def test_an_answer_cut_by_the_limit_says_so(llmock: Llmock, api: str) -> None:
    await llmock.will({**ANSWER, "finish_reason": "length"})
    async with calling(llmock.url, api) as caller:
        done = await caller.ask()
    assert (caller.text, done.reason) == (TEXT, Reason.LENGTH)


async def test_a_slow_beginning_is_waited_for(llmock: Llmock, api: str) -> None:
    await llmock.will({"type": "slow_first_token", "seconds": 1.0}, ANSWER)
    async with calling(llmock.url, api, STREAM_STALL_SECONDS=0.5) as caller:
        await caller.ask()
    assert caller.text == TEXT


async def test_the_pause_that_the_server_asks_for_is_kept(llmock: Llmock, api: str) -> None:
    await llmock.will({"type": "fail", "status": 429, "retry_after": 1, "times": 2}, ANSWER)
    async with calling(llmock.url, api) as caller:
        await caller.ask()
    assert (caller.text, caller.pauses) == (TEXT, [1.0, 1.0])
    assert await llmock.complaints() == []


async def test_a_server_in_trouble_is_asked_again(llmock: Llmock, api: str) -> None:
    await llmock.will({"type": "fail", "status": 500}, {"type": "fail", "status": 503}, ANSWER)
    async with calling(llmock.url, api) as caller:
        await caller.ask()
    assert (caller.text, len(caller.pauses)) == (TEXT, 2)


@pytest.mark.parametrize(("status", "failure"), [(429, Failure.RATE_LIMITED), (500, Failure.FAILED)])
async def test_trouble_that_stays_ends_after_three_attempts(
    llmock: Llmock, api: str, status: int, failure: Failure
) -> None:
    await llmock.will({"type": "fail", "status": status, "retry_after": 0, "times": None})
    async with calling(llmock.url, api) as caller:
        assert (await caller.fail()).failure is failure
    assert len(await llmock.requests()) == 3


@pytest.mark.parametrize(("status", "code", "failure"), REFUSALS)
async def test_a_refusal_is_told_apart_and_not_repeated(
    llmock: Llmock, api: str, status: int, code: str | None, failure: Failure
) -> None:
    await llmock.will({"type": "fail", "status": status, "code": code, "times": None})
    async with calling(llmock.url, api) as caller:
        problem = await caller.fail()
    assert (problem.failure, problem.after_text) == (failure, False)
    assert len(await llmock.requests()) == 1
    # llmock finds that every 429 should be repeated; a quota that is used up comes back with no repeat.
    assert await llmock.complaints() == (["gave_up"] if status == 429 else [])


@pytest.mark.parametrize("kind", ["disconnect", "truncate", "malformed"])
async def test_an_answer_that_breaks_off_is_never_taken_for_complete(llmock: Llmock, api: str, kind: str) -> None:
    await llmock.will(fault(kind), ANSWER)
    async with calling(llmock.url, api) as caller:
        problem = await caller.fail()
    assert (problem.failure, problem.after_text) == (Failure.DROPPED, True)
    assert TEXT.startswith(caller.text)
    assert 0 < len(caller.text) < len(TEXT)
    assert len(await llmock.requests()) == 1


async def test_an_answer_that_breaks_off_before_its_first_word_is_asked_for_again(llmock: Llmock, api: str) -> None:
    await llmock.will({**fault("truncate"), "after_chunks": 1}, {**ANSWER, "times": 2})
    async with calling(llmock.url, api) as caller:
        await caller.ask()
    assert (caller.text, len(caller.pauses)) == (TEXT, 1)
    assert await llmock.complaints() == []


async def test_a_silent_answer_is_given_up(llmock: Llmock, api: str) -> None:
    await llmock.will(fault("stall", stall_seconds=20.0), ANSWER)
    async with asyncio.timeout(10), calling(llmock.url, api, STREAM_STALL_SECONDS=0.5) as caller:
        problem = await caller.fail()
    assert (problem.failure, problem.after_text) == (Failure.STALLED, True)


async def test_no_answer_at_all_ends_at_the_deadline(llmock: Llmock, api: str) -> None:
    await llmock.will({"type": "delay", "seconds": 20.0}, ANSWER)
    async with asyncio.timeout(10), calling(llmock.url, api, ASYNC_TIMEOUT_SECONDS=0.5) as caller:
        problem = await caller.fail()
    assert (problem.failure, problem.after_text) == (Failure.TIMEOUT, False)


async def test_a_tool_is_called_and_its_result_goes_back(llmock: Llmock, api: str) -> None:
    asked = UserText("What is the weather in Bern?")
    await llmock.will({"type": "reply", "tool_calls": [{"name": "weather", "arguments": {"city": "Bern"}}]})
    async with calling(llmock.url, api) as caller:
        done = await caller.ask(items=(asked,), tools=(WEATHER,))
        (call,) = done.calls
        assert (done.reason, caller.calls) == (Reason.TOOL_CALLS, [call])
        assert (call.name, call.arguments.replace(" ", "")) == ("weather", '{"city":"Bern"}')
        await llmock.will(ANSWER)
        done = await caller.ask(items=(asked, done.replay, ToolResult(call.call_id, "Rain.")), tools=(WEATHER,))
    assert (caller.text, done.reason) == (TEXT, Reason.COMPLETE)
    assert await llmock.complaints() == []


async def test_many_calls_at_once(llmock: Llmock, api: str) -> None:
    await llmock.will({**ANSWER, "times": None})
    async with calling(llmock.url, api) as caller:
        await asyncio.gather(*(caller.ask(items=(UserText(f"Question {number}"),)) for number in range(20)))
    assert len(caller.text) == 20 * len(TEXT)
    assert await llmock.complaints() == []
