"""What the offline model refuses, as OpenAI does."""

import openai
import pytest

from tests.playground.model_rig import Event, running

USER: Event = {"role": "user", "content": "x"}
CALL: Event = {"type": "function_call", "call_id": "c1", "name": "clock", "arguments": "{}"}
OUTPUT: Event = {"type": "function_call_output", "call_id": "c1", "output": "noon"}
CHAT_CALL: Event = {"id": "c1", "type": "function", "function": {"name": "clock", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({}, "model", "missing_required_parameter"),
        ({"model": "m"}, "input", "missing_required_parameter"),
        ({"model": 5, "input": "x"}, "model", "invalid_type"),
        ({"model": "m", "input": 5}, "input", "invalid_type"),
        ({"model": "m", "input": ["x"]}, "input[0]", "invalid_type"),
        ({"model": "m", "input": "x", "messages": []}, "messages", "unknown_parameter"),
        ({"model": "m", "input": "x", "colour": 1}, "colour", "unknown_parameter"),
        ({"model": "m", "input": "x", "max_output_tokens": 1}, "max_output_tokens", "integer_below_min_value"),
        ({"model": "m", "input": "x", "max_output_tokens": 2.5}, "max_output_tokens", "invalid_type"),
        ({"model": "m", "input": "x", "temperature": 3}, "temperature", "decimal_above_max_value"),
        ({"model": "m", "input": "x", "stream": "yes"}, "stream", "invalid_type"),
        ({"model": "m", "input": "x", "stream_options": {}}, "stream_options", "invalid_value"),
        ({"model": "m", "input": "x", "reasoning": "low"}, "reasoning", "invalid_type"),
        ({"model": "m", "input": "x", "reasoning": {"effort": "huge"}}, "reasoning.effort", "invalid_value"),
        ({"model": "m", "input": "x", "text": {"verbosity": 1}}, "text.verbosity", "invalid_value"),
        ({"model": "m", "input": "x", "safety_identifier": "p" * 129}, "safety_identifier", "string_above_max_length"),
        ({"model": "m", "input": "x", "metadata": {str(n): "" for n in range(17)}}, "metadata", None),
        ({"model": "m", "input": [{"role": "tool", "content": "x"}]}, "input[0].role", "invalid_value"),
        ({"model": "m", "input": [{"role": "user"}]}, "input[0].content", "missing_required_parameter"),
        ({"model": "m", "input": [{"type": "nonsense"}]}, "input[0].type", "invalid_value"),
        ({"model": "m", "input": [{"type": ["message"]}]}, "input[0].type", "invalid_value"),
        ({"model": "m", "previous_response_id": "resp_1", "input": "x"}, "previous_response_id", None),
        ({"model": "m", "input": [USER, OUTPUT]}, "input", None),
        ({"model": "m", "input": [USER, CALL]}, "input", None),
        ({"model": "m", "input": [CALL, OUTPUT | {"output": None}]}, "input[1].output", "missing_required_parameter"),
        ({"model": "m", "input": "x", "tools": [{"type": "function"}]}, "tools[0].name", "missing_required_parameter"),
        ({"model": "m", "input": "x", "tools": [{"type": "function", "name": "a b"}]}, "tools[0].name", None),
        (
            {"model": "m", "input": [{"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}]},
            "input[0].content[0].type",
            "invalid_value",
        ),
        ({"model": "m", "input": [USER | {"phase": "final_answer"}]}, "input[0].phase", "invalid_value"),
    ],
)
async def test_responses_refuses(body: Event, param: str, code: str | None) -> None:
    async with running() as rig:
        with pytest.raises(openai.BadRequestError) as caught:
            await rig.client.post("/responses", body=body, cast_to=object)
        assert rig.server.journal[-1].body == body
    assert caught.value.param == param
    assert caught.value.type == "invalid_request_error"
    assert code is None or caught.value.code == code


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"model": "m"}, "messages"),
        ({"model": "m", "messages": []}, "messages"),
        ({"model": "m", "messages": [{"role": "user"}]}, "messages[0].content"),
        ({"model": "m", "messages": [{"role": "robot", "content": "x"}]}, "messages[0].role"),
        ({"model": "m", "messages": [USER], "input": "x"}, "input"),
        ({"model": "m", "messages": [USER], "max_completion_tokens": 0}, "max_completion_tokens"),
        ({"model": "m", "messages": [{"role": "tool", "tool_call_id": "c1", "content": "x"}]}, "messages[0].role"),
        ({"model": "m", "messages": [{"role": "assistant", "tool_calls": [CHAT_CALL]}, USER]}, "messages[1]"),
        ({"model": "m", "messages": [{"role": "user", "content": [{"type": "input_text"}]}]}, None),
    ],
)
async def test_chat_refuses(body: Event, param: str | None) -> None:
    async with running() as rig:
        with pytest.raises(openai.BadRequestError) as caught:
            await rig.client.post("/chat/completions", body=body, cast_to=object)
    assert caught.value.param == (param or "messages[0].content[0].type")


@pytest.mark.parametrize("path", ["/v1/responses", "/v1/chat/completions"])
async def test_body_that_is_no_json_object(path: str) -> None:
    async with running() as rig:
        for body in ("{", "[]", "\xff", "[" * 100_000, '{"model": NaN}'):
            headers = {"Authorization": "Bearer k"}
            async with rig.http.post(rig.url + path, data=body.encode("latin-1"), headers=headers) as response:
                assert response.status == 400
                assert (await response.json())["error"]["type"] == "invalid_request_error"
        assert rig.server.active == 0


async def test_missing_key_and_unknown_address() -> None:
    async with running() as rig:
        async with rig.http.post(f"{rig.url}/v1/responses", json={"model": "m", "input": "x"}) as response:
            assert response.status == 401
            assert response.headers["x-request-id"].startswith("req_")
        async with rig.http.get(f"{rig.url}/v1/nothing") as response:
            assert response.status == 404
            assert (await response.json())["error"]["code"] == "unknown_url"
            assert response.headers["x-request-id"].startswith("req_")


async def test_what_the_bot_sends_passes() -> None:
    body: Event = {
        "instructions": "Be brief.",
        "max_output_tokens": 16_000,
        "store": False,
        "safety_identifier": "p" * 64,
        "prompt_cache_key": "thread",
        "stream_options": {"include_obfuscation": False},
        "include": ["reasoning.encrypted_content"],
        "text": {"verbosity": "low"},
    }
    reasoning: Event = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}
    spoken: Event = {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "completed",
        "phase": "commentary",
        "content": [{"type": "output_text", "text": "Looking.", "annotations": []}],
    }
    async with running() as rig:
        events = await rig.responses([USER, reasoning, spoken, CALL, OUTPUT], **body)
    assert events[-1]["type"] == "response.completed"
