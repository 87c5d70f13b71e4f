"""Whatever the model server does, the thread holds one clear message, what arrived is kept, and no status is stuck."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from message_processor.lines import Lines
from message_processor.wording import ENGLISH
from openai_client.errors import Failure
from playground.model.journal import Api
from playground.model.knobs import KnobSettings
from tests.wire.harness import GENERAL, House
from tests.wire.model_side import Calls, own_house, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINES = Lines(ENGLISH)

ANSWER = "The heron stands in the reeds and waits for fish."
PARTIAL = ANSWER[:30]
CHUNKS = KnobSettings(chunk_characters=10)
RETRY = 0.1


def failed(failure: Failure) -> str:
    return LINES.failure(failure)


def cut(notice: str, text: str = PARTIAL) -> str:
    return f"{text}\n\n{notice}"


@dataclass(frozen=True)
class Case:
    """What the model does, call by call; what the thread holds then, and after how many calls."""

    name: str
    knobs: tuple[KnobSettings, ...]
    shown: str
    calls: int = 1


def once(name: str, knobs: KnobSettings, shown: str) -> Case:
    """A fault that a repeated call would not mend, so none is made."""
    return Case(name, (knobs,), shown)


def mended(name: str, knobs: KnobSettings) -> Case:
    """A fault that is gone when the call is repeated."""
    return Case(name, (knobs, CHUNKS), ANSWER, 2)


def for_good(name: str, knobs: KnobSettings, shown: str) -> Case:
    """A fault that stays: two repeats, then the line."""
    return Case(name, (knobs,) * 3, shown, 3)


STALL: KnobSettings = {**CHUNKS, "stall_after_chunks": 3}
OVERLONG: KnobSettings = {"status": 400, "code": "context_length_exceeded"}
CASES = (
    mended("rate limited, with Retry-After", {"status": 429, "retry_after": RETRY}),
    mended("rate limited, without", {"status": 429}),
    for_good("rate limited for good", {"status": 429, "retry_after": RETRY}, failed(Failure.RATE_LIMITED)),
    once("rate limited for too long", {"status": 429, "retry_after": 60.0}, failed(Failure.RATE_LIMITED)),
    once("no quota", {"status": 429, "code": "insufficient_quota"}, failed(Failure.QUOTA)),
    once("wrong key", {"status": 401, "code": "invalid_api_key"}, failed(Failure.AUTHENTICATION)),
    once("bad request", {"status": 400}, failed(Failure.FAILED)),
    once("unknown model", {"status": 404, "code": "model_not_found"}, failed(Failure.FAILED)),
    once("content policy", {"status": 400, "code": "content_policy_violation"}, failed(Failure.CONTENT_REFUSED)),
    mended("context too long, once", OVERLONG),
    Case("context too long, twice", (OVERLONG, OVERLONG), failed(Failure.CONTEXT_TOO_LONG), 2),
    mended("500", {"status": 500}),
    mended("502", {"status": 502}),
    mended("408", {"status": 408}),
    mended("503, with Retry-After", {"status": 503, "retry_after": RETRY}),
    for_good("500 for good", {"status": 500}, failed(Failure.FAILED)),
    once("a page instead", {"html_200": True}, failed(Failure.FAILED)),
    once("hang", {"hang_before_headers": True}, failed(Failure.STALLED)),
    once("nothing but keepalives", {"first_token_seconds": 60.0, "keepalive_seconds": 0.2}, failed(Failure.TIMEOUT)),
    once("stall", STALL, cut(LINES.cut(Failure.STALLED))),
    once("stall with keepalives", {**STALL, "keepalive_seconds": 0.1}, cut(LINES.cut(Failure.STALLED))),
    once("silence after the headers", {"stall_after_chunks": 0}, failed(Failure.STALLED)),
    mended("drop before the text", {"drop_after_chunks": 0}),
    for_good("drop before the text, for good", {"drop_after_chunks": 0}, failed(Failure.DROPPED)),
    mended("clean end before the text", {"truncate_after_chunks": 0}),
    mended("malformed before the text", {"malformed_after_chunks": 0}),
    once("drop", {**CHUNKS, "drop_after_chunks": 3}, cut(LINES.cut(Failure.DROPPED))),
    once("clean end too early", {**CHUNKS, "truncate_after_chunks": 3}, cut(LINES.cut(Failure.DROPPED))),
    once("malformed", {**CHUNKS, "malformed_after_chunks": 3}, cut(LINES.cut(Failure.DROPPED))),
    once(
        "failed",
        {**CHUNKS, "response_failed": "server_error", "end_after_chunks": 3},
        cut(LINES.cut(Failure.FAILED)),
    ),
    mended("failed before the text", {"response_failed": "server_error", "end_after_chunks": 0}),
    mended("error event before the text", {"error_event": "nested", "end_after_chunks": 0}),
    once("flat error", {**CHUNKS, "error_event": "flat", "end_after_chunks": 3}, cut(LINES.cut(Failure.FAILED))),
    once("nested error", {**CHUNKS, "error_event": "nested", "end_after_chunks": 3}, cut(LINES.cut(Failure.FAILED))),
    once(
        "longest answer",
        {**CHUNKS, "response_incomplete": "max_output_tokens", "end_after_chunks": 3},
        cut(ENGLISH("turn.too_long")),
    ),
    once("content filter", {**CHUNKS, "content_filter": True, "end_after_chunks": 3}, cut(ENGLISH("turn.filtered"))),
    once("empty", {"empty": True}, failed(Failure.EMPTY)),
    once("blanks", {"answer": " \n "}, failed(Failure.EMPTY)),
    once("refusal", {"refusal": "I cannot help with that."}, "I cannot help with that."),
)


@dataclass(frozen=True)
class Impatient:
    """A house with short limits."""

    house: House
    api: Api


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="session",
    params=[("async", Api.RESPONSES), ("async", Api.CHAT_COMPLETIONS), ("threaded", Api.RESPONSES)],
    ids=["async-responses", "async-chat", "threaded-responses"],
)
async def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Impatient]:
    mode, api = request.param
    # No row of faults makes the server seem away: each case is to show what the server does.
    timings = {"silence_before_text": 0.7, "retry_base": 0.05}
    limits = {"ASYNC_TIMEOUT_SECONDS": "1.2", "STREAM_STALL_SECONDS": "0.5", "OPENAI_API": str(api)}
    async with own_house(tmp_path_factory.mktemp("faults"), mode, timings, **limits) as house:
        yield Impatient(house, api)


@pytest.fixture
def impatient(shared: Impatient) -> Iterator[Impatient]:
    """The house, without what a test before has left for the model to do."""
    yield shared
    shared.house.playground.model.knobs.reset()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_fault(impatient: Impatient, case: Case) -> None:
    house, calls = impatient.house, Calls(impatient.house)
    for knobs in case.knobs:
        house.playground.model.knobs.next(**knobs)
    ts = house.mention(f"echo: {ANSWER}")
    shown = [message.text.strip() for message in await house.settled(ts)]
    assert shown == [case.shown]
    assert len(calls()) == case.calls
    assert {call.api for call in calls()} == {impatient.api}
    await until(lambda: house.playground.model.active == 0)


async def test_an_answer_broken_off_for_an_unknown_reason_is_kept(impatient: Impatient) -> None:
    if impatient.api is Api.CHAT_COMPLETIONS:
        pytest.skip("Chat Completions have no ending of this kind")
    house, calls = impatient.house, Calls(impatient.house)
    house.playground.model.knobs.next(chunk_characters=10, response_incomplete="power_cut", end_after_chunks=3)
    assert await house.ask(f"echo: {ANSWER}") == cut(LINES.cut(Failure.INCOMPLETE))
    assert len(calls()) == 1


async def test_a_refused_parameter_is_left_out_from_then_on(impatient: Impatient) -> None:
    house, calls = impatient.house, Calls(impatient.house)
    house.playground.model.knobs.set(refuse_parameters=frozenset({"prompt_cache_key"}))
    assert await house.ask(f"echo: {ANSWER}") == ANSWER
    assert await house.ask(f"echo: {ANSWER}") == ANSWER
    house.playground.model.knobs.reset()
    assert ["prompt_cache_key" in call.body for call in calls()] == [True, False, False]


async def test_commentary_is_shown_as_status_and_not_as_answer(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        workspace = house.playground.workspace
        commentary = "Looking at the tide tables"
        # It comes word by word for longer than two updates of a status are apart.
        house.playground.model.knobs.next(commentary=commentary, chunk_characters=4, chunk_seconds=0.5)
        ts = house.mention("echo: Yes.")
        await workspace.wait_for(lambda: workspace.status(GENERAL, ts).startswith(commentary[:8]))
        assert [message.text for message in await house.settled(ts)] == ["Yes."]


async def test_a_server_without_the_responses_api_is_asked_for_chat_completions(folder: Path) -> None:
    async with own_house(folder, "async") as house:
        calls = Calls(house)
        house.playground.model.knobs.set(no_responses_api=True)
        assert await house.ask(f"echo: {ANSWER}") == ANSWER
        assert await house.ask(f"echo: {ANSWER}") == ANSWER
        assert [call.api for call in calls()] == [Api.RESPONSES, Api.CHAT_COMPLETIONS, Api.CHAT_COMPLETIONS]
