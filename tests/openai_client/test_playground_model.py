"""Against the playground's model server, which is as strict about requests as OpenAI's."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from openai_client.base import ModelClient
from openai_client.errors import Failure, ModelError
from openai_client.events import (
    AssistantText,
    Event,
    Reason,
    Refusal,
    TextDelta,
    ToolCall,
    ToolResult,
    ToolSpec,
    UserText,
)
from playground.model.journal import Outcome
from playground.model.server import ModelServer
from tests.openai_client.bench import QUICK, Figures, a_request, settings_for

TOOL = ToolSpec("clock", "Tells the time.", {"type": "object", "properties": {}})


class Table:
    """The playground's server, a client in front of it, and what was heard."""

    def __init__(self, server: ModelServer, client: ModelClient) -> None:
        self.server = server
        self.client = client
        self.events: list[Event] = []

    def hear(self, event: Event) -> None:
        self.events.append(event)

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))


@pytest.fixture(params=["responses", "chat_completions"])
async def table(request: pytest.FixtureRequest) -> AsyncIterator[Table]:
    server = ModelServer()
    runner = web.AppRunner(server.app(), handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1/"
    client = await ModelClient.open(settings_for(url, request.param, QUICK), Figures())
    yield Table(server, client)
    await client.close()
    await runner.cleanup()


async def test_a_conversation_with_everything_set_is_accepted(table: Table) -> None:
    table.server.knobs.set(answer="It is noon, as far as I can see.", chunk_characters=5)
    items = (UserText("One"), AssistantText("Two"), UserText("What time is it?"))
    request = a_request(model="gpt-6.2-sol", items=items, tools=(TOOL,), effort="low", verbosity="low", temperature=0.2)
    done = await table.client.complete(request, table.hear)
    assert done.reason is Reason.COMPLETE
    assert table.text == "It is noon, as far as I can see."
    assert done.usage.input > 0
    assert done.request_id


async def test_a_tool_round_is_accepted(table: Table) -> None:
    table.server.knobs.set(answer="Noon.")
    table.server.knobs.next(tool_calls=(("clock", "{}"),))
    asked = UserText("What time is it?")
    first = await table.client.complete(a_request(items=(asked,), tools=(TOOL,)), table.hear)
    (call,) = first.calls
    assert (first.reason, call.name, call.arguments) == (Reason.TOOL_CALLS, "clock", "{}")
    assert [event for event in table.events if isinstance(event, ToolCall)] == [call]
    items = (asked, first.replay, ToolResult(call.call_id, "12:00"))
    await table.client.complete(a_request(items=items, tools=(TOOL,)), table.hear)
    assert table.text == "Noon."


async def test_commentary_and_refusals(table: Table) -> None:
    table.server.knobs.next(commentary="Let me see…", answer="Found.")
    await table.client.complete(a_request(), table.hear)
    assert table.text == "Found."
    table.server.knobs.next(refusal="I would rather not.")
    assert (await table.client.complete(a_request(), table.hear)).reason is Reason.REFUSED
    assert "".join(event.text for event in table.events if isinstance(event, Refusal)) == "I would rather not."


async def test_refused_parameters_are_left_out(table: Table) -> None:
    table.server.knobs.set(refuse_parameters=frozenset({"temperature", "safety_identifier"}), answer="Fine.")
    await table.client.complete(a_request(temperature=0.1), table.hear)
    assert table.text == "Fine."


async def test_a_server_without_responses_is_spoken_to_over_chat(table: Table) -> None:
    table.server.knobs.set(no_responses_api=True, answer="Fine.")
    await table.client.complete(a_request(), table.hear)
    assert table.text == "Fine."


FAULTS = [
    ("drop_after_chunks", Failure.DROPPED),
    ("truncate_after_chunks", Failure.DROPPED),
    ("malformed_after_chunks", Failure.DROPPED),
]


@pytest.mark.parametrize(("knob", "failure"), FAULTS)
async def test_faults_in_the_middle(table: Table, knob: str, failure: Failure) -> None:
    table.server.knobs.set(answer="Half an answer is not whole.", chunk_characters=4, chunk_seconds=0.01)
    setattr(table.server.knobs, knob, 2)
    with pytest.raises(ModelError) as caught:
        await table.client.complete(a_request(), table.hear)
    assert (caught.value.failure, caught.value.after_text) == (failure, True)
    assert table.text == "Half an "


async def test_a_call_cancelled_in_the_middle_of_its_text_closes_its_connection(table: Table) -> None:
    table.server.knobs.set(answer="word " * 200, chunk_characters=5, chunk_seconds=0.05)
    asking = asyncio.create_task(table.client.complete(a_request(), table.hear))
    async with asyncio.timeout(5):
        while not table.text:
            await asyncio.sleep(0.01)
    asking.cancel()
    async with asyncio.timeout(1):
        await asyncio.wait({asking})
        await table.server.idle()
    assert asking.cancelled()
    assert table.server.journal[-1].outcome is Outcome.CLIENT_CLOSED


async def test_settings_that_a_model_does_not_take_are_left_out(table: Table) -> None:
    table.server.knobs.set(answer="Fine.")
    for _ in range(2):
        await table.client.complete(
            a_request(model="gpt-6.2-sol", effort="minimal", temperature=0.1, top_p=0.5), table.hear
        )
    assert table.text == "Fine.Fine."
    assert [call.status for call in table.server.journal] == [400, 400, 400, 200, 200]


async def test_the_models_on_offer_are_those_that_talk(table: Table) -> None:
    offered = await table.client.models.offered()
    assert offered[0] == "gpt-6.2-sol"
    assert {"gpt-6.2-terra", "gpt-5.6-luna", "gpt-5.4", "gpt-4.1"} < set(offered)
    assert not {"text-embedding-3-small", "gpt-image-2.6-sunburst", "whisper-1"} & set(offered)


async def test_ten_calls_use_one_connection(table: Table) -> None:
    for _ in range(10):
        await table.client.complete(a_request(), table.hear)
    assert len({call.connection for call in table.server.journal}) == 1
