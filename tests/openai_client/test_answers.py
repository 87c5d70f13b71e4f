"""Answers that end in good order, over both APIs."""

import asyncio

import pytest

from openai_client.events import Reason, Refusal, TextDelta, ToolCall, ToolResult, Usage
from tests.openai_client.bench import Bench, a_request
from tests.openai_client.server import Pause


async def test_text_arrives_piece_by_piece_and_the_end_says_what_it_cost(bench: Bench) -> None:
    bench.will(bench.answer("Good ", "morning."))
    done = await bench.ask()
    assert [event.text for event in bench.events if isinstance(event, TextDelta)] == ["Good ", "morning."]
    assert done.reason is Reason.COMPLETE
    assert done.usage == Usage(input=11, cached=4, output=7, reasoning=2)
    assert (done.model, done.request_id) == ("served-model", "req_stream")
    assert bench.server.received[0].path == bench.dialect.path
    assert bench.server.received[0].headers["Authorization"] == "Bearer sk-test"


async def test_pieces_are_passed_on_at_once(bench: Bench) -> None:
    first = asyncio.Event()
    dialect = bench.dialect
    bench.will(bench.stream(dialect.text("Now"), Pause(30), *dialect.ending("Now")))
    call = asyncio.create_task(bench.client.complete(a_request(), lambda _: first.set()))
    await asyncio.wait_for(first.wait(), 5)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_characters_that_cannot_be_shown_are_left_out(bench: Bench) -> None:
    bench.will(bench.answer("a\x00b\ufffdc\x1b\td\n", "\x07", "e\ud83d"))
    await bench.ask()
    assert bench.text == "abc\td\ne"
    assert all(event.text for event in bench.events if isinstance(event, TextDelta))


async def test_an_answer_cut_by_its_cap_is_kept(bench: Bench) -> None:
    dialect = bench.dialect
    bench.will(bench.stream(dialect.text("Half an ans"), *dialect.ending("Half an ans", cut="length")))
    assert (await bench.ask()).reason is Reason.LENGTH
    assert bench.text == "Half an ans"


async def test_an_answer_cut_by_the_content_filter_says_so(bench: Bench) -> None:
    dialect = bench.dialect
    bench.will(bench.stream(dialect.text("Half"), *dialect.ending("Half", cut="filter")))
    assert (await bench.ask()).reason is Reason.FILTERED


async def test_a_refusal_is_told_apart_from_an_answer(bench: Bench) -> None:
    dialect = bench.dialect
    bench.will(bench.stream(dialect.refusal("I would "), dialect.refusal("rather not."), *dialect.ending()))
    assert (await bench.ask()).reason is Reason.REFUSED
    assert [event for event in bench.events if isinstance(event, Refusal)] == [
        Refusal("I would "),
        Refusal("rather not."),
    ]
    assert bench.text == ""


async def test_tool_calls_are_collected_whole(bench: Bench) -> None:
    dialect = bench.dialect
    bench.will(bench.stream(*dialect.tool_call("call_7", "clock", '{"zone":"UTC"}'), *dialect.ending(tools=True)))
    done = await bench.ask()
    expected = ToolCall("call_7", "clock", '{"zone":"UTC"}')
    assert done.reason is Reason.TOOL_CALLS
    assert done.calls == (expected,)
    assert [event for event in bench.events if isinstance(event, ToolCall)] == [expected]


async def test_a_tool_round_goes_back_whole_with_its_result(bench: Bench) -> None:
    dialect = bench.dialect
    bench.will(
        bench.stream(*dialect.tool_call("call_7", "clock", "{}"), *dialect.ending(tools=True)),
        bench.answer("Noon."),
    )
    first = await bench.ask()
    await bench.ask(items=(first.replay, ToolResult("call_7", "12:00")))
    sent = bench.bodies[1]["input" if dialect.api == "responses" else "messages"]
    assert isinstance(sent, list)
    assert sent[-2:] == (
        [
            *first.replay.items,
            {"type": "function_call_output", "call_id": "call_7", "output": "12:00"},
        ]
        if dialect.api == "responses"
        else [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "call_7", "type": "function", "function": {"name": "clock", "arguments": "{}"}}],
            },
            {"role": "tool", "tool_call_id": "call_7", "content": "12:00"},
        ]
    )


async def test_repeated_openings_keepalives_and_unknown_events_change_nothing(bench: Bench) -> None:
    dialect = bench.dialect
    opening, unknown = dialect.opening(), {"type": "response.dance.started", "steps": 3}
    steps = (opening, opening, dialect.keepalive(), b": comment\n\n", unknown, dialect.text("Yes."), opening)
    bench.will(bench.stream(*steps, *dialect.ending("Yes.")))
    assert (await bench.ask()).reason is Reason.COMPLETE
    assert bench.text == "Yes."


async def test_what_comes_after_the_end_is_not_part_of_the_answer(bench: Bench) -> None:
    dialect = bench.dialect
    after = (dialect.text("More."), *dialect.tool_call("call_7", "clock", "{}"), *dialect.ending("More.", cut="length"))
    bench.will(bench.stream(dialect.text("Hi."), *dialect.ending("Hi."), *after))
    done = await bench.ask()
    assert (done.reason, done.calls, bench.text) == (Reason.COMPLETE, (), "Hi.")


async def test_ten_calls_in_a_row_use_one_connection(bench: Bench) -> None:
    bench.will(bench.answer("Hi."))
    for _ in range(10):
        await bench.ask()
    assert len(bench.server.received) == 10
    assert len(bench.server.connections) == 1


async def test_a_server_that_lingers_after_its_last_word_is_not_waited_for(bench: Bench) -> None:
    dialect = bench.dialect
    bench.will(bench.broken(dialect.text("Hi."), *dialect.ending("Hi."), Pause(30)))
    async with asyncio.timeout(5):
        done = await bench.ask()
    assert done.reason is Reason.COMPLETE
    assert done.usage.input == 11


async def test_figures_are_reported(bench: Bench) -> None:
    bench.will(bench.answer("Hi."))
    await bench.ask()
    api = bench.dialect.api
    assert bench.figures.counts == [("model_calls", {"api": api, "outcome": "complete"})]
    values = {(name, labels.get("kind", "")): value for name, value, labels in bench.figures.values}
    assert values["model_tokens", "input"] == 11
    assert 0 < values["model_first_text_seconds", ""] <= values["model_call_seconds", ""] < 5
