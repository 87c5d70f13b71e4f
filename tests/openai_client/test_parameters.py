"""Parameters that a server refuses, and a server that lacks an API altogether."""

import logging

import pytest

from openai_client.errors import Failure
from openai_client.events import Json
from openai_client.wire import child
from tests.openai_client.bench import Bench
from tests.openai_client.dialects import ChatDialect
from tests.openai_client.server import Refuse, Reply, Stream

EVERYTHING = {"effort": "high", "verbosity": "low", "temperature": 0.5, "top_p": 0.9}

PLAIN = {"effort": "reasoning_effort", "verbosity": "verbosity"}


def chosen(body: Json) -> list[object]:
    """Effort, verbosity, temperature and top_p of a body of either API."""
    effort = child(body, "reasoning").get("effort") or body.get("reasoning_effort")
    verbosity = child(body, "text").get("verbosity") or body.get("verbosity")
    return [effort, verbosity, body.get("temperature"), body.get("top_p")]


def refusal(param: str | None, message: str = "No.", code: str | None = "unsupported_parameter") -> Refuse:
    return Refuse(400, {"error": {"code": code, "type": "invalid_request_error", "param": param, "message": message}})


@pytest.mark.parametrize("code", ["unsupported_parameter", "unsupported_value", "unknown_parameter"])
async def test_a_refused_parameter_is_dropped_and_remembered(bench: Bench, code: str) -> None:
    bench.will(refusal("temperature", code=code), bench.answer("Fine."))
    await bench.ask(**EVERYTHING)
    await bench.ask(**EVERYTHING)
    first, second, third = bench.bodies
    assert "temperature" in first
    assert second == third == {name: value for name, value in first.items() if name != "temperature"}
    assert bench.text == "Fine.Fine."
    assert bench.waits == []


async def test_it_is_remembered_for_that_model_only(bench: Bench) -> None:
    bench.will(refusal("temperature"), bench.answer("Fine."))
    await bench.ask(model="picky", temperature=0.5)
    await bench.ask(model="tolerant", temperature=0.5)
    assert ["temperature" in body for body in bench.bodies] == [True, False, True]


async def test_several_parameters_are_dropped_one_after_the_other(bench: Bench) -> None:
    bench.will(refusal("safety_identifier"), refusal("prompt_cache_key"), refusal("top_p"), bench.answer("Fine."))
    await bench.ask(**EVERYTHING)
    assert len(bench.bodies) == 4
    assert not {"safety_identifier", "prompt_cache_key", "top_p"} & bench.bodies[-1].keys()


async def test_a_server_that_refuses_the_same_parameter_again_is_not_asked_for_ever(bench: Bench) -> None:
    bench.will(refusal("temperature"))
    assert (await bench.fail(**EVERYTHING)).failure is Failure.FAILED
    assert len(bench.bodies) == 2


@pytest.mark.parametrize(
    ("message", "gone"),
    [
        ("Unrecognized request argument supplied: prompt_cache_key", "prompt_cache_key"),
        ("temperature is not supported, use top_p", "temperature"),
        ("[{'type': 'extra_forbidden', 'loc': ['body', 'safety_identifier']}]", "safety_identifier"),
    ],
)
async def test_compatible_servers_name_it_in_their_message(bench: Bench, message: str, gone: str) -> None:
    bench.will(refusal(None, message, code=None), bench.answer("Fine."))
    await bench.ask(**EVERYTHING)
    assert bench.bodies[1].keys() == bench.bodies[0].keys() - {gone}


async def test_strict_frameworks_answer_422_with_a_detail(bench: Bench) -> None:
    detail = [{"type": "extra_forbidden", "loc": ["body", "safety_identifier"], "msg": "Extra inputs"}]
    bench.will(Refuse(422, {"detail": detail}), bench.answer("Fine."))
    await bench.ask()
    assert "safety_identifier" not in bench.bodies[1]


@pytest.mark.parametrize(
    "reply",
    [
        refusal("model"),
        refusal("store", code="unsupported_value"),
        refusal(None, "The text is not supported", code=None),
        refusal("temperature", "temperature must be below 2", code="invalid_value"),
        Refuse(500, {"error": {"code": None, "message": "temperature is not supported"}}),
    ],
)
async def test_other_errors_drop_nothing(bench: Bench, reply: Reply) -> None:
    bench.will(reply)
    await bench.fail(**EVERYTHING)
    assert all(body == bench.bodies[0] for body in bench.bodies)


async def test_a_nested_name_drops_the_parameter_it_belongs_to(responses_bench: Bench) -> None:
    bench = responses_bench
    bench.will(refusal("reasoning.effort"), refusal("include[0]"), bench.answer("Fine."))
    await bench.ask(**EVERYTHING)
    assert bench.bodies[2].keys() == bench.bodies[0].keys() - {"reasoning", "include"}


async def test_effort_verbosity_and_sampling_are_sent_when_they_are_set(bench: Bench) -> None:
    bench.will(bench.answer("Fine."))
    await bench.ask(**EVERYTHING)
    await bench.ask()
    assert chosen(bench.bodies[0]) == ["high", "low", 0.5, 0.9]
    assert chosen(bench.bodies[1]) == [None, None, None, None]


