"""The knobs of the offline model, in the program and over HTTP."""

import json

import pytest

from playground.model.knobs import NAMES, Knobs, read_settings
from tests.playground.model_rig import running, text_of


def test_settings_of_the_next_calls_are_used_up_in_order() -> None:
    knobs = Knobs()
    knobs.set(chunk_count=2)
    knobs.next(answer="a")
    knobs.next()
    knobs.next(2, chunk_count=5)
    taken = [knobs.take() for _ in range(5)]
    assert [(one.answer, one.chunk_count) for one in taken] == [("a", 2), ("", 2), ("", 5), ("", 5), ("", 2)]
    assert knobs.waiting == 0


def test_every_knob_goes_through_json_and_back() -> None:
    fresh = json.loads(json.dumps(Knobs().as_json()))
    assert set(fresh) == set(NAMES)
    knobs = Knobs(answer="other", status=500)
    knobs.set(**read_settings(fresh))
    assert knobs == Knobs()


@pytest.mark.parametrize(
    "given",
    [
        {"nonsense": 1},
        {"_queue": []},
        {"status": 200},
        {"chunk_characters": 0},
        {"chunk_seconds": -1},
        {"chunk_seconds": "1"},
        {"empty": 1},
        {"answer": None},
        {"stall_after_chunks": 1.5},
        {"error_event": "round"},
        {"tool_calls": [["only a name"]]},
        {"refuse_parameters": "temperature"},
    ],
)
def test_unfit_settings_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(given))):
        read_settings(given)


async def test_knobs_over_http() -> None:
    async with running() as rig:
        address = f"{rig.url}/control/knobs"
        wanted = {"answer": "fixed", "refuse_parameters": ["top_p"], "next": [{"answer": "once"}]}
        async with rig.http.put(address, json=wanted) as response:
            assert response.status == 200
        async with rig.http.get(address) as response:
            state = await response.json()
        assert (state["answer"], state["refuse_parameters"], state["waiting"]) == ("fixed", ["top_p"], 1)
        assert [text_of(await rig.responses()) for _ in range(2)] == ["once", "fixed"]
        async with rig.http.delete(address) as response:
            assert (await response.json())["answer"] == ""
        assert rig.server.knobs == Knobs()


async def test_wrong_setting_over_http_changes_nothing() -> None:
    async with running() as rig:
        half_right = {"answer": "x", "next": [{"status": 1}]}
        bodies: list[object] = [half_right, {"next": 1}, [], {"answer": "x", "status": True}]
        for body in bodies:
            async with rig.http.put(f"{rig.url}/control/knobs", json=body) as response:
                assert response.status == 400
        assert rig.server.knobs == Knobs()


async def test_journal_over_http() -> None:
    async with running() as rig:
        await rig.responses("echo: one")
        await rig.chat("echo: two")
        address = f"{rig.url}/control/journal"
        async with rig.http.get(address) as response:
            calls = (await response.json())["calls"]
        assert [call["api"] for call in calls] == ["responses", "chat_completions"]
        assert calls[0]["body"]["input"] == "echo: one"
        assert [call["outcome"] for call in calls] == ["completed", "completed"]
        async with rig.http.get(address, params={"last": "1", "api": "responses"}) as response:
            assert len((await response.json())["calls"]) == 1
        async with rig.http.get(address, params={"last": "no"}) as response:
            assert response.status == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:1234"}, 200),
        ({"Host": "[::1]:80", "Origin": "http://127.0.0.1:8080"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[::1"}, 403),
    ],
)
async def test_controls_answer_this_machine_only(headers: dict[str, str], status: int) -> None:
    async with running() as rig:
        for path in ("knobs", "journal"):
            async with rig.http.get(f"{rig.url}/control/{path}", headers=headers) as response:
                assert response.status == status
        async with rig.http.put(f"{rig.url}/control/knobs", json={"answer": "x"}, headers=headers) as response:
            assert response.status == status
        assert (rig.server.knobs.answer == "x") is (status == 200)
