"""Who wants to know that something changed: tests that wait, and the page that listens."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self, TypeVar

Found = TypeVar("Found")
ThreadId = tuple[str, str]
Kind = Literal[
    "message", "changed", "deleted", "reaction", "status", "session", "channel", "ephemeral", "view", "home", "lost"
]
"""`view` and `home` have a person's id for a channel."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something in the workspace is different. `lost` says that changes were left out: read everything again."""

    kind: Kind
    channel: str = ""
    thread_ts: str = ""
    ts: str = ""


class Subscription:
    """A bounded queue of changes. A listener that falls behind gets one `lost` instead of what it missed."""

    def __init__(self, hub: "Changes", size: int) -> None:
        self._hub = hub
        self._queue: asyncio.Queue[Change] = asyncio.Queue(size)

    def __enter__(self) -> Self:
        self._hub.subscriptions.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hub.subscriptions.discard(self)

    def put(self, change: Change) -> None:
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            change = Change("lost")
        self._queue.put_nowait(change)

    async def get(self) -> Change:
        """The next change; waits for it without a limit."""
        return await self._queue.get()


class _Waiter:
    __slots__ = ("future", "predicate")

    def __init__(self, predicate: Callable[[], object]) -> None:
        self.predicate = predicate
        self.future: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    def check(self) -> None:
        if self.future.done():
            return
        try:
            found = self.predicate()
        except Exception as error:  # the predicate is the caller's: its error is told to the caller
            self.future.set_exception(error)
            return
        if found:
            self.future.set_result(found)


class Changes:
    """Tells waiters and subscriptions about changes.

    Waiters are looked at once per turn of the event loop, however many changes it brought, and those that wait for one
    thread only when that thread changed: hundreds of them must not slow the workspace down.
    """

    def __init__(self) -> None:
        self.subscriptions: set[Subscription] = set()
        self._waiting: set[_Waiter] = set()
        self._in_thread: dict[ThreadId, set[_Waiter]] = {}
        self._touched: set[ThreadId] = set()
        self._scheduled = False

    def publish(self, change: Change) -> None:
        """A change of the workspace."""
        for subscription in self.subscriptions:
            subscription.put(change)
        if (thread := (change.channel, change.thread_ts)) in self._in_thread:
            self._touched.add(thread)
        self.wake()

    def wake(self) -> None:
        """Something else that a test may wait for, such as a call or an acknowledgement."""
        if not self._scheduled and (self._waiting or self._touched):
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._check)

    def _check(self) -> None:
        self._scheduled = False
        for waiter in tuple(self._waiting):
            waiter.check()
        touched, self._touched = self._touched, set()
        for thread in touched:
            for waiter in tuple(self._in_thread.get(thread, ())):
                waiter.check()

    async def wait_for(
        self,
        predicate: Callable[[], Found | Literal[False] | None],
        timeout: float = 10.0,
        thread: ThreadId | None = None,
    ) -> Found:
        """The first true value of `predicate`, looked at now and at every change (of `thread` only, if one is given).

        TimeoutError after `timeout` seconds.
        """
        if found := predicate():
            return found
        waiter = _Waiter(predicate)
        home = self._waiting if thread is None else self._in_thread.setdefault(thread, set())
        home.add(waiter)
        try:
            async with asyncio.timeout(timeout):
                await waiter.future
        finally:
            home.discard(waiter)
            if thread is not None and not home:
                self._in_thread.pop(thread, None)
        result: Found = waiter.future.result()  # type: ignore[assignment]  # what this very predicate returned
        return result
