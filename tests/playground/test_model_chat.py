"""Chat Completions of the offline model, as the real SDK sees it."""

import json

from openai.types.chat import ChatCompletionMessageFunctionToolCall, ChatCompletionMessageParam

from tests.playground.model_rig import deltas, running, text_of


async def test_stream_names_the_role_first_and_the_reason_last() -> None:
    async with running() as rig:
        rig.server.knobs.set(chunk_count=3)
        events = await rig.chat("echo: abcdefghi")
    assert deltas(events)[0]["role"] == "assistant"
    assert [delta["content"] for delta in deltas(events)[1:-1]] == ["abc", "def", "ghi"]
    choices = [event["choices"] for event in events]
    reasons = [choice[0]["finish_reason"] for choice in choices if isinstance(choice, list)]
    assert reasons == [None, None, None, None, "stop"]
    assert not any("usage" in event for event in events)


async def test_usage_comes_in_a_last_chunk_when_asked_for() -> None:
    async with running() as rig:
        events = await rig.chat("echo: abcd", stream_options={"include_usage": True})
    usage = events[-1]["usage"]
    assert events[-1]["choices"] == []
    assert isinstance(usage, dict)
    assert usage["completion_tokens"] == 1


async def test_answer_without_streaming_is_the_same() -> None:
    async with running() as rig:
        whole = await rig.client.chat.completions.create(model="m", messages=[{"role": "user", "content": "table"}])
        streamed = text_of(await rig.chat("table"))
    assert whole.choices[0].message.content == streamed
    assert whole.choices[0].finish_reason == "stop"
    assert whole.usage is not None


FROM_BO = '<message from="Bo">\nname="x"?\n</message>'


async def test_answer_shows_what_the_model_was_given() -> None:
    async with running() as rig:
        response = await rig.client.chat.completions.create(
            model="m",
            messages=[
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": '<message from="Ann">\nhello\n</message>'},
                {"role": "assistant", "content": "Yes?"},
                {"role": "user", "content": [{"type": "text", "text": '<message from="Bo">\nname="x"?\n</message>'}]},
            ],
            max_completion_tokens=500,
            reasoning_effort="low",
        )
    answer = response.choices[0].message.content or ""
    assert "`m` over Chat Completions\n" in answer
    assert "`max_completion_tokens` 500, `reasoning_effort` low" in answer
    assert "**Instructions:** 9 characters" in answer
    assert "2 earlier messages, 1 of them mine" in answer
    assert "**Who spoke:** Ann, Bo\n" in answer


async def test_tool_call_and_its_result_go_round() -> None:
    async with running() as rig:
        rig.server.knobs.next(tool_calls=(("clock", '{"zone": "UTC"}'),))
        first = await rig.client.chat.completions.create(model="m", messages=[{"role": "user", "content": "time?"}])
        message = first.choices[0].message
        assert first.choices[0].finish_reason == "tool_calls"
        assert message.tool_calls is not None
        call = message.tool_calls[0]
        assert isinstance(call, ChatCompletionMessageFunctionToolCall)
        assert json.loads(call.function.arguments) == {"zone": "UTC"}
        messages = [
            {"role": "user", "content": "time?"},
            message.model_dump(exclude_none=True),
            {"role": "tool", "tool_call_id": call.id, "content": "noon"},
        ]
        events = await rig.chat(messages=messages)
    assert "**A tool gave me:** noon" in text_of(events)


async def test_streamed_tool_call_has_its_arguments_in_pieces() -> None:
    async with running() as rig:
        rig.server.knobs.set(tool_calls=(("clock", '{"zone": "Europe/Zurich"}'), ("other", '{"a": 1}')))
        events = await rig.chat()
    found: dict[int, list[str]] = {}
    for delta in deltas(events):
        for call in delta.get("tool_calls", []):  # type: ignore[attr-defined]  # a list, or the test should fail
            found.setdefault(call["index"], []).append(call["function"]["arguments"])
    assert [json.loads("".join(pieces)) for pieces in found.values()] == [{"zone": "Europe/Zurich"}, {"a": 1}]
    assert len(found[0]) > 2


async def test_commentary_comes_as_reasoning_content() -> None:
    async with running() as rig:
        rig.server.knobs.set(commentary="Looking.", answer="Found.")
        events = await rig.chat()
    assert deltas(events)[1] == {"reasoning_content": "Looking."}
    assert text_of(events) == "Found."


async def test_endings_have_their_finish_reasons() -> None:
    async with running() as rig:
        knobs = rig.server.knobs
        knobs.next(content_filter=True)
        knobs.next(response_incomplete="max_output_tokens")
        knobs.next(refusal="No.")
        question: list[ChatCompletionMessageParam] = [{"role": "user", "content": "x"}]
        answers = [await rig.client.chat.completions.create(model="m", messages=question) for _ in range(3)]
    filtered, cut, refused = [answer.choices[0] for answer in answers]
    assert filtered.finish_reason == "content_filter"
    assert cut.finish_reason == "length"
    assert refused.message.refusal == "No."
    assert refused.message.content is None
