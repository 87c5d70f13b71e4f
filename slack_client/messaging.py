"""Reading threads and people's names."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from base_client import ChatUnavailable, MessageKey, PastMessage, ThreadKey
from slack_client.errors import Refused, SlackFailure
from slack_client.formatting.text import plain_text
from slack_client.identity import Identity
from slack_client.web_api import Answer, WebApi

log = logging.getLogger("threadwell.slack")

NOTICE_EVENT = "threadwell_notice"
"""Marks, in Slack's metadata, what we posted beside the answers."""

_PAGE = 200
_PAGES = 10
_READ_PATIENCE = 120.0
_NAMES_SECONDS = 3.0
_NAMES_KEPT = 5_000
_NAME_LIFETIME = 3_600.0


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """A message as `conversations.replies` gives it, typed. `metadata` is empty where there is none."""

    ts: str
    author: str
    text: str
    own: bool
    metadata: Mapping[str, object]


def _typed(raw: object, identity: Identity) -> SlackMessage | None:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("ts"), str):
        return None
    author, metadata = raw.get("user") or raw.get("bot_id") or "", raw.get("metadata")
    return SlackMessage(
        ts=raw["ts"],
        author=str(author),
        text=str(raw.get("text") or ""),
        own=author == identity.user or raw.get("bot_id") == identity.bot,
        metadata=metadata if isinstance(metadata, Mapping) else {},
    )


def _next_cursor(answer: Answer) -> str:
    more = answer.get("response_metadata")
    return str(more.get("next_cursor") or "") if isinstance(more, Mapping) else ""


class Messaging:
    """Threads as Slack holds them."""

    def __init__(self, api: WebApi, identity: Identity) -> None:
        self._api = api
        self._identity = identity

    async def replies(
        self, thread: ThreadKey, *, oldest: str | None, metadata: bool = False, patience: float = _READ_PATIENCE
    ) -> list[SlackMessage]:
        """The thread's messages newer than `oldest`, oldest first (2,000 at most). ChatUnavailable when unreadable."""
        arguments: dict[str, object] = {
            "channel": thread.channel,
            "ts": thread.thread_ts,
            "limit": _PAGE,
            "oldest": oldest,
            "include_all_metadata": "1" if metadata else None,
        }
        messages: list[SlackMessage] = []
        for _ in range(_PAGES):
            try:
                answer = await self._api.call_surely(
                    "conversations.replies", arguments, patience=patience, read=True, repeatable=True
                )
            except Refused as refusal:
                # The platform's clear no (a deleted thread, a missing scope) is no reason to leave people unanswered.
                log.warning("thread_unreadable", extra={"lane": str(thread), "reason": refusal.reason})
                break
            except SlackFailure as failure:
                raise ChatUnavailable(failure.reason) from None
            raw = answer.get("messages")
            typed = (_typed(entry, self._identity) for entry in (raw if isinstance(raw, list) else []))
            messages += [message for message in typed if message is not None]
            arguments["cursor"] = _next_cursor(answer)
            if not arguments["cursor"]:
                break
        # The thread's first message comes with every page, whatever its age.
        newer = {message.ts: message for message in messages if oldest is None or message.ts > oldest}
        return sorted(newer.values(), key=lambda message: message.ts)

    async def past(self, thread: ThreadKey, after: str | None, before: str) -> Sequence[PastMessage]:
        """The thread between two ts, both exclusive, as the core keeps it."""
        return [
            PastMessage(
                MessageKey(thread.team, thread.channel, message.ts),
                message.author,
                plain_text(message.text),
                message.own,
            )
            for message in await self.replies(thread, oldest=after, metadata=True)
            if message.ts < before and message.metadata.get("event_type") != NOTICE_EVENT
        ]


class People:
    """Display names, looked up once an hour at most and never at the price of a late answer."""

    def __init__(self, api: WebApi, identity: Identity, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._clock = clock
        self._own = {identity.user: identity.name}
        self._names: dict[str, tuple[str, float]] = {}

    async def names(self, people: Iterable[str]) -> Mapping[str, str]:
        """Names by user id; who cannot be looked up in time is left out."""
        wanted = set(people) - self._own.keys()
        unknown = [person for person in wanted if not self._fresh(person)]
        if unknown:
            lookups = [asyncio.create_task(self._look_up(person), name="users.info") for person in unknown[:20]]
            _, late = await asyncio.wait(lookups, timeout=_NAMES_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        return self._own | {person: self._names[person][0] for person in wanted if person in self._names}

    def _fresh(self, person: str) -> bool:
        return person in self._names and self._names[person][1] > self._clock()

    async def _look_up(self, person: str) -> None:
        try:
            answer = await self._api.call("users.info", {"user": person}, read=True)
        except SlackFailure as failure:
            log.info("name_unknown", extra={"user": person, "reason": failure.reason})
            return
        if len(self._names) >= _NAMES_KEPT:
            self._names.pop(next(iter(self._names)))
        self._names[person] = (_display_name(answer) or person, self._clock() + _NAME_LIFETIME)


def _display_name(answer: Answer) -> str:
    user = answer.get("user")
    profile = user.get("profile") if isinstance(user, Mapping) else None
    for source, field in ((profile, "display_name"), (profile, "real_name"), (user, "real_name"), (user, "name")):
        if isinstance(source, Mapping) and source.get(field):
            return plain_text(str(source[field]))[:80]
    return ""
