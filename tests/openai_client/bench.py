"""The work bench of these tests: a client, its server, and what came out."""

import json
from types import TracebackType
from typing import Self

import pytest

from config import Settings
from openai_client.base import ModelClient
from openai_client.errors import ModelError
from openai_client.events import Done, Event, Json, ModelRequest, TextDelta, UserText, Waiting
from tests.openai_client.dialects import Dialect
from tests.openai_client.server import Reply, ScriptedServer, Step, Stream

QUICK = {"retry_base": 0.001, "retry_ceiling": 0.002}


def settings_for(url: str, api: str, timings: dict[str, float], **changes: object) -> Settings:
    """Settings whose model server is `url`, as an operator's environment would give them."""
    values: dict[str, object] = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "OPENAI_API_KEY": "sk-test",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        "OPENAI_BASE_URL": url,
        "OPENAI_API": api,
        "ASYNC_TIMEOUT_SECONDS": 10,
        "TEST_TIMINGS": json.dumps(timings),
    }
    return Settings(_env_file=None, **{**values, **changes})  # type: ignore[arg-type]  # checked by pydantic itself


def a_request(**changes: object) -> ModelRequest:
    values: dict[str, object] = {
        "model": "m-1",
        "instructions": "Be kind.",
        "items": (UserText("Hello?"),),
        "max_output_tokens": 500,
        "person": "hashed-person",
        "cache_key": "thread-key",
    }
    return ModelRequest(**{**values, **changes})  # type: ignore[arg-type]


class Figures:
    """An observer that keeps what it is told; what it is told of the pool's connections by itself."""

    def __init__(self) -> None:
        self.counts: list[tuple[str, dict[str, str]]] = []
        self.connections: list[tuple[str, dict[str, str]]] = []
        self.values: list[tuple[str, float, dict[str, str]]] = []

    def count(self, name: str, **labels: str) -> None:
        (self.connections if name.startswith("connections_") else self.counts).append((name, labels))

    def observe(self, name: str, value: float, **labels: str) -> None:
        self.values.append((name, value, labels))

    def gauge(self, name: str, value: float, **labels: str) -> None:
        self.values.append((name, value, labels))


class Bench:
    """One API, one server, one client at a time (`retune` opens another), and the events of all calls."""

    def __init__(self, server: ScriptedServer, dialect: Dialect) -> None:
        self.server = server
        self.dialect = dialect
        self.figures = Figures()
        self.events: list[Event] = []
        self._client: ModelClient | None = None

    @property
    def client(self) -> ModelClient:
        assert self._client is not None
        return self._client

    async def __aenter__(self) -> Self:
        await self.retune()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.client.close()

    async def retune(self, timings: dict[str, float] | None = None, **changes: object) -> None:
        """A new client with other settings."""
        if self._client:
            await self._client.close()
        chosen = settings_for(self.server.url, self.dialect.api, {**QUICK, **(timings or {})}, **changes)
        self._client = await ModelClient.open(chosen, self.figures)

    async def ask(self, **changes: object) -> Done:
        return await self.client.complete(a_request(**changes), self.hear)

    def hear(self, event: Event) -> None:
        self.events.append(event)

    async def fail(self, **changes: object) -> ModelError:
        """The error of a call that must fail."""
        with pytest.raises(ModelError) as caught:
            await self.ask(**changes)
        return caught.value

    def stream(self, *steps: Step) -> Stream:
        return Stream(steps, done=self.dialect.api == "chat_completions")

    def answer(self, *pieces: str) -> Stream:
        """A healthy answer."""
        deltas = [self.dialect.text(piece) for piece in pieces]
        return self.stream(self.dialect.opening(), *deltas, *self.dialect.ending("".join(pieces)))

    def broken(self, *steps: Step) -> Stream:
        """A stream without its proper end: only what is given."""
        return Stream((self.dialect.opening(), *steps))

    def will(self, *replies: Reply) -> None:
        self.server.will(*replies)

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))

    @property
    def waits(self) -> list[Waiting]:
        return [event for event in self.events if isinstance(event, Waiting)]

    @property
    def bodies(self) -> list[Json]:
        return [received.body for received in self.server.received]
