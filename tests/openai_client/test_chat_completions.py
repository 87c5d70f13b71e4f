"""What is particular to Chat Completions."""

import pytest

from openai_client.errors import Failure
from openai_client.events import AssistantText, Json, Reason, ToolCall, ToolSpec, Usage, UserText
from tests.openai_client.bench import Bench
from tests.openai_client.server import Pause, Stream


def chunk(delta: Json, finish: str | None = None) -> Json:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def piece(index: int, identity: str | None, name: str | None, arguments: str) -> Json:
    return {"index": index, "id": identity, "function": {"name": name, "arguments": arguments}}


async def test_the_body_holds_what_is_documented_and_nothing_else(chat_bench: Bench) -> None:
    chat_bench.will(chat_bench.answer("Hi."))
    tool = ToolSpec("clock", "Tells the time.", {"type": "object", "properties": {}})
    items = (UserText("One"), AssistantText("Two"), UserText("Three"))
    await chat_bench.ask(items=items, tools=(tool,), effort="low", verbosity="high", temperature=0.2, top_p=0.5)
    assert chat_bench.bodies == [
        {
            "model": "m-1",
            "messages": [
                {"role": "system", "content": "Be kind."},
                {"role": "user", "content": "One"},
                {"role": "assistant", "content": "Two"},
                {"role": "user", "content": "Three"},
            ],
            "tools": [
                {
                    "type": "function",
                    "function": {
                        "name": "clock",
                        "description": "Tells the time.",
                        "parameters": {"type": "object", "properties": {}},
                    },
                }
            ],
            "max_completion_tokens": 500,
            "stream": True,
            "stream_options": {"include_usage": True, "include_obfuscation": False},
            "store": False,
            "safety_identifier": "hashed-person",
            "prompt_cache_key": "thread-key",
            "reasoning_effort": "low",
            "verbosity": "high",
            "temperature": 0.2,
            "top_p": 0.5,
        }
    ]


async def test_what_is_not_set_is_not_sent(chat_bench: Bench) -> None:
    chat_bench.will(chat_bench.answer("Hi."))
    await chat_bench.ask(instructions="")
    assert not {"tools", "reasoning_effort", "verbosity", "temperature", "top_p"} & chat_bench.bodies[0].keys()
    assert chat_bench.bodies[0]["messages"] == [{"role": "user", "content": "Hello?"}]


async def test_several_calls_in_pieces(chat_bench: Bench) -> None:
    pieces = [
        piece(0, "a", "clock", '{"z'),
        piece(1, "b", "sum", "["),
        piece(0, None, None, '":1}'),
        piece(1, "", "", "]"),
    ]
    chunks = [chunk({"tool_calls": [each]}) for each in pieces]
    chat_bench.will(chat_bench.stream(*chunks, chunk({}, "tool_calls")))
    assert (await chat_bench.ask()).calls == (ToolCall("a", "clock", '{"z":1}'), ToolCall("b", "sum", "[]"))


async def test_servers_that_number_badly_or_give_no_ids(chat_bench: Bench) -> None:
    calls = [piece(0, "a", "clock", "{}"), piece(0, "b", "sum", "[]")]
    chat_bench.will(chat_bench.stream(chunk({"tool_calls": calls}), chunk({}, "stop")))
    assert (await chat_bench.ask()).calls == (ToolCall("a", "clock", "{}"), ToolCall("b", "sum", "[]"))
    nameless = [piece(0, None, "clock", "{}"), piece(1, None, "sum", "[]")]
    chat_bench.will(chat_bench.stream(chunk({"tool_calls": nameless}), chunk({}, "stop")))
    assert (await chat_bench.ask()).calls == (ToolCall("call_0", "clock", "{}"), ToolCall("call_1", "sum", "[]"))


async def test_a_call_cut_by_the_cap_is_not_run(chat_bench: Bench) -> None:
    cut = chunk({"tool_calls": [piece(0, "a", "clock", '{"z')]})
    chat_bench.will(chat_bench.stream(cut, chunk({}, "length")))
    done = await chat_bench.ask()
    assert (done.reason, done.calls) == (Reason.LENGTH, ())
    assert not [event for event in chat_bench.events if isinstance(event, ToolCall)]


async def test_a_first_chunk_without_choices_and_a_missing_usage(chat_bench: Bench) -> None:
    first: Json = {"choices": [], "prompt_filter_results": [{"prompt_index": 0}]}
    chat_bench.will(chat_bench.stream(first, chunk({"content": "Hi."}), chunk({}, "stop")))
    assert (await chat_bench.ask()).usage == Usage()


async def test_thinking_is_not_the_answer_but_keeps_it_alive(chat_bench: Bench) -> None:
    thinking = [each for _ in range(14) for each in (Pause(0.05), chunk({"reasoning_content": "Hm. "}))]
    await chat_bench.retune(STREAM_STALL_SECONDS=0.4)
    chat_bench.will(chat_bench.stream(chunk({"content": "So: "}), *thinking, chunk({"content": "yes."}, "stop")))
    await chat_bench.ask()
    assert chat_bench.text == "So: yes."


@pytest.mark.parametrize("finish", ["error", "abort", "cancelled"])
async def test_an_answer_that_the_server_gave_up(chat_bench: Bench, finish: str) -> None:
    chat_bench.will(chat_bench.stream(chunk({"content": "Half"}), chunk({}, finish)))
    problem = await chat_bench.fail()
    assert (problem.failure, problem.detail) == (Failure.INCOMPLETE, f"finish_reason={finish}")


async def test_an_unknown_finish_is_an_end_in_good_order(chat_bench: Bench) -> None:
    chat_bench.will(chat_bench.stream(chunk({"content": "Hi."}), chunk({}, "eos_token")))
    assert (await chat_bench.ask()).reason is Reason.COMPLETE


async def test_the_end_without_its_last_line_is_an_end_all_the_same(chat_bench: Bench) -> None:
    chat_bench.will(Stream((chunk({"content": "Hi."}), chunk({}, "stop"))))
    assert (await chat_bench.ask()).reason is Reason.COMPLETE


async def test_a_last_line_without_a_finish_is_a_broken_answer(chat_bench: Bench) -> None:
    chat_bench.will(chat_bench.stream(chunk({"content": "Half"})))
    assert (await chat_bench.fail()).failure is Failure.DROPPED
