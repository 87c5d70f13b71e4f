"""People's names and languages."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from slack_client.errors import SlackFailure
from slack_client.formatting.text import plain_text
from slack_client.identity import Identity
from slack_client.web_api import Answer, WebApi

log = logging.getLogger("threadwell.slack")

_LOOKUPS = 20
_LOOKUP_SECONDS = 3.0
_PEOPLE_KEPT = 5_000
_LIFETIME = 3_600.0
_LONGEST_LOCALE = 20


@dataclass(frozen=True, slots=True)
class _Person:
    """What is known of somebody until `until`, by the clock. `locale` is empty where Slack does not say it.

    `guest`: not a full member of this workspace.
    """

    name: str
    locale: str
    guest: bool
    until: float


class People:
    """Names and languages, looked up once an hour at most and never at the price of a late answer."""

    def __init__(self, api: WebApi, identity: Identity, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._clock = clock
        self._own = {identity.user: identity.name}
        self._team = identity.team
        self._known: dict[str, _Person] = {}
        self._lookups: dict[str, asyncio.Task[None]] = {}

    async def names(self, people: Iterable[str]) -> Mapping[str, str]:
        """Names by user id; who cannot be looked up in time is left out."""
        wanted = set(people) - self._own.keys()
        await self._learn([person for person in wanted if not self._fresh(person)][:_LOOKUPS])
        return self._own | {person: self._known[person].name for person in wanted if person in self._known}

    async def locale(self, person: str) -> str:
        """The language a person uses Slack in ("de-DE"); empty where it cannot be found out in time."""
        if person and not self._fresh(person):
            await self._learn([person])
        return self.known_locale(person)

    def known_locale(self, person: str) -> str:
        """The same, as far as it is known without asking."""
        return self._known[person].locale if person in self._known else ""

    async def is_guest(self, person: str, seconds: float) -> bool | None:
        """Whether a person is a guest or a stranger here; None where that cannot be found out in so many seconds."""
        if not self._fresh(person):
            await self._learn([person], seconds)
        return self._known[person].guest if person in self._known else None

    def _fresh(self, person: str) -> bool:
        return person in self._known and self._known[person].until > self._clock()

    async def _learn(self, people: Sequence[str], seconds: float = _LOOKUP_SECONDS) -> None:
        """Wait so long for what Slack says of them. A look that takes longer goes on: the next question knows it."""
        if not people:
            return
        for person in people:
            if person not in self._lookups:
                task = asyncio.create_task(self._look_up(person), name="users.info")
                self._lookups[person] = task
                task.add_done_callback(partial(self._looked_up, person))
        await asyncio.wait([self._lookups[person] for person in people], timeout=seconds)

    def _looked_up(self, person: str, _: "asyncio.Task[None]") -> None:
        self._lookups.pop(person, None)

    async def close(self) -> None:
        """Let go of looks that are still under way."""
        looking = list(self._lookups.values())
        for task in looking:
            task.cancel()
        await asyncio.gather(*looking, return_exceptions=True)

    async def _look_up(self, person: str) -> None:
        try:
            answer = await self._api.call("users.info", {"user": person, "include_locale": True}, read=True)
        except SlackFailure as failure:
            log.info("name_unknown", extra={"user": person, "reason": failure.reason})
            return
        if len(self._known) >= _PEOPLE_KEPT:
            self._known.pop(next(iter(self._known)))
        lives_until = self._clock() + _LIFETIME
        self._known[person] = _Person(
            _display_name(answer) or person, _locale(answer), _is_guest(answer, self._team), lives_until
        )


def _is_guest(answer: Answer, team: str) -> bool:
    user = answer.get("user")
    if not isinstance(user, Mapping):
        return False
    kinds = ("is_restricted", "is_ultra_restricted", "is_stranger")
    return any(user.get(kind) is True for kind in kinds) or user.get("team_id") not in {None, "", team}


def _locale(answer: Answer) -> str:
    user = answer.get("user")
    locale = user.get("locale") if isinstance(user, Mapping) else None
    return locale[:_LONGEST_LOCALE] if isinstance(locale, str) else ""


def _display_name(answer: Answer) -> str:
    user = answer.get("user")
    profile = user.get("profile") if isinstance(user, Mapping) else None
    for source, field in ((profile, "display_name"), (profile, "real_name"), (user, "real_name"), (user, "name")):
        if isinstance(source, Mapping) and source.get(field):
            return plain_text(str(source[field]))[:80]
    return ""
