"""Settings that the offline model refuses because of the model's name, as OpenAI does."""

import openai
import pytest

from tests.playground.model_rig import Event, running

UNSUPPORTED_PARAMETER, UNSUPPORTED_VALUE = "unsupported_parameter", "unsupported_value"


async def refusal(path: str, body: Event) -> tuple[str | None, str | None] | None:
    """Parameter and code of the refusal; None where there is none."""
    async with running() as rig:
        try:
            await rig.client.post(path, body=body, cast_to=object)
        except openai.BadRequestError as error:
            return error.param, error.code
    return None


@pytest.mark.parametrize(
    ("model", "settings", "expected"),
    [
        ("gpt-6.2-sol", {"temperature": 0.2}, ("temperature", UNSUPPORTED_PARAMETER)),
        ("gpt-5.6-luna", {"top_p": 0.2}, ("top_p", UNSUPPORTED_PARAMETER)),
        ("gpt-5.6-luna", {"top_p": 0.2, "reasoning": {"effort": "none"}}, None),
        ("o3", {"temperature": 0.2}, ("temperature", UNSUPPORTED_PARAMETER)),
        ("gpt-4.1", {"temperature": 0.2, "top_p": 0.2}, None),
        ("gpt-6.2-sol", {"reasoning": {"effort": "minimal"}}, ("reasoning.effort", UNSUPPORTED_VALUE)),
        ("gpt-6.2-sol", {"reasoning": {"effort": "max"}, "text": {"verbosity": "low"}}, None),
        ("gpt-6.1-terra", {"reasoning": {"effort": "none"}}, None),
        ("gpt-5.4", {"reasoning": {"effort": "xhigh"}}, ("reasoning.effort", UNSUPPORTED_VALUE)),
        ("gpt-4.1", {"reasoning": {"effort": "low"}}, ("reasoning.effort", UNSUPPORTED_PARAMETER)),
        ("gpt-4.1", {"text": {"verbosity": "low"}}, ("text.verbosity", UNSUPPORTED_VALUE)),
        ("gpt-4.1", {"text": {"verbosity": "medium"}}, None),
        ("llama", {"temperature": 0.2, "reasoning": {"effort": "none"}, "text": {"verbosity": "low"}}, None),
    ],
)
async def test_over_responses(model: str, settings: Event, expected: tuple[str, str] | None) -> None:
    assert await refusal("/responses", {"model": model, "input": "x", **settings}) == expected


@pytest.mark.parametrize(
    ("model", "settings", "expected"),
    [
        ("gpt-6.2-sol", {"temperature": 0.2}, ("temperature", UNSUPPORTED_VALUE)),
        ("gpt-6.2-sol", {"temperature": 1, "top_p": 1}, None),
        ("gpt-6.2-sol", {"reasoning_effort": "max"}, ("reasoning_effort", UNSUPPORTED_VALUE)),
        ("gpt-6.2-sol", {"reasoning_effort": "xhigh", "verbosity": "high"}, None),
        ("o3", {"verbosity": "high"}, ("verbosity", UNSUPPORTED_VALUE)),
        ("gpt-4.1", {"reasoning_effort": "low"}, ("reasoning_effort", UNSUPPORTED_PARAMETER)),
        ("gpt-4.1", {"temperature": 0.2}, None),
    ],
)
async def test_over_chat(model: str, settings: Event, expected: tuple[str, str] | None) -> None:
    messages: list[Event] = [{"role": "user", "content": "x"}]
    assert await refusal("/chat/completions", {"model": model, "messages": messages, **settings}) == expected
