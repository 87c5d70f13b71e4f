"""An app by hand behind the page: it acknowledges, keeps what came, and answers as a test tells it."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from playground.server import Playground
from playground.slack.wire import JsonObject
from tests.playground.raw_socket import RawSocket
from tests.playground.slack_calls import SlackCalls

Payload = dict[str, Any]


class AppSide:
    """`opens` is the window for whoever sends a command, uses a shortcut or presses a button, `views.open` at once.

    `acknowledgements` are payloads for the next submissions, in their order; without one it is acknowledged empty.
    `hold` keeps submissions waiting as long as it is not set.
    """

    def __init__(self, playground: Playground) -> None:
        self._playground = playground
        self.opens: JsonObject | None = None
        self.acknowledgements: list[JsonObject] = []
        self.received: list[Payload] = []
        self.hold = asyncio.Event()
        self.hold.set()

    async def __aenter__(self) -> Self:
        self._socket = RawSocket(self._playground)
        await self._socket.__aenter__()
        self.calls = await SlackCalls(self._playground).__aenter__()
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        failed = self._reader.done()
        self._reader.cancel()
        (problem,) = await asyncio.gather(self._reader, return_exceptions=True)
        await self.calls.__aexit__(kind, error, trace)
        await self._socket.__aexit__(kind, error, trace)
        assert not failed, problem

    async def _read(self) -> None:
        while True:
            frame = await self._socket.read(timeout=600)
            if "envelope_id" in frame:
                await self._answer(frame)

    async def _answer(self, envelope: Payload) -> None:
        payload: Payload = envelope["payload"]
        kind = payload.get("type") or envelope["type"]
        answer = None
        if kind == "view_submission":
            await self.hold.wait()
            answer = self.acknowledgements.pop(0) if self.acknowledgements else None
        await self._socket.acknowledge(envelope, answer)
        if self.opens is not None and payload.get("trigger_id") and kind != "view_submission":
            await self.calls.ok("views.open", trigger_id=payload["trigger_id"], view=self.opens)
        self.received.append(payload)
        self._playground.changes.wake()

    async def told(self, fits: Callable[[Payload], bool]) -> Payload:
        """The newest payload of a kind, waited for."""
        found: list[Payload] = []

        def looked() -> bool:
            found[:] = [payload for payload in self.received if fits(payload)]
            return bool(found)

        await self._playground.workspace.wait_for(looked)
        return found[-1]

    async def event(self, kind: str) -> Payload:
        """The newest event of a type."""
        event: Payload = (await self.told(lambda payload: payload.get("event", {}).get("type") == kind))["event"]
        return event

    async def interaction(self, kind: str) -> Payload:
        """The newest interaction of a type, such as `block_actions`."""
        return await self.told(lambda payload: payload.get("type") == kind)
