"""Embeddings of the offline model, through the real SDK."""

import math

import openai
import pytest

from tests.playground.model_rig import Event, Rig, running

TEXTS = ["The whale swims in the sea", "Whales swimming in seas", "Quarterly tax figures of the company"]


async def vectors(rig: Rig, texts: list[str], **more: object) -> list[list[float]]:
    answer = await rig.client.embeddings.create(model="text-embedding-3-small", input=texts, extra_body=more)
    assert [each.index for each in answer.data] == list(range(len(texts)))
    return [each.embedding for each in answer.data]


def likeness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_texts_with_words_in_common_are_near_each_other() -> None:
    async with running() as rig:
        whale, whales, taxes = await vectors(rig, TEXTS)
        assert await vectors(rig, TEXTS[:1]) == [whale]
        assert rig.server.journal[-1].api == "embeddings"
        assert rig.server.journal[-1].body["input"] == TEXTS[:1]
    assert len(whale) == 1_536
    assert math.isclose(likeness(whale, whale), 1.0, abs_tol=1e-5)
    assert likeness(whale, whales) > likeness(whale, taxes) + 0.1


async def test_numbers_and_base64_are_the_same_vector_of_the_size_asked_for() -> None:
    async with running() as rig:
        numbers = await vectors(rig, TEXTS, encoding_format="float", dimensions=64)
        packed = await vectors(rig, TEXTS, encoding_format="base64", dimensions=64)
        answer = await rig.client.embeddings.create(model="m", input="four letters")
    assert [len(vector) for vector in numbers] == [64] * 3
    assert all(
        math.isclose(a, b, abs_tol=1e-6)
        for x, y in zip(numbers, packed, strict=True)
        for a, b in zip(x, y, strict=True)
    )
    assert answer.usage.prompt_tokens == 3


async def test_tokens_may_come_instead_of_texts() -> None:
    async with running() as rig:
        answer = await rig.client.embeddings.create(model="m", input=[[1, 2], [3]])
        one = await rig.client.embeddings.create(model="m", input=[1, 2])
    assert [answer.data[0].embedding] == [each.embedding for each in one.data]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"input": ""}, "input"),
        ({"input": []}, "input"),
        ({"input": ["a", ""]}, "input"),
        ({"input": 5}, "input"),
        ({"input": ["a", 5]}, "input[1]"),
        ({"input": ["a"] * 2_049}, "input"),
        ({"input": "a" * 40_000}, "input"),
        ({"input": None}, "input"),
        ({"model": None}, "model"),
        ({"dimensions": 0}, "dimensions"),
        ({"encoding_format": "hex"}, "encoding_format"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
async def test_what_cannot_be_embedded_is_refused(body: Event, param: str) -> None:
    async with running() as rig:
        with pytest.raises(openai.BadRequestError) as caught:
            await rig.client.post("/embeddings", body={"model": "m", "input": "x"} | body, cast_to=object)
    assert caught.value.param == param


async def test_error_of_the_knobs_and_settings_of_single_calls_are_left_alone() -> None:
    async with running() as rig:
        rig.server.knobs.next(status=500)
        assert await vectors(rig, ["a"])
        assert rig.server.knobs.waiting == 1
        rig.server.knobs.set(status=429)
        with pytest.raises(openai.RateLimitError):
            await vectors(rig, ["a"])


async def test_embedding_model_is_listed() -> None:
    async with running() as rig:
        assert "text-embedding-3-small" in [model.id async for model in rig.client.models.list()]
