"""The one writer: what waits is committed together, each operation behind a savepoint of its own."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from base_client import Observer
from store.errors import StoreUnavailable
from store.sqlite import DRIVER_ERRORS, Seat, in_transaction, savepoint, unavailable, undo

log = logging.getLogger("threadwell.store")

T = TypeVar("T")

QUEUE_LIMIT = 1_024
GROUP_LIMIT = 64
_RECOVERED = 1.0
"""Seconds without a failure after which the database counts as writable again."""
PATIENCE = 30.0
"""Longest wait for a write, in seconds: above it the disk hangs, and whoever waits should say so."""


@dataclass(frozen=True, slots=True, eq=False)
class _Operation(Generic[T]):
    work: Callable[[Connection], T]
    done: asyncio.Future[T]

    def give_up(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)


@dataclass(frozen=True, slots=True)
class _Outcome(Generic[T]):
    """What became of one operation, on its way from the connection's thread back to the loop."""

    operation: _Operation[T]
    result: T | None = None
    error: Exception | None = None

    def tell(self) -> None:
        if self.error is not None:
            self.operation.give_up(self.error)
        elif not self.operation.done.done():
            self.operation.done.set_result(self.result)  # type: ignore[arg-type]  # no error: the result is a T


def _guarded(connection: Connection, operation: _Operation[T]) -> _Outcome[T]:
    try:
        with savepoint(connection):
            return _Outcome(operation, operation.work(connection))
    except Exception as error:  # the operation's own failure, told to its caller alone
        if not in_transaction(connection):
            raise  # what the group wrote so far is gone too: none of it may be told as done
        return _Outcome(operation, error=error)


def _commit(connection: Connection, group: Sequence[_Operation[T]]) -> list[_Outcome[T]]:
    """Runs in the connection's thread: one transaction, begun and committed here."""
    try:
        with connection.begin():
            if len(group) == 1:
                return [_Outcome(group[0], group[0].work(connection))]
            return [_guarded(connection, operation) for operation in group]
    except Exception:
        undo(connection)
        raise


class Writer:
    """Owns the writing connection. `run` returns after the commit that holds its operation."""

    def __init__(self, seat: Seat, observer: Observer) -> None:
        self._seat = seat
        self._observer = observer
        self._queue: asyncio.Queue[_Operation[Any] | None] = asyncio.Queue(QUEUE_LIMIT)
        self._task = asyncio.create_task(self._write(), name="store-writer")
        self._closing = False
        self._failing_since: float | None = None
        self._failed_last = 0.0

    @property
    def waiting(self) -> int:
        """Operations that no transaction has taken up yet."""
        return self._queue.qsize()

    @property
    def failing(self) -> bool:
        """Whether the latest writes have failed."""
        return self._failing_since is not None

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Hand in one operation. StoreUnavailable when it cannot be written; its own exceptions come through.

        A cancelled caller's operation is left out while it still waits; once begun, it is committed all the same.
        """
        if self._closing or self._task.done():
            raise StoreUnavailable("the store is closed")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(PATIENCE):
                await self._queue.put(_Operation(work, done))
                return await done
        except TimeoutError:
            raise StoreUnavailable(f"nothing could be written for {PATIENCE:.0f} s") from None
        except DRIVER_ERRORS as error:
            raise unavailable(error) from error

    async def close(self, patience: float) -> None:
        """Write what was handed in, then end; after `patience` seconds whoever still waits is told."""
        self._closing = True
        try:
            async with asyncio.timeout(patience):
                await self._queue.put(None)
                await asyncio.shield(self._task)
        except TimeoutError:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=1.0)
        while not self._queue.empty():
            if (operation := self._queue.get_nowait()) is not None:
                operation.give_up(StoreUnavailable("the store is closed"))

    async def _write(self) -> None:
        while (first := await self._queue.get()) is not None:
            group, last = [first], False
            while len(group) < GROUP_LIMIT and not self._queue.empty():
                if (operation := self._queue.get_nowait()) is None:
                    last = True
                    break
                group.append(operation)
            await self._write_group([operation for operation in group if not operation.done.cancelled()])
            if last:
                return

    async def _write_group(self, group: list[_Operation[Any]]) -> None:
        if not group:
            return
        began = time.perf_counter()
        try:
            outcomes = await self._seat.run(lambda connection: _commit(connection, group))
        except asyncio.CancelledError:
            self._fail(group, StoreUnavailable("the store is closed"))
            raise
        except Exception as error:  # where the group ends: each of its callers is told
            self._fail(group, error)
            return
        self._note_success()
        for outcome in outcomes:
            outcome.tell()
        self._observer.observe("store_commit_seconds", time.perf_counter() - began)
        self._observer.observe("store_group_size", len(group))

    def _fail(self, group: Sequence[_Operation[Any]], error: Exception) -> None:
        self._observer.count("store_group_failures", error=type(error).__name__)
        if isinstance(error, DRIVER_ERRORS):
            self._note_failure(error)
        for operation in group:
            operation.give_up(error)

    def _note_failure(self, error: Exception) -> None:
        """Operators are told once, however often it is tried."""
        self._failed_last = time.monotonic()
        if self._failing_since is None:
            self._failing_since = self._failed_last
            log.error("store_not_writable", extra={"reason": unavailable(error).reason})

    def _note_success(self) -> None:
        # On a full disk small writes may still get through between others that fail.
        if self._failing_since is not None and time.monotonic() - self._failed_last > _RECOVERED:
            log.warning("store_writable_again", extra={"seconds": round(time.monotonic() - self._failing_since, 1)})
            self._failing_since = None
