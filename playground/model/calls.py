"""The calls of the offline model: their lines in the journal, and how many are being answered."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from playground.model.journal import CALLS_KEPT, HEADERS_KEPT, Api, ModelCall, Outcome


class Calls:
    """`journal` has the newest calls, oldest first; `clock` gives seconds since the epoch."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.journal: list[ModelCall] = []
        self.active = 0
        self.peak_active = 0
        self._clock = clock
        self._count = 0
        self._answering: dict[asyncio.Task[object], ModelCall] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    async def idle(self) -> None:
        """Waits until no call is being answered."""
        await self._idle.wait()

    def begin(self, request: web.Request, api: Api, request_id: str) -> ModelCall:
        """A new line in the journal, for the call that the current task answers."""
        self._count += 1
        call = ModelCall(
            number=self._count,
            api=api,
            body={},
            headers={name: request.headers[name] for name in HEADERS_KEPT if name in request.headers},
            connection=_connection(request),
            request_id=request_id,
            started_at=self._clock(),
            path=request.path,
        )
        self.journal.append(call)
        del self.journal[:-CALLS_KEPT]
        self.active += 1
        self.peak_active = max(self.peak_active, self.active)
        self._idle.clear()
        if task := asyncio.current_task():
            self._answering[task] = call
        return call

    def end(self, call: ModelCall) -> None:
        """The call is over; what has no outcome yet ended by a fault."""
        if call.outcome is Outcome.ACTIVE:
            call.outcome = Outcome.FAULT
        call.ended_at = self._clock()
        self.active -= 1
        if not self.active:
            self._idle.set()
        if task := asyncio.current_task():
            self._answering.pop(task, None)

    def stop(self) -> None:
        """Ends the calls that are still being answered: a stalled one would hold up the end of the server."""
        for task, call in self._answering.items():
            call.outcome = Outcome.FAULT
            task.cancel()


def _connection(request: web.Request) -> str:
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return f"{peer[0]}:{peer[1]}" if peer else "closed"
