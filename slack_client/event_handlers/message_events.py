"""Slack's message events to what the core understands: a message, an edit, a deletion, or a counted drop. No I/O."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard

from base_client import Deletion, Edit, Message, MessageKey, ThreadKey
from slack_client.formatting.text import plain_text
from slack_client.identity import Identity

HANDLED_EVENTS = ("app_mention", "message.channels", "message.groups", "message.im", "message.mpim")
"""Subscriptions in the manifest that this module makes something of."""

Json = Mapping[str, object]

_BEGINS_WITH_MENTION = re.compile(r"@[UW][A-Z0-9]{4,}\b")

_ANSWERED_SUBTYPES = {"file_share", "thread_broadcast"}

_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")
"""A message's ts: without one that Slack knows there is nowhere to answer."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """An event that is acknowledged and left alone; `reason` is a counter's label."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unaddressed:
    """A thread message that does not name the bot: for it only if the bot takes part in that thread."""

    message: Message


Incoming = Message | Unaddressed | Edit | Deletion | Dropped


def _is_json(value: object) -> TypeGuard[Json]:
    return isinstance(value, Mapping)


def _text(source: Json, field: str) -> str:
    value = source.get(field)
    return value if isinstance(value, str) else ""


def _is_outsider(body: Json, event: Json, identity: Identity) -> bool:
    """Whether the author belongs to another organisation (Slack Connect): closed to them unless it is opened."""
    home = _text(event, "user_team") or _text(event, "source_team") or _text(event, "team")
    return body.get("is_ext_shared_channel") is True and bool(home) and home != identity.team


def _is_automatic(event: Json, identity: Identity) -> bool:
    by_bot = bool(event.get("bot_id")) or event.get("subtype") == "bot_message"
    return by_bot or _text(event, "user") in {identity.user, "USLACKBOT", "USLACK"}


def _without_own_name(text: str, identity: Identity) -> tuple[str, bool]:
    """The text without the bot's mention at its beginning, by name elsewhere; and whether it named the bot."""
    mention = f"@{identity.user}"
    named = mention in text
    if text.startswith(mention):
        text = text[len(mention) :].lstrip(" ,:\n")
    return text.replace(mention, f"@{identity.name}"), named


def _message(event: Json, identity: Identity) -> Incoming:
    channel, ts, author = _text(event, "channel"), _text(event, "ts"), _text(event, "user")
    thread_ts = _text(event, "thread_ts")
    if not (channel and author and _TS.fullmatch(ts) and (not thread_ts or _TS.fullmatch(thread_ts))):
        return Dropped("malformed")
    if event.get("subtype") is not None and _text(event, "subtype") not in _ANSWERED_SUBTYPES:
        return Dropped("subtype")
    raw = plain_text(_text(event, "text"))
    text, named = _without_own_name(raw, identity)
    message = Message(
        MessageKey(identity.team, channel, ts), ThreadKey(identity.team, channel, thread_ts or ts), author, text
    )
    if named or event.get("type") == "app_mention" or event.get("channel_type") == "im":
        return message
    if not thread_ts:
        return Dropped("not_addressed")
    # A message that begins with somebody else's mention is theirs to answer; it is kept as context only.
    to_another = _BEGINS_WITH_MENTION.match(raw) is not None
    return Unaddressed(Message(message.key, message.thread, author, text, wants_answer=not to_another))


def _change(event: Json, identity: Identity) -> Incoming:
    now, before = event.get("message"), event.get("previous_message")
    channel = _text(event, "channel")
    if not _is_json(now) or not channel or not _text(now, "ts"):
        return Dropped("malformed")
    key = MessageKey(identity.team, channel, _text(now, "ts"))
    if now.get("subtype") == "tombstone":
        return Deletion(key)
    if _is_automatic(now, identity):
        return Dropped("bot")
    text = _text(now, "text")
    if _is_json(before) and _text(before, "text") == text:
        return Dropped("unchanged")  # an unfurled link changes the message, not what was said
    return Edit(key, _without_own_name(plain_text(text), identity)[0])


def _deletion(event: Json, identity: Identity) -> Incoming:
    channel, ts = _text(event, "channel"), _text(event, "deleted_ts")
    return Deletion(MessageKey(identity.team, channel, ts)) if channel and ts else Dropped("malformed")


def read_event(body: Json, identity: Identity) -> Incoming:
    """What an events_api payload means. Anything unknown or malformed is a drop, never an error."""
    event = body.get("event")
    if not _is_json(event):
        return Dropped("malformed")
    if _text(event, "type") not in {"message", "app_mention"}:
        return Dropped("event_type")
    if event.get("subtype") == "message_changed":
        return _change(event, identity)
    if event.get("subtype") == "message_deleted":
        return _deletion(event, identity)
    if _is_automatic(event, identity):
        return Dropped("bot")
    if _is_outsider(body, event, identity):
        return Dropped("outsider")
    return _message(event, identity)
