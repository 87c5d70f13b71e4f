"""The Responses API of the offline model, as the real SDK sees it."""

import json

from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText

from playground.model import Outcome
from tests.playground.model_rig import kinds, running, text_of

BODY = {"max_output_tokens": 16_000, "store": False}


async def test_stream_has_every_event_in_order() -> None:
    async with running() as rig:
        rig.server.knobs.set(chunk_characters=4)
        events = await rig.responses("echo: seven ab", **BODY)
    assert kinds(events) == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event["sequence_number"] for event in events] == list(range(10))
    assert text_of(events) == "seven ab"


async def test_sdk_helper_puts_the_stream_together() -> None:
    async with running() as rig:
        async with rig.client.responses.stream(model="gpt-test", input="table") as stream:
            seen = "".join([event.delta async for event in stream if event.type == "response.output_text.delta"])
            final = await stream.get_final_response()
    assert final.output_text == seen
    assert "|:-----|:-------:|--------:|" in seen
    assert final.status == "completed"
    assert final.usage is not None
    assert final.usage.total_tokens == final.usage.input_tokens + final.usage.output_tokens > 0


async def test_answer_without_streaming_is_the_same() -> None:
    async with running() as rig:
        whole = await rig.client.responses.create(model="gpt-test", input="code")
        streamed = text_of(await rig.responses("code"))
    assert whole.output_text == streamed
    assert isinstance(whole.output[0], ResponseOutputMessage)
    assert whole.output[0].phase == "final_answer"


async def test_answer_shows_what_the_model_was_given() -> None:
    history = [
        {"role": "user", "content": '<message from="Ann Lee">\nWhat is new?\n</message>'},
        {"role": "assistant", "content": "Nothing."},
        {"role": "user", "content": '<message from="Bo">\nAnd now, my friend?\n</message>\n<now>Monday</now>'},
    ]
    async with running() as rig:
        request = {"instructions": "Be brief.", "reasoning": {"effort": "low"}, "temperature": 0.5, **BODY}
        events = await rig.responses(history, **request)
        again = await rig.responses(history, **request)
    answer = text_of(events)
    assert "> And now, my friend?\n" in answer
    assert "`gpt-test` over the Responses API, streamed" in answer
    assert "`max_output_tokens` 16000, `temperature` 0.5, `store` false, `effort` low" in answer
    assert "**Instructions:** 9 characters" in answer
    assert "2 earlier messages, 1 of them mine" in answer
    assert "**Who spoke:** Ann Lee, Bo\n" in answer
    assert text_of(again) == answer


async def test_commentary_comes_first_as_a_message_of_its_own() -> None:
    async with running() as rig:
        rig.server.knobs.set(commentary="Looking.", answer="Found.")
        response = await rig.client.responses.create(model="gpt-test", input="x")
        events = await rig.responses()
    phases = [(item.phase, _said(item)) for item in response.output if isinstance(item, ResponseOutputMessage)]
    assert phases == [("commentary", "Looking."), ("final_answer", "Found.")]
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert [item["phase"] for item in done if isinstance(item, dict)] == ["commentary", "final_answer"]


def _said(item: ResponseOutputMessage) -> str:
    part = item.content[0]
    return part.text if isinstance(part, ResponseOutputText) else ""


async def test_tool_call_and_its_result_go_round() -> None:
    tool = {"type": "function", "name": "clock", "parameters": {"type": "object", "properties": {}}}
    async with running() as rig:
        rig.server.knobs.next(tool_calls=(("clock", '{"zone": "Europe/Zurich"}'), ("other", "{}")))
        first = await rig.client.responses.create(
            model="gpt-test", input="x", extra_body={"input": "what time is it?", "tools": [tool]}
        )
        calls = [item for item in first.output if isinstance(item, ResponseFunctionToolCall)]
        assert [(call.name, call.arguments) for call in calls] == [
            ("clock", '{"zone": "Europe/Zurich"}'),
            ("other", "{}"),
        ]
        replay = [item.model_dump(exclude_none=True) for item in first.output]
        results = [{"type": "function_call_output", "call_id": call.call_id, "output": "noon"} for call in calls]
        question = {"role": "user", "content": "what time is it?"}
        events = await rig.responses([question, *replay, *results], tools=[tool])
    assert "**A tool gave me:** noon" in text_of(events)
    assert "**Tools:** `clock`" in text_of(events)


async def test_streamed_tool_call_has_its_arguments_in_pieces() -> None:
    async with running() as rig:
        rig.server.knobs.set(tool_calls=(("clock", '{"zone": "Europe/Zurich"}'),))
        events = await rig.responses()
    pieces = [str(event["delta"]) for event in events if event["type"] == "response.function_call_arguments.delta"]
    assert len(pieces) > 1
    assert json.loads("".join(pieces)) == {"zone": "Europe/Zurich"}
    assert kinds(events)[-3:] == [
        "response.function_call_arguments.done",
        "response.output_item.done",
        "response.completed",
    ]


async def test_answer_longer_than_allowed_is_incomplete() -> None:
    async with running() as rig:
        events = await rig.responses("long 2000", max_output_tokens=100)
    assert events[-1]["type"] == "response.incomplete"
    response = events[-1]["response"]
    assert isinstance(response, dict)
    assert response["incomplete_details"] == {"reason": "max_output_tokens"}
    assert len(text_of(events)) == 400


async def test_known_beginning_of_a_prompt_counts_as_cached() -> None:
    first = {"role": "user", "content": "a" * 8_000}
    async with running() as rig:
        options = {"prompt_cache_key": "thread", "instructions": "b" * 400}
        cold = await rig.client.responses.create(model="m", input="x", extra_body={"input": [first], **options})
        turns = [first, {"role": "user", "content": "now"}]
        warm = await rig.client.responses.create(model="m", input="x", extra_body={"input": turns, **options})
        other = {**options, "instructions": "c" * 400}
        changed = await rig.client.responses.create(model="m", input="x", extra_body={"input": turns, **other})
    cached = [response.usage.input_tokens_details.cached_tokens for response in (cold, warm, changed) if response.usage]
    assert cached == [0, 2_048, 0]


async def test_usage_can_be_missing() -> None:
    async with running() as rig:
        rig.server.knobs.set(missing_usage=True)
        assert (await rig.client.responses.create(model="m", input="x")).usage is None


async def test_journal_keeps_the_call_without_its_key() -> None:
    async with running() as rig:
        await rig.responses("echo: hi", safety_identifier="person")
        call = rig.server.journal[-1]
    assert call.body["safety_identifier"] == "person"
    assert call.outcome is Outcome.COMPLETED
    assert call.status == 200
    assert call.ended_at is not None
    assert call.ended_at >= call.started_at
    assert "sk-test" not in str(call)


async def test_connection_is_reused_after_a_stream_was_read_to_its_end() -> None:
    async with running() as rig:
        for _ in range(5):
            await rig.responses("echo: hi")
        assert len({call.connection for call in rig.server.journal}) == 1


async def test_text_that_utf_8_cannot_carry_is_replaced() -> None:
    async with running() as rig:
        body = '{"model": "m", "stream": true, "input": "echo: a\\ud83db 😀"}'
        headers = {"Authorization": "Bearer k", "Content-Type": "application/json"}
        async with rig.http.post(f"{rig.url}/v1/responses", data=body, headers=headers) as response:
            assert "a?b 😀" in await response.text()
