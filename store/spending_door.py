"""The store's side door for what model calls take."""

from collections.abc import Callable, Sequence

from budgets import Limit
from store import accounts, spending
from store.readers import Readers
from store.spending_values import CallUsage, DayUsage, LeftCall, Payer, Standing
from store.writer import Writer


class Spending:
    """Holds what calls may take, within `limits`, and records what they took. StoreUnavailable as everywhere."""

    def __init__(self, writer: Writer, readers: Readers, limits: Sequence[Limit], clock: Callable[[], float]) -> None:
        self._writer = writer
        self._readers = readers
        self._clock = clock
        self.limits = tuple(limits)

    async def reserve(
        self, turn_id: str, call: CallUsage, ended: Sequence[CallUsage] = (), payer: Payer | None = None
    ) -> Standing | None:
        """Hold what a call may take, in the place of what it held before; or the limit that has no room for it.

        What the calls before it took is recorded with that. Without a `payer` they are calls of that turn; with one,
        `turn_id` is an id of their own.
        """
        now, before = self._clock(), tuple(ended)
        return await self._writer.run(
            lambda connection: spending.reserve(connection, turn_id, call, before, payer, self.limits, now)
        )

    async def settle(
        self, turn_id: str, calls: Sequence[CallUsage], payer: Payer | None = None
    ) -> tuple[Standing, ...]:
        """Record what calls took, in the place of what they held, of which nothing stays; how the limits stand then."""
        now, ended = self._clock(), tuple(calls)
        return await self._writer.run(
            lambda connection: spending.settle(connection, turn_id, ended, payer, self.limits, now)
        )

    async def standings(self, payer: Payer) -> tuple[Standing, ...]:
        """How the limits stand that concern somebody; without limits nothing is asked."""
        if not self.limits:
            return ()
        now = self._clock()
        return await self._writer.run(lambda connection: spending.standings(connection, payer, self.limits, now))

    async def left(self) -> tuple[LeftCall, ...]:
        """Calls that are reserved and not settled: before anything is asked of the model, those of an ended process."""
        return await self._readers.run(spending.left)

    async def settle_left(self, calls: Sequence[LeftCall]) -> None:
        """Record what these took."""
        await self._writer.run(lambda connection: spending.settle_left(connection, calls, self.limits))

    async def by_day(self, start: float, end: float) -> tuple[DayUsage, ...]:
        """What was used on each day (UTC) from one Unix time to another; days without use are left out."""
        return await self._readers.run(lambda connection: accounts.by_day(connection, start, end))
