"""Reading threads."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from base_client import ChatUnavailable, FileRef, MessageKey, PastMessage, ThreadKey
from slack_client.errors import Refused, SlackFailure
from slack_client.file_objects import files_of
from slack_client.formatting.text import plain_text
from slack_client.identity import Identity
from slack_client.web_api import Answer, WebApi

log = logging.getLogger("threadwell.slack")

NOTICE_EVENT = "threadwell_notice"
"""Marks, in Slack's metadata, what we posted beside the answers."""


def notice_mark(kind: str, **details: str) -> Mapping[str, object]:
    """The metadata of a notice; `details` tell it from others of its kind."""
    return {"event_type": NOTICE_EVENT, "event_payload": {"kind": kind, **details}}


_PAGE = 200
_PAGES = 10
_READ_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """A message as `conversations.replies` gives it, typed. `metadata` is empty where there is none."""

    ts: str
    author: str
    text: str
    own: bool
    metadata: Mapping[str, object]
    files: tuple[FileRef, ...] = ()

    @property
    def is_notice(self) -> bool:
        """Whether we posted it beside the answers."""
        return self.metadata.get("event_type") == NOTICE_EVENT

    def bears(self, mark: Mapping[str, object]) -> bool:
        """Whether it is ours and carries this very mark."""
        return self.own and all(self.metadata.get(name) == value for name, value in mark.items())

    @property
    def may_be_stream(self) -> bool:
        """Whether it is ours and bare: a stream takes no mark until it ends. What we shared has none, but has files."""
        return self.own and not self.metadata and not self.files


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
        files=files_of(raw.get("files")),
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
        self,
        thread: ThreadKey,
        *,
        oldest: str | None,
        metadata: bool = False,
        patience: float = _READ_PATIENCE,
        strict: bool = False,
    ) -> list[SlackMessage]:
        """The thread's messages newer than `oldest`, oldest first (2,000 at most). ChatUnavailable when unreadable.

        What Slack refuses to show counts as empty, unless `strict`.
        """
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
                if strict:
                    raise ChatUnavailable(refusal.reason) from None
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

    async def has_notice(self, thread: ThreadKey, mark: Mapping[str, object], after: str) -> bool:
        """Whether the thread holds a notice of this mark, newer than a ts. ChatUnavailable when it can't be read."""
        return any(message.bears(mark) for message in await self.replies(thread, oldest=after, metadata=True))

    async def past(self, thread: ThreadKey, after: str | None, before: str) -> Sequence[PastMessage]:
        """The thread between two ts, both exclusive, as the core keeps it."""
        replies = await self.replies(thread, oldest=after, metadata=True)
        return [_past(thread, message) for message in replies if message.ts < before and not message.is_notice]

    async def whole(self, thread: ThreadKey) -> Sequence[PastMessage]:
        """The thread as it is. ChatUnavailable when it cannot be read, or Slack refuses to show it."""
        replies = await self.replies(thread, oldest=None, metadata=True, strict=True)
        return [_past(thread, message) for message in replies if not message.is_notice]


def _past(thread: ThreadKey, message: SlackMessage) -> PastMessage:
    key = MessageKey(thread.team, thread.channel, message.ts)
    return PastMessage(key, message.author, plain_text(message.text), message.own, message.files)
