"""The store's side door for people: what they set, what they think of answers, what they used, threads in short."""

from collections.abc import Callable, Mapping, Sequence

from base_client import ThreadKey
from store import accounts, feedback, preferences, summaries
from store.people_values import Rating, Summary, TurnLine, UsageSum
from store.readers import Readers
from store.writer import Writer


class People:
    """What is kept of people. What is written is on the disk on return; StoreUnavailable as everywhere in the store."""

    def __init__(self, writer: Writer, readers: Readers, clock: Callable[[], float]) -> None:
        self._writer = writer
        self._readers = readers
        self._clock = clock

    async def preferences(
        self, team: str, places: Sequence[tuple[str, str]]
    ) -> Mapping[tuple[str, str], Mapping[str, str]]:
        """What is set in each (scope, place), by name; empty for a place where nothing is."""
        return await self._readers.run(lambda connection: preferences.of_places(connection, team, places))

    async def set_preferences(
        self, team: str, scope: str, place: str, changes: Mapping[str, str | None], by: str
    ) -> None:
        """Keep what a person changed in a place, all of it or nothing; None removes a value."""
        now, made = self._clock(), preferences.Changes(dict(changes), by)
        await self._writer.run(lambda connection: preferences.change(connection, team, (scope, place), made, now))

    async def rate(self, turn_id: str, person: str, verdict: str, reason: str = "") -> bool:
        """Keep a verdict instead of the person's earlier one; false where there is no such turn.

        The same verdict without a reason leaves an earlier reason as it is.
        """
        rating = Rating(person, verdict, reason, self._clock())
        return await self._writer.run(lambda connection: feedback.rate(connection, turn_id, rating))

    async def feedback_of(self, turn_id: str) -> tuple[Rating, ...]:
        """The verdicts on a turn, by person."""
        return await self._readers.run(lambda connection: feedback.of_turn(connection, turn_id))

    async def summary(self, thread: ThreadKey) -> Summary | None:
        """The summary of a thread, or None: there was none, or a message that it may quote was changed."""
        return await self._readers.run(lambda connection: summaries.get(connection, thread))

    async def set_summary(self, thread: ThreadKey, text: str, until_ts: str, turn_id: str = "") -> None:
        """Keep a summary of all messages up to `until_ts`, inclusive, instead of the one before.

        Not kept where somebody was forgotten since the turn that made it was begun.
        """
        now, summary = self._clock(), Summary(text, until_ts)
        await self._writer.run(lambda connection: summaries.put(connection, thread, summary, now, turn_id))

    async def usage_since(self, team: str, person: str, since: float) -> UsageSum:
        """A person's turns that were created at that Unix time in seconds or later, and their tokens."""
        return await self._readers.run(lambda connection: accounts.since(connection, team, person, since))

    async def latest_turns(self, team: str, person: str, limit: int = 20) -> tuple[TurnLine, ...]:
        """A person's turns, the newest first."""
        return await self._readers.run(lambda connection: accounts.latest(connection, team, person, limit))
