"""What is particular to the Responses API."""

import pytest

from openai_client.errors import Failure
from openai_client.events import (
    AssistantText,
    Commentary,
    Json,
    Reason,
    Replay,
    ToolCall,
    ToolResult,
    ToolSpec,
    UserText,
)
from tests.openai_client.bench import Bench
from tests.openai_client.server import Stream

REASONING: Json = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAAA"}
CALL: Json = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "clock", "arguments": "{}"}


def message(text: str, phase: str = "final_answer", identity: str = "msg_1") -> Json:
    content = [{"type": "output_text", "text": text}]
    return {"type": "message", "id": identity, "role": "assistant", "phase": phase, "content": content}


def done(item: Json) -> Json:
    return {"type": "response.output_item.done", "item": item}


def added(item: Json) -> Json:
    return {"type": "response.output_item.added", "item": item}


def delta(text: str, identity: str = "msg_1") -> Json:
    return {"type": "response.output_text.delta", "item_id": identity, "delta": text}


def end(status: str = "completed", **response: object) -> Json:
    return {"type": f"response.{status}", "response": {"status": status, **response}}


async def test_the_body_holds_what_is_documented_and_nothing_else(responses_bench: Bench) -> None:
    bench = responses_bench
    bench.will(bench.answer("Hi."))
    tool = ToolSpec("clock", "Tells the time.", {"type": "object", "properties": {}})
    replay = Replay((REASONING, CALL))
    items = (UserText("One"), AssistantText("Two"), UserText("Three"), replay, ToolResult("call_1", "12:00"))
    await bench.ask(items=items, tools=(tool,), effort="low", verbosity="high", temperature=0.2, top_p=0.5)
    assert bench.bodies == [
        {
            "model": "m-1",
            "instructions": "Be kind.",
            "input": [
                {"role": "user", "content": "One"},
                {"role": "assistant", "content": "Two"},
                {"role": "user", "content": "Three"},
                REASONING,
                CALL,
                {"type": "function_call_output", "call_id": "call_1", "output": "12:00"},
            ],
            "tools": [
                {
                    "type": "function",
                    "name": "clock",
                    "description": "Tells the time.",
                    "parameters": {"type": "object", "properties": {}},
                    "strict": False,
                }
            ],
            "max_output_tokens": 500,
            "stream": True,
            "stream_options": {"include_obfuscation": False},
            "store": False,
            "include": ["reasoning.encrypted_content"],
            "safety_identifier": "hashed-person",
            "prompt_cache_key": "thread-key",
            "reasoning": {"effort": "low"},
            "text": {"verbosity": "high"},
            "temperature": 0.2,
            "top_p": 0.5,
        }
    ]


async def test_what_is_not_set_is_not_sent(responses_bench: Bench) -> None:
    responses_bench.will(responses_bench.answer("Hi."))
    await responses_bench.ask(instructions="")
    optional = {"instructions", "tools", "reasoning", "text", "temperature", "top_p"}
    assert not optional & responses_bench.bodies[0].keys()


async def test_commentary_is_not_the_answer(responses_bench: Bench) -> None:
    bench = responses_bench
    comment, answer = message("Looking…", "commentary", "msg_0"), message("Found.")
    first = (added({**comment, "content": []}), delta("Looking…", "msg_0"), done(comment))
    bench.will(Stream((*first, added({**answer, "content": []}), delta("Found."), done(answer), end())))
    result = await bench.ask()
    assert bench.text == "Found."
    assert Commentary("Looking…") in bench.events
    assert result.replay.items == (comment, answer)


async def test_commentary_alone_is_an_empty_answer(responses_bench: Bench) -> None:
    comment = message("Looking…", "commentary")
    responses_bench.will(Stream((added(comment), delta("Looking…"), done(comment), end())))
    problem = await responses_bench.fail()
    assert (problem.failure, problem.after_text) == (Failure.EMPTY, False)


async def test_the_replay_holds_every_item_in_its_final_form(responses_bench: Bench) -> None:
    early = {**REASONING, "encrypted_content": None}
    responses_bench.will(Stream((added(early), done(REASONING), done(CALL), end())))
    result = await responses_bench.ask()
    assert result.replay == Replay((REASONING, CALL))
    assert (result.reason, result.calls) == (Reason.TOOL_CALLS, (ToolCall("call_1", "clock", "{}"),))


async def test_text_that_comes_without_deltas_is_not_lost(responses_bench: Bench) -> None:
    for steps in ((done(message("Whole.")), end()), (end(output=[message("Whole.")]),)):
        responses_bench.will(Stream(steps))
        assert (await responses_bench.ask()).replay.items == (message("Whole."),)
    assert responses_bench.text == "Whole.Whole."


