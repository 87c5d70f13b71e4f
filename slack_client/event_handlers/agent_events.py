"""Slack's events about the app itself: a stop, a title, the app's own pages, the bot's arrival in a channel. No I/O."""

from dataclasses import dataclass

from base_client import Stop, ThreadKey, TitleChange
from slack_client.event_handlers.fields import is_ts, text_of
from slack_client.event_handlers.interaction import Json
from slack_client.identity import Identity

AGENT_EVENTS = ("agent_session_stopped", "agent_session_title_changed", "app_home_opened", "member_joined_channel")
"""Subscriptions in the manifest that this module makes something of."""

_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """A person looks at one of the app's pages; `tab` is "home" or "messages", `channel` the direct conversation."""

    person: str
    channel: str
    tab: str


@dataclass(frozen=True, slots=True)
class Joined:
    """The bot is in a channel now, asked in by `inviter`, who may be unknown."""

    channel: str
    inviter: str


AgentEvent = Stop | TitleChange | HomeOpened | Joined


def _stop(event: Json, identity: Identity) -> Stop | None:
    channel, thread_ts, ts = (text_of(event, name) for name in ("channel", "thread_ts", "event_ts"))
    if not (channel and is_ts(thread_ts) and is_ts(ts)):
        return None
    return Stop(identity.team, channel, thread_ts, text_of(event, "user"), ts)


def _title(event: Json, identity: Identity) -> TitleChange | None:
    channel, thread_ts, title = (text_of(event, name) for name in ("channel", "thread_ts", "title"))
    if not (channel and is_ts(thread_ts)):
        return None
    return TitleChange(ThreadKey(identity.team, channel, thread_ts), title[:_LONGEST_TITLE])


def _home(event: Json) -> HomeOpened | None:
    person, channel, tab = (text_of(event, name) for name in ("user", "channel", "tab"))
    return HomeOpened(person, channel, tab) if person and tab in {"home", "messages"} else None


def _joined(event: Json) -> Joined | None:
    channel = text_of(event, "channel")
    return Joined(channel, text_of(event, "inviter")) if channel else None


def is_about_others(event: Json, identity: Identity) -> bool:
    """Whether it is nothing for us: somebody else has joined, or the title is of our own making."""
    ours = text_of(event, "user") == identity.user
    match text_of(event, "type"):
        case "member_joined_channel":
            return not ours
        case "agent_session_title_changed":
            return ours or bool(event.get("bot_id"))
        case _:
            return False


def read_agent_event(event: Json, identity: Identity) -> AgentEvent | None:
    """What one of AGENT_EVENTS means; None where it is malformed."""
    match text_of(event, "type"):
        case "agent_session_stopped":
            return _stop(event, identity)
        case "agent_session_title_changed":
            return _title(event, identity)
        case "app_home_opened":
            return _home(event)
        case "member_joined_channel":
            return _joined(event)
        case _:
            return None
