"""Texts as vectors: in batches, in order, with what the server takes."""

import asyncio

import pytest

from openai_client.embeddings import Vector
from openai_client.errors import Failure, ModelError
from openai_client.events import Json
from tests.openai_client.bench import Bench
from tests.openai_client.server import Hang, Hangup, Refuse, Reply


def vectors(*values: float, usage: int = 3) -> Refuse:
    """An answer with a vector for each value, the last one first."""
    data: list[Json] = [{"index": index, "embedding": [value, 1]} for index, value in enumerate(values)]
    return Refuse(200, {"data": data[::-1], "usage": {"prompt_tokens": usage}})


async def embed(bench: Bench, *texts: str) -> tuple[Vector, ...]:
    return (await bench.client.embeddings.embed("embedder", texts, lambda _: None))[0]


async def fail(bench: Bench, *texts: str) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await embed(bench, *texts)
    return caught.value


async def test_each_text_gets_its_vector(responses_bench: Bench) -> None:
    bench = responses_bench
    bench.will(vectors(0.5, 0.25))
    assert await embed(bench, "one", "two") == ((0.5, 1.0), (0.25, 1.0))
    (received,) = bench.server.received
    assert received.path == "/v1/embeddings"
    assert received.body == {
        "model": "embedder",
        "input": ["one", "two"],
        "dimensions": 256,
        "encoding_format": "float",
    }
    assert bench.figures.counts == [("model_calls", {"api": "embeddings", "outcome": "complete"})]
    assert ("model_tokens", 3, {"kind": "input"}) in bench.figures.values


async def test_many_texts_go_in_batches_and_stay_in_order(responses_bench: Bench) -> None:
    bench = responses_bench
    bench.will(vectors(*range(64)), vectors(*range(64, 70)))
    made = await embed(bench, *(f"text {number}" for number in range(70)))
    assert [vector[0] for vector in made] == list(range(70))
    inputs = [body["input"] for body in bench.bodies]
    assert inputs == [[f"text {n}" for n in range(64)], [f"text {n}" for n in range(64, 70)]]


async def test_no_texts_cost_no_call(responses_bench: Bench) -> None:
    assert await embed(responses_bench) == ()
    assert responses_bench.bodies == []


async def test_an_empty_text_does_not_spoil_its_batch(responses_bench: Bench) -> None:
    responses_bench.will(vectors(1, 2))
    await embed(responses_bench, "one", " \n")
    sent = responses_bench.bodies[0]["input"]
    assert isinstance(sent, list)
    assert all(text.strip() for text in sent)


async def test_a_model_without_a_choice_of_dimensions_is_asked_without(responses_bench: Bench) -> None:
    bench = responses_bench
    refusal = {"message": "This model does not support specifying dimensions.", "param": None, "code": None}
    bench.will(Refuse(400, {"error": refusal}), vectors(1))
    for _ in range(2):
        await embed(bench, "one")
    assert ["dimensions" in body for body in bench.bodies] == [True, False, False]


@pytest.mark.parametrize("reply", [Refuse(500), Refuse(429, {}, {"retry-after": "0"}), Hangup()])
async def test_a_failed_batch_is_repeated(responses_bench: Bench, reply: Reply) -> None:
    responses_bench.will(reply, vectors(1))
    assert await embed(responses_bench, "one") == ((1.0, 1.0),)
    assert len(responses_bench.bodies) == 2


@pytest.mark.parametrize(
    "reply",
    [
        vectors(1),
        Refuse(200, {"data": []}),
        Refuse(200, {"data": [{"index": 0, "embedding": [1, 2]}, {"index": 1, "embedding": []}]}),
        Refuse(200, {"data": [{"index": 0, "embedding": [1, 2]}, {"index": 1, "embedding": [1]}]}),
        Refuse(200, "<html>a proxy's page</html>"),
    ],
)
async def test_an_answer_that_does_not_fit_the_texts_is_a_failure(responses_bench: Bench, reply: Reply) -> None:
    responses_bench.will(reply)
    assert (await fail(responses_bench, "one", "two")).failure is Failure.FAILED


async def test_a_spent_quota_is_told_as_such(responses_bench: Bench) -> None:
    responses_bench.will(Refuse(429, {"error": {"code": "insufficient_quota"}}))
    assert (await fail(responses_bench, "one")).failure is Failure.QUOTA
    assert len(responses_bench.bodies) == 1


async def test_whoever_is_cancelled_closes_the_connection(responses_bench: Bench) -> None:
    server = responses_bench.server
    responses_bench.will(Hang())
    embedding = asyncio.create_task(embed(responses_bench, "one"))
    await server.until(lambda: server.open_now == 1)
    embedding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await embedding
    await server.until(lambda: server.left == 1)
    assert responses_bench.client.in_flight == 0
