"""The list of models of the offline model."""

import openai
import pytest

from tests.playground.model_rig import running


async def test_models_are_listed_with_their_age() -> None:
    async with running() as rig:
        models = {model.id: model.created async for model in rig.client.models.list()}
    assert {"gpt-6.2-sol", "gpt-6.2-terra", "gpt-5.6-luna", "gpt-5.4", "gpt-4.1"} < models.keys()
    assert {"text-embedding-3-small", "gpt-image-2.6-sunburst", "whisper-1"} < models.keys()
    assert models["gpt-4.1"] < models["gpt-5.4"] < models["gpt-6.2-sol"]


async def test_a_knob_replaces_the_list() -> None:
    async with running() as rig:
        async with rig.http.put(f"{rig.url}/control/knobs", json={"models": ["old", "young"]}) as response:
            assert response.status == 200
        models = [(model.id, model.created) async for model in rig.client.models.list()]
    assert [name for name, _ in sorted(models, key=lambda model: model[1])] == ["old", "young"]


async def test_a_knob_makes_the_list_fail_and_answers_go_on() -> None:
    async with running() as rig:
        rig.server.knobs.set(models_status=503)
        with pytest.raises(openai.InternalServerError):
            await rig.client.models.list()
        assert (await rig.responses())[-1]["type"] == "response.completed"
        rig.server.knobs.reset()
        assert [model async for model in rig.client.models.list()]


async def test_a_knob_delays_the_list() -> None:
    async with running() as rig:
        rig.server.knobs.set(models_seconds=60.0)
        with pytest.raises(openai.APITimeoutError):
            await rig.client.models.list(timeout=0.2)
