"""Slack's message events to what the core understands: a message, an edit, a deletion, or a counted drop. No I/O."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from base_client import Deletion, Edit, FileDeletion, Message, MessageKey, Stop, ThreadKey, TitleChange
from slack_client.event_handlers.agent_events import (
    AGENT_EVENTS,
    HomeOpened,
    Joined,
    is_about_others,
    read_agent_event,
)
from slack_client.event_handlers.fields import is_json, is_ts, text_of
from slack_client.event_handlers.interaction import Json
from slack_client.file_objects import files_of
from slack_client.formatting.text import plain_text
from slack_client.identity import Identity

HANDLED_EVENTS = (
    *AGENT_EVENTS,
    "app_mention",
    "file_deleted",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
)
"""Subscriptions in the manifest that something is made of."""

_BEGINS_WITH_MENTION = re.compile(r"@[UW][A-Z0-9]{4,}\b")

_ANSWERED_SUBTYPES = {"file_share", "thread_broadcast"}

_STOP = re.compile(r"[\W_]*stop[\W_]*", re.IGNORECASE)
"""A message that says nothing else."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """An event that is acknowledged and left alone; `reason` is a counter's label."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unaddressed:
    """A thread message that does not name the bot: for it only if the bot takes part in that thread.

    `stop` is what it means there if it says nothing but that.
    """

    message: Message
    stop: Stop | None = None


@dataclass(frozen=True, slots=True)
class Outsider:
    """A message for the bot by somebody of another organisation who is not let in."""

    message: Message


Incoming = Message | Unaddressed | Edit | Deletion | FileDeletion | Stop | TitleChange | HomeOpened | Joined | Dropped


def _is_outsider(body: Json, event: Json, identity: Identity) -> bool:
    """Whether the author belongs to another organisation (Slack Connect): closed to them unless it is opened."""
    home = text_of(event, "user_team") or text_of(event, "source_team") or text_of(event, "team")
    return body.get("is_ext_shared_channel") is True and bool(home) and home != identity.team


def _is_automatic(event: Json, identity: Identity) -> bool:
    by_bot = bool(event.get("bot_id")) or event.get("subtype") == "bot_message"
    return by_bot or text_of(event, "user") in {identity.user, "USLACKBOT", "USLACK"}


def _without_own_name(text: str, identity: Identity) -> tuple[str, bool]:
    """The text without the bot's mention at its beginning, by name elsewhere; and whether it named the bot."""
    mention = f"@{identity.user}"
    named = mention in text
    if text.startswith(mention):
        text = text[len(mention) :].lstrip(" ,:\n")
    return text.replace(mention, f"@{identity.name}"), named


def _message(event: Json, identity: Identity) -> Incoming:
    channel, ts, author = text_of(event, "channel"), text_of(event, "ts"), text_of(event, "user")
    thread_ts = text_of(event, "thread_ts")
    if not (channel and author and is_ts(ts) and (not thread_ts or is_ts(thread_ts))):
        return Dropped("malformed")
    if event.get("subtype") is not None and text_of(event, "subtype") not in _ANSWERED_SUBTYPES:
        return Dropped("subtype")
    raw = plain_text(text_of(event, "text"))
    text, named = _without_own_name(raw, identity)
    message = Message(
        MessageKey(identity.team, channel, ts),
        ThreadKey(identity.team, channel, thread_ts or ts),
        author,
        text,
        files=files_of(event.get("files")),
    )
    stop = _stop(event, message, raw, identity)
    if named or event.get("type") == "app_mention" or event.get("channel_type") == "im":
        return stop or message
    if not thread_ts:
        return Dropped("not_addressed")
    if stop is not None:
        return Unaddressed(message, stop)
    # A message that begins with somebody else's mention is theirs to answer; it is kept as context only.
    to_another = _BEGINS_WITH_MENTION.match(raw) is not None
    return Unaddressed(replace(message, wants_answer=not to_another))


def _stop(event: Json, message: Message, raw: str, identity: Identity) -> Stop | None:
    """What a message means that says nothing but stop."""
    if message.files or not _STOP.fullmatch(raw.replace(f"@{identity.user}", "")):
        return None
    # In a direct conversation each message begins a thread: one that only says stop means those that are there.
    everything = event.get("channel_type") == "im" and not text_of(event, "thread_ts")
    thread_ts = None if everything else message.thread.thread_ts
    return Stop(identity.team, message.key.channel, thread_ts, message.author, message.key.ts, said=True)


def _agent_event(event: Json, identity: Identity) -> Incoming:
    if is_about_others(event, identity):
        return Dropped("not_ours")
    return read_agent_event(event, identity) or Dropped("malformed")


def _change(event: Json, identity: Identity) -> Incoming:
    now, before = event.get("message"), event.get("previous_message")
    channel = text_of(event, "channel")
    if not is_json(now) or not channel or not text_of(now, "ts"):
        return Dropped("malformed")
    key = MessageKey(identity.team, channel, text_of(now, "ts"))
    if now.get("subtype") == "tombstone":
        return Deletion(key)
    if _is_automatic(now, identity):
        return Dropped("bot")
    text = text_of(now, "text")
    if is_json(before) and text_of(before, "text") == text:
        return Dropped("unchanged")  # an unfurled link changes the message, not what was said
    return Edit(key, _without_own_name(plain_text(text), identity)[0], text_of(event, "ts"))


def _deletion(event: Json, identity: Identity) -> Incoming:
    channel, ts = text_of(event, "channel"), text_of(event, "deleted_ts")
    return Deletion(MessageKey(identity.team, channel, ts)) if channel and ts else Dropped("malformed")


def _file_deletion(event: Json, identity: Identity) -> Incoming:
    file_id = text_of(event, "file_id")
    return FileDeletion(identity.team, file_id) if file_id else Dropped("malformed")


def _said(body: Json, event: Json, identity: Identity, let_in: Collection[str]) -> Incoming | Outsider:
    match event.get("subtype"):
        case "message_changed":
            return _change(event, identity)
        case "message_deleted":
            return _deletion(event, identity)
    if _is_automatic(event, identity):
        return Dropped("bot")
    incoming = _message(event, identity)
    if _is_outsider(body, event, identity) and text_of(event, "user") not in let_in:
        return Outsider(incoming) if isinstance(incoming, Message) else Dropped("outsider")
    return incoming


def read_event(body: Json, identity: Identity, let_in: Collection[str] = ()) -> Incoming | Outsider:
    """What an events_api payload means. Anything unknown or malformed is a drop, never an error.

    `let_in` are people of other organisations who may speak to the bot.
    """
    event = body.get("event")
    if not is_json(event):
        return Dropped("malformed")
    kind = text_of(event, "type")
    if kind in {"message", "app_mention"}:
        return _said(body, event, identity, let_in)
    if kind == "file_deleted":
        return _file_deletion(event, identity)
    if kind in AGENT_EVENTS:
        return _agent_event(event, identity)
    return Dropped("event_type")
