"""The store's side door for people's own data: given out to them, and forgotten."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from budgets import Limit
from store import forgetting, forgotten, own_data
from store.files_door import Files
from store.forgetting import Begun, Step
from store.forgotten import Forgetting
from store.readers import Readers
from store.writer import Writer


class OwnData:
    """What is kept of one person of a team. StoreUnavailable as everywhere in the store."""

    def __init__(
        self,
        writer: Writer,
        readers: Readers,
        files: Files,
        clock: Callable[[], float],
        limits: Sequence[Limit],
    ) -> None:
        self._writer = writer
        self._readers = readers
        self._files = files
        self._clock = clock
        self._limits = limits

    async def teams(self, person: str) -> tuple[str, ...]:
        """The workspaces in which something is kept of a person."""
        return await self._readers.run(lambda connection: own_data.teams(connection, person))

    async def counts(self, team: str, person: str) -> Mapping[str, int]:
        """How much is kept, by kind."""
        return await self._readers.run(lambda connection: own_data.counts(connection, team, person))

    async def export(self, team: str, person: str, by: str) -> dict[str, Any]:
        """Everything that is kept of a person, as JSON takes it; written into the audit. Read in small portions."""
        found: dict[str, Any] = {"team": team, "person": person, "exported_at": self._clock()}
        found["messages"] = await self._said(team, person)
        found["turns"] = await self._asked(team, person)
        found["settings"] = await self._readers.run(lambda connection: own_data.settings(connection, team, person))
        found["feedback"] = await self._readers.run(lambda connection: own_data.judged(connection, team, person))
        found["calls"] = await self._readers.run(lambda connection: own_data.called(connection, team, person))
        numbers = {name: len(found[name]) for name in ("messages", "turns", "settings", "feedback", "calls")}
        now = self._clock()
        await self._writer.run(lambda connection: forgotten.note(connection, "export", team, person, by, numbers, now))
        return found

    async def _said(self, team: str, person: str) -> list[own_data.Row]:
        rows: list[own_data.Row] = []
        while True:
            last = (rows[-1]["channel"], rows[-1]["ts"]) if rows else ("", "")
            more = await self._readers.run(lambda connection: own_data.said(connection, team, person, last))  # noqa: B023
            rows += more
            if len(more) < own_data.PAGE:
                return rows

    async def _asked(self, team: str, person: str) -> list[own_data.Row]:
        rows: list[own_data.Row] = []
        while True:
            last = (rows[-1]["created_at"], rows[-1]["id"]) if rows else (0.0, "")
            more = await self._readers.run(lambda connection: own_data.asked(connection, team, person, last))  # noqa: B023
            rows += more
            if len(more) < own_data.PAGE:
                return rows

    async def begin_forgetting(self, team: str, person: str, by: str) -> Begun:
        """From now on nothing of what a person began is written back; what is to be stopped, and what waited."""
        now = self._clock()
        return await self._writer.run(lambda connection: forgetting.begin(connection, team, person, by, now))

    async def forget_some(self, team: str, person: str) -> Step:
        """The next batch of a deletion that was begun; the bytes of the files named are the caller's to remove."""
        now = self._clock()
        step = await self._writer.run(lambda connection: forgetting.step(connection, team, person, self._limits, now))
        if step.done:
            # An earlier process may have ended between a batch and this.
            await self._files.clear_traces((person,))
        return step

    async def being_forgotten(self) -> tuple[Forgetting, ...]:
        """Deletions that have not come to their end, the oldest first."""
        return await self._readers.run(forgotten.pending)