async def test_text_that_came_in_deltas_is_not_said_twice(responses_bench: Bench) -> None:
    whole = message("Once.", identity="another id")
    responses_bench.will(Stream((delta("On", ""), delta("ce.", ""), done(whole), end(output=[whole]))))
    await responses_bench.ask()
    assert responses_bench.text == "Once."


async def test_a_refusal_in_a_whole_message(responses_bench: Bench) -> None:
    item: Json = {"type": "message", "content": [{"type": "refusal", "refusal": "No, thanks."}]}
    responses_bench.will(Stream((done(item), end())))
    assert (await responses_bench.ask()).reason is Reason.REFUSED


async def test_an_answer_that_ran_into_its_cap_is_cut_whatever_the_status_says(responses_bench: Bench) -> None:
    responses_bench.will(Stream((delta("Half"), end(usage={"output_tokens": 500}))))
    assert (await responses_bench.ask()).reason is Reason.LENGTH


async def test_the_status_inside_is_the_better_word(responses_bench: Bench) -> None:
    last = end(incomplete_details={"reason": "max_output_tokens"}, status="incomplete")
    responses_bench.will(Stream((delta("Half"), {**last, "type": "response.completed"})))
    assert (await responses_bench.ask()).reason is Reason.LENGTH


async def test_an_unfinished_call_is_not_run(responses_bench: Bench) -> None:
    last = end("incomplete", incomplete_details={"reason": "max_output_tokens"})
    responses_bench.will(Stream((done({**CALL, "status": "incomplete"}), last)))
    result = await responses_bench.ask()
    assert (result.reason, result.calls) == (Reason.LENGTH, ())
    assert not [event for event in responses_bench.events if isinstance(event, ToolCall)]


async def test_nothing_is_repeated_once_a_call_was_passed_on(responses_bench: Bench) -> None:
    responses_bench.will(Stream((done(CALL),)), responses_bench.answer("Again."))
    problem = await responses_bench.fail()
    assert (problem.failure, problem.after_text) == (Failure.DROPPED, False)
    assert len(responses_bench.server.received) == 1


@pytest.mark.parametrize("reason", ["steered", "max_messages", "", None])
async def test_other_reasons_for_an_incomplete_answer(responses_bench: Bench, reason: str | None) -> None:
    responses_bench.will(Stream((delta("Half"), end("incomplete", incomplete_details={"reason": reason}))))
    problem = await responses_bench.fail()
    assert (problem.failure, problem.after_text) == (Failure.INCOMPLETE, True)


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("server_error", Failure.FAILED),
        ("rate_limit_exceeded", Failure.RATE_LIMITED),
        ("context_length_exceeded", Failure.CONTEXT_TOO_LONG),
        ("insufficient_quota", Failure.QUOTA),
        ("invalid_prompt", Failure.CONTENT_REFUSED),
        ("bio_policy", Failure.CONTENT_REFUSED),
        ("misalignment_policy_violation", Failure.CONTENT_REFUSED),
        ("image_content_policy_violation", Failure.CONTENT_REFUSED),
        ("something_new", Failure.FAILED),
    ],
)
async def test_a_failed_response(responses_bench: Bench, code: str, failure: Failure) -> None:
    responses_bench.will(Stream((delta("Half"), end("failed", error={"code": code, "message": "Oh."}))))
    problem = await responses_bench.fail()
    assert (problem.failure, problem.detail, problem.after_text) == (failure, f"code={code}", True)


@pytest.mark.parametrize("status", ["failed", "cancelled"])
async def test_a_failure_without_a_cause(responses_bench: Bench, status: str) -> None:
    responses_bench.will(Stream((end(status, error=None),)))
    assert (await responses_bench.fail()).failure is Failure.FAILED


async def test_a_flat_error_event(responses_bench: Bench) -> None:
    flat: Json = {"type": "error", "code": "rate_limit_exceeded", "message": "Slower.", "param": None}
    responses_bench.will(Stream((delta("Half"), flat)))
    problem = await responses_bench.fail()
    assert (problem.failure, problem.detail) == (Failure.RATE_LIMITED, "code=rate_limit_exceeded")


async def test_connections_are_kept_after_a_failed_response(responses_bench: Bench) -> None:
    responses_bench.will(Stream((delta("Half"), end("failed", error={"code": "odd"}))))
    for _ in range(3):
        await responses_bench.fail()
    assert len(responses_bench.server.connections) == 1
