"""Calls of the model client to one of the servers, and what came out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from openai_client.base import ModelClient
from openai_client.errors import ModelError
from openai_client.events import Done, Event, TextDelta, ToolCall, Waiting
from tests.openai_client.bench import Figures, a_request, settings_for

APIS = ("responses", "chat_completions")
_Kind = TypeVar("_Kind", bound=Event)


class Caller:
    """A client and the events of its calls."""

    def __init__(self, client: ModelClient) -> None:
        self._client = client
        self.events: list[Event] = []

    async def ask(self, **changes: object) -> Done:
        """One call; `changes` are fields of the request."""
        return await self._client.complete(a_request(**changes), self._hear)

    def _hear(self, event: Event) -> None:
        self.events.append(event)

    async def fail(self, **changes: object) -> ModelError:
        """The error of a call that must fail."""
        with pytest.raises(ModelError) as caught:
            await self.ask(**changes)
        return caught.value

    def heard(self, kind: type[_Kind]) -> list[_Kind]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.heard(TextDelta))

    @property
    def calls(self) -> list[ToolCall]:
        return self.heard(ToolCall)

    @property
    def pauses(self) -> list[float]:
        """Seconds before each repeat."""
        return [event.seconds for event in self.heard(Waiting) if event.reason == "retry"]


@asynccontextmanager
async def calling(
    url: str, api: str, timings: dict[str, float] | None = None, **settings: object
) -> AsyncIterator[Caller]:
    """A caller for the server at `url`; `settings` are an operator's."""
    quick = {"retry_base": 0.01, "retry_ceiling": 0.02} | (timings or {})
    client = await ModelClient.open(settings_for(url, api, quick, **settings), Figures())
    try:
        yield Caller(client)
    finally:
        await client.close()