@pytest.mark.parametrize("code", ["unsupported_value", "invalid_value"])
@pytest.mark.parametrize(("setting", "refused", "taken"), [("effort", "max", "low"), ("verbosity", "low", "high")])
async def test_a_refused_effort_or_verbosity_says_nothing_of_the_others(
    bench: Bench, setting: str, refused: str, taken: str, code: str
) -> None:
    responses = bench.dialect.api == "responses"
    param = {"effort": "reasoning.effort", "verbosity": "text.verbosity"}[setting] if responses else PLAIN[setting]
    bench.will(refusal(param, "Invalid. Supported values are: 'medium'.", code), bench.answer("Fine."))
    for value in (refused, refused, taken):
        await bench.ask(**{setting: value})
    at = list(EVERYTHING).index(setting)
    assert [chosen(body)[at] for body in bench.bodies] == [refused, None, None, taken]


async def test_a_parameter_of_its_own_that_is_refused_goes_with_all_its_values(bench: Bench) -> None:
    param = "reasoning.effort" if bench.dialect.api == "responses" else "reasoning_effort"
    bench.will(refusal(param), bench.answer("Fine."))
    for effort in ("high", "low"):
        await bench.ask(effort=effort)
    assert [chosen(body)[0] for body in bench.bodies] == ["high", None, None]


async def test_only_the_refused_stream_option_goes(chat_bench: Bench) -> None:
    chat_bench.will(refusal("stream_options.include_obfuscation"), chat_bench.answer("Fine."))
    await chat_bench.ask()
    assert chat_bench.bodies[1]["stream_options"] == {"include_usage": True}


async def test_an_older_server_gets_the_cap_by_its_older_name(chat_bench: Bench) -> None:
    chat_bench.will(refusal("max_completion_tokens"), chat_bench.answer("Fine."))
    await chat_bench.ask()
    assert chat_bench.bodies[0]["max_completion_tokens"] == 500
    assert "max_completion_tokens" not in chat_bench.bodies[1]
    assert chat_bench.bodies[1]["max_tokens"] == 500


async def test_store_is_never_given_up_over_responses(responses_bench: Bench) -> None:
    responses_bench.will(refusal("store"))
    await responses_bench.fail()
    assert len(responses_bench.bodies) == 1


NO_ROUTE: list[Reply] = [
    Refuse(404, {"error": {"code": "unknown_url", "message": "Unknown request URL: POST /v1/responses."}}),
    Refuse(404, {"detail": "Not Found"}),
    Refuse(404, "<html>404 page not found</html>"),
    Refuse(405, {"error": {"message": "Method not allowed"}}),
]


@pytest.mark.parametrize("reply", NO_ROUTE)
async def test_a_server_without_responses_is_spoken_to_over_chat(responses_bench: Bench, reply: Reply) -> None:
    bench = responses_bench
    bench.server.by_path = {"/v1/responses": reply, "/v1/chat/completions": chat_answer()}
    for _ in range(2):
        await bench.ask()
    paths = [received.path for received in bench.server.received]
    assert paths == ["/v1/responses", "/v1/chat/completions", "/v1/chat/completions"]
    assert bench.text == "Over chat.Over chat."
    assert bench.figures.counts[-1] == ("model_calls", {"api": "chat_completions", "outcome": "complete"})


@pytest.mark.parametrize(
    "body",
    [
        {"code": "model_not_found", "message": "The model does not exist"},
        {"code": None, "message": "model 'llama9' not found, try pulling it first"},
    ],
)
async def test_an_unknown_model_is_no_missing_api(responses_bench: Bench, body: Json) -> None:
    responses_bench.will(Refuse(404, {"error": body}))
    assert (await responses_bench.fail()).failure is Failure.FAILED
    assert [received.path for received in responses_bench.server.received] == ["/v1/responses"]


async def test_a_wrong_address_is_not_remembered_as_a_server_without_responses(responses_bench: Bench) -> None:
    bench = responses_bench
    bench.will(Refuse(404, {"detail": "Not Found"}))
    assert (await bench.fail()).failure is Failure.FAILED
    bench.will(bench.answer("Right again."))
    await bench.ask()
    assert [received.path for received in bench.server.received] == [
        "/v1/responses",
        "/v1/chat/completions",
        "/v1/responses",
    ]


async def test_the_setting_goes_straight_to_chat(chat_bench: Bench) -> None:
    chat_bench.will(chat_bench.answer("Hi."))
    await chat_bench.ask()
    assert [received.path for received in chat_bench.server.received] == ["/v1/chat/completions"]


async def test_what_was_dropped_is_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "threadwell.model")
    bench.will(refusal("temperature"), bench.answer("Fine."))
    await bench.ask(temperature=0.1)
    (record,) = caplog.records
    assert record.getMessage() == "model_parameter_dropped"
    assert vars(record)["parameter"] == "temperature"
    assert vars(record)["llm"] == "m-1"


def chat_answer() -> Reply:
    dialect = ChatDialect()
    return Stream((dialect.text("Over chat."), *dialect.ending("Over chat.")), done=True)
