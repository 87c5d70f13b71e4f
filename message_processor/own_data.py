"""People's own data: given to them in one piece, and deleted, also while they are being answered."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping

from database import Begun, Store, StoreUnavailable
from message_processor.ingestion.sweeper import Sweeper

log = logging.getLogger("threadwell.own_data")

_PAUSE = 0.01
"""Seconds between two batches: a deletion stays behind people's questions."""
_RESUMED_AFTER = (0.0, 5.0, 60.0)
"""Pauses before a deletion that an earlier process left is tried once more, in seconds."""

Halt = Callable[[Begun], Awaitable[None]]
"""Ends what is under way for somebody who is being forgotten."""


async def nothing_runs(_: Begun) -> None:
    """Where no bot is at work, nothing is to be halted."""


class OwnData:
    """Exports and deletes what is kept of a person; one deletion at a time. StoreUnavailable goes on."""

    def __init__(self, store: Store, sweeper: Sweeper, halt: Halt = nothing_runs) -> None:
        self._store = store
        self._sweeper = sweeper
        self._halt = halt
        self._deleting = asyncio.Lock()

    async def teams(self, person: str) -> tuple[str, ...]:
        """The workspaces in which something is kept of a person."""
        return await self._store.own_data.teams(person)

    async def counts(self, team: str, person: str) -> Mapping[str, int]:
        """How much is kept of a person, by kind."""
        return await self._store.own_data.counts(team, person)

    async def export(self, team: str, person: str, by: str) -> bytes:
        """A JSON file with all that is kept of a person. `by` is who asked for it."""
        found = await self._store.own_data.export(team, person, by)
        log.info("data_exported", extra={"user": person, "by": by, "messages": len(found["messages"])})
        return await asyncio.to_thread(_as_json, found)

    async def delete(self, team: str, person: str, by: str) -> Mapping[str, int]:
        """Delete all that is kept of a person; how much it was, by kind. Begun, it goes on in the next process."""
        async with self._deleting:
            begun = await self._store.own_data.begin_forgetting(team, person, by)
            await self._sweeper.remove(begun.files)
            await self._halt(begun)
            return await self._go_on(team, person, by)

    async def resume(self) -> None:
        """Go on with deletions that did not come to their end."""
        for pause in _RESUMED_AFTER:
            await asyncio.sleep(pause)
            try:
                for left in await self._store.own_data.being_forgotten():
                    async with self._deleting:
                        await self._go_on(left.team, left.person, left.by)
            except (StoreUnavailable, OSError) as failure:
                log.warning("data_not_deleted", extra={"reason": type(failure).__name__})
            else:
                return

    async def _go_on(self, team: str, person: str, by: str) -> Mapping[str, int]:
        """Ends: each batch leaves less of what was there when the deletion was begun."""
        while True:
            step = await self._store.own_data.forget_some(team, person)
            await self._sweeper.remove(step.files)
            if step.done:
                log.info("data_deleted", extra={"user": person, "by": by, **step.counts})
                return step.counts
            await asyncio.sleep(_PAUSE)


def _as_json(found: Mapping[str, object]) -> bytes:
    return json.dumps(found, ensure_ascii=False, indent=1).encode()
