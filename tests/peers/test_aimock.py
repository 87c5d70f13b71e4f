"""Against aimock: what aimock.json lets it say, over both APIs."""

import asyncio

import pytest

from openai_client.errors import Failure
from openai_client.events import AssistantText, Done, Reason, TextDelta, ToolResult, ToolSpec, UserText
from tests.peers.caller import APIS, Caller, calling

pytestmark = pytest.mark.slow

PLAIN = "A plain answer with **bold** words, an umlaut (ä) and a smile 😀."
WEATHER = ToolSpec("weather", "The weather of a city.", {"type": "object", "properties": {"city": {"type": "string"}}})
REFUSALS = [
    ("no money", Failure.QUOTA),
    ("too long", Failure.CONTEXT_TOO_LONG),
    ("wrong key", Failure.AUTHENTICATION),
]


async def ask(caller: Caller, words: str) -> Done:
    return await caller.ask(items=(UserText(words),))


async def test_an_answer_streams_to_its_end(aimock: str, api: str) -> None:
    async with calling(aimock, api) as caller:
        done = await caller.ask(items=(UserText("Hi"), AssistantText("Hello."), UserText("plain, please")))
    assert (caller.text, done.reason) == (PLAIN, Reason.COMPLETE)
    assert len(caller.heard(TextDelta)) > 5


async def test_tokens_are_counted_as_the_server_says(aimock: str, api: str) -> None:
    async with calling(aimock, api) as caller:
        done = await ask(caller, "counted")
    assert (done.usage.input, done.usage.output) == (12, 3)


async def test_thoughts_are_no_part_of_the_answer(aimock: str, api: str) -> None:
    async with calling(aimock, api) as caller:
        done = await ask(caller, "think")
    assert (caller.text, done.reason) == ("Thought over.", Reason.COMPLETE)


@pytest.mark.parametrize(("words", "reason"), [("cut short", Reason.LENGTH), ("filtered", Reason.FILTERED)])
async def test_a_cut_answer_says_why(aimock: str, words: str, reason: Reason) -> None:
    async with calling(aimock, "chat_completions") as caller:
        done = await ask(caller, words)
    assert (bool(caller.text), done.reason) == (True, reason)


@pytest.mark.parametrize(("words", "failure"), [("cut short", Failure.INCOMPLETE), ("filtered", Failure.FAILED)])
async def test_a_cut_answer_without_a_reason_is_not_taken_for_complete(
    aimock: str, words: str, failure: Failure
) -> None:
    """Over the Responses API this server gives no reason, and closes with the event `response.completed`."""
    async with calling(aimock, "responses") as caller:
        problem = await caller.fail(items=(UserText(words),))
    assert (problem.failure, problem.after_text) == (failure, True)


async def test_the_pause_that_the_server_asks_for_is_kept(aimock: str, api: str) -> None:
    async with calling(aimock, api) as caller:
        await ask(caller, f"busy once, call {APIS.index(api) + 1}")
    assert (caller.text, caller.pauses) == ("Now I have time.", [1.0])


@pytest.mark.parametrize(("words", "failure"), [("always busy", Failure.RATE_LIMITED), ("broken", Failure.FAILED)])
async def test_trouble_that_stays_ends_after_three_attempts(
    aimock: str, api: str, words: str, failure: Failure
) -> None:
    async with calling(aimock, api) as caller:
        problem = await caller.fail(items=(UserText(words),))
    assert (problem.failure, len(caller.pauses)) == (failure, 2)


@pytest.mark.parametrize(("words", "failure"), REFUSALS)
async def test_a_refusal_is_told_apart_and_not_repeated(aimock: str, api: str, words: str, failure: Failure) -> None:
    async with calling(aimock, api) as caller:
        problem = await caller.fail(items=(UserText(words),))
    assert (problem.failure, caller.pauses) == (failure, [])


@pytest.mark.parametrize("words", ["truncated", "disconnected"])
async def test_an_answer_that_breaks_off_is_never_taken_for_complete(aimock: str, api: str, words: str) -> None:
    async with calling(aimock, api) as caller:
        problem = await caller.fail(items=(UserText(words),))
    assert (problem.failure, problem.after_text) == (Failure.DROPPED, True)
    assert "This answer is longer".startswith(caller.text[:21])


async def test_a_silent_answer_is_given_up(aimock: str, api: str) -> None:
    patience = {"silence_before_text": 0.5}
    async with asyncio.timeout(10), calling(aimock, api, patience, STREAM_STALL_SECONDS=0.5) as caller:
        problem = await caller.fail(items=(UserText("stalled"),))
    assert problem.failure is Failure.STALLED


async def test_no_answer_at_all_ends_at_the_deadline(aimock: str, api: str) -> None:
    async with asyncio.timeout(10), calling(aimock, api, ASYNC_TIMEOUT_SECONDS=0.5) as caller:
        problem = await caller.fail(items=(UserText("late"),))
    assert (problem.failure, problem.after_text) == (Failure.TIMEOUT, False)


@pytest.mark.parametrize("words", ["malformed", "hung up"])
async def test_nonsense_instead_of_an_answer_is_a_failure(aimock: str, api: str, words: str) -> None:
    async with calling(aimock, api) as caller:
        problem = await caller.fail(items=(UserText(words),))
    assert problem.failure in {Failure.FAILED, Failure.DROPPED}
    assert not problem.after_text


async def test_a_tool_is_called_and_its_result_goes_back(aimock: str, api: str) -> None:
    asked = UserText("weather?")
    async with calling(aimock, api) as caller:
        done = await caller.ask(items=(asked,), tools=(WEATHER,))
        (call,) = done.calls
        assert (done.reason, caller.calls) == (Reason.TOOL_CALLS, [call])
        assert (call.call_id, call.name) == ("call_w1", "weather")
        assert call.arguments.replace(" ", "") == '{"city":"Zürich"}'
        done = await caller.ask(items=(asked, done.replay, ToolResult(call.call_id, "Rain.")), tools=(WEATHER,))
    assert (caller.text, done.reason) == ("It rains.", Reason.COMPLETE)


async def test_words_and_two_tools_in_one_answer(aimock: str, api: str) -> None:
    async with calling(aimock, api) as caller:
        done = await caller.ask(items=(UserText("two tools"),), tools=(WEATHER,))
    assert (caller.text, done.reason) == ("Both at once.", Reason.TOOL_CALLS)
    assert [call.call_id for call in done.calls] == ["call_a", "call_b"]
