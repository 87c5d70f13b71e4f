"""Who may use the bot, and where: two lists of ids, and what Slack says of a person whom they do not name."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from base_client import Observer, ThreadKey
from database import Store, StoreUnavailable
from message_processor.small_tasks import SmallTasks
from message_processor.wording import Wording
from slack_client.formatting.blocks import plain, section
from slack_client.views import Views

log = logging.getLogger("threadwell.access")

_PEOPLE = 5_000
_LOOKUP_SECONDS = 0.7
"""Longest wait for what Slack says of a person: clicks are acknowledged within a second."""


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


@dataclass(frozen=True, slots=True)
class Rules:
    """One list: ids that are let in, and behind a "!" those that are not. Without any of the first, all others are."""

    allowed: frozenset[str]
    denied: frozenset[str]

    @classmethod
    def read(cls, words: Iterable[str]) -> "Rules":
        """From the words of a setting."""
        given = frozenset(words)
        denied = frozenset(word[1:] for word in given if word.startswith("!"))
        return cls(frozenset(word for word in given if not word.startswith("!")) - denied, denied)

    def of(self, one: str) -> bool | None:
        """Whether this id is let in; None where the list leaves that open."""
        if one in self.denied:
            return False
        return one in self.allowed if self.allowed else None


class Profiles(Protocol):
    """What is known of people."""

    async def is_guest(self, person: str, seconds: float) -> bool | None: ...


class Notes(Protocol):
    """Says something to one person only."""

    async def words_for(self, person: str) -> Wording: ...

    async def tell(self, thread: ThreadKey, person: str, text: str) -> bool: ...


class Access:
    """Decides for everything that people do."""

    def __init__(
        self,
        channels: Rules,
        people: Rules,
        profiles: Profiles,
        observer: Observer,
    ) -> None:
        self._channels = channels
        self._people = people
        self._profiles = profiles
        self._observer = observer

    @property
    def named(self) -> frozenset[str]:
        """People who are let in by name, whoever they are."""
        return self._people.allowed

    async def lets_in(self, person: str, channel: str = "") -> bool:
        """Whether a person may use the bot in a channel; direct conversations are no channels.

        A guest is let in by name only. Whoever Slack does not tell us of in time is let in: else an outage of that one
        question would silence the bot for everybody. People of other organisations are known by what comes from them.
        """
        if channel and not channel.startswith("D") and self._channels.of(channel) is False:
            return self._kept_out("channel")
        listed = self._people.of(person)
        if listed is not None:
            return listed or self._kept_out("person")
        return not await self._profiles.is_guest(person, _LOOKUP_SECONDS) or self._kept_out("guest")

    def _kept_out(self, reason: str) -> bool:
        self._observer.count("access_refused", reason=reason)
        return False


class Refusals:
    """The line for those who are kept out."""

    def __init__(
        self, store: Store, notes: Notes, tasks: SmallTasks, contact: str, today: Callable[[], str] = _today
    ) -> None:
        self._store = store
        self._notes = notes
        self._tasks = tasks
        self._contact = contact
        self._today = today
        self._told: dict[str, str] = {}  # the day, by person: a mention comes as two events at once

    def tell(self, thread: ThreadKey, person: str) -> None:
        """Once a day (UTC), where the person wrote. Never waits."""
        today = self._today()
        if self._told.get(person) != today:
            if len(self._told) >= _PEOPLE:
                self._told.clear()
            self._told[person] = today
            self._tasks.start(self._tell(thread, person, today), "refusal")

    async def _tell(self, thread: ThreadKey, person: str, today: str) -> None:
        name = f"refused:{thread.team}:{person}"
        try:
            if not await self._store.renew_fact(name, today):
                return
        except StoreUnavailable as failure:
            log.warning("refusal_not_told", extra={"user": person, "reason": failure.reason})
            return
        await self._notes.tell(thread, person, self.line(await self._notes.words_for(person)))

    def line(self, say: Wording) -> str:
        """It names whom to ask, where the operators have said so."""
        return say("access.refused_ask", contact=self._contact) if self._contact else say("access.refused")


@dataclass(frozen=True, slots=True)
class Door:
    """Both in one, for those who take in what people do."""

    access: Access
    refusals: Refusals

    @property
    def named(self) -> frozenset[str]:
        """People who are let in by name."""
        return self.access.named

    async def lets_in(self, person: str, channel: str = "") -> bool:
        """Whether a person may use the bot there."""
        return await self.access.lets_in(person, channel)

    def tell(self, thread: ThreadKey, person: str) -> None:
        """Tell a person who may not."""
        self.refusals.tell(thread, person)


class Page(Protocol):
    """The app's own page."""

    async def show(self, person: str) -> None: ...


@dataclass(frozen=True, slots=True)
class GuardedPage:
    """The app's own page; one line of it for those who may not use the bot."""

    page: Page
    door: Door
    views: Views
    notes: Notes

    async def show(self, person: str) -> None:
        """Draw it."""
        if await self.door.lets_in(person):
            await self.page.show(person)
            return
        line = self.door.refusals.line(await self.notes.words_for(person))
        await self.views.publish(person, {"type": "home", "blocks": [section(plain(line))]})
