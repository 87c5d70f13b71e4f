"""Events as they travel in a `events_api` envelope."""

import re
from collections.abc import Callable

from playground.slack.clock import Clock, new_id
from playground.slack.directory import Identity
from playground.slack.records import Channel, Message
from playground.slack.shapes import message_shape
from playground.slack.wire import Json, JsonObject

MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
DEFAULT_SUBSCRIPTIONS = frozenset(
    {
        "app_mention",
        "message.channels",
        "message.groups",
        "message.im",
        "app_home_opened",
        "app_context_changed",
        "agent_session_stopped",
        "agent_session_title_changed",
        "file_deleted",
        "member_joined_channel",
    }
)
_MESSAGE_SCOPE = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


class Events:
    """Makes the events the app subscribed to and hands their payloads on.

    `subscriptions` may be changed at any time; an event outside of it is not sent.
    """

    def __init__(self, identity: Identity, clock: Clock, send: Callable[[JsonObject], None]) -> None:
        self.subscriptions = set(DEFAULT_SUBSCRIPTIONS)
        self._identity = identity
        self._clock = clock
        self._send = send

    def payload(self, event: JsonObject, *, shared: bool = False) -> JsonObject:
        """The body around an event, with an event id of its own."""
        team = self._identity.team_id
        authorization: JsonObject = {
            "enterprise_id": None,
            "team_id": team,
            "user_id": self._identity.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": "playground",
            "team_id": team,
            "context_team_id": team,
            "context_enterprise_id": None,
            "api_app_id": self._identity.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": new_id("Ev"),
            "event_time": int(self._clock.now()),
            "authorizations": [authorization],
            "is_ext_shared_channel": shared,
            "event_context": "4-" + new_id(""),
        }

    def posted(self, channel: Channel, message: Message, team_id: str) -> None:
        """A new message: `message`, and before it `app_mention` where a person mentions the bot in a channel."""
        event = message_shape(self._identity, message) | {
            "channel": channel.id,
            "event_ts": message.ts,
            "team": team_id,
        }
        if team_id != self._identity.team_id:
            event |= {"user_team": team_id, "source_team": team_id}
        if channel.kind != "im" and message.bot_id is None and self._identity.bot_user_id in mentioned(message.text):
            self.send("app_mention", channel, _mention(event))
        self.send(_MESSAGE_SCOPE[channel.kind], channel, event | {"channel_type": channel.kind})

    def changed(self, channel: Channel, ts: str, before: JsonObject, after: JsonObject) -> None:
        """`message_changed`; `before` and `after` are message shapes."""
        self._altered(channel, ts, {"subtype": "message_changed", "message": after, "previous_message": before})

    def deleted(self, channel: Channel, ts: str, before: JsonObject) -> None:
        """`message_deleted`."""
        gone: Json = before["ts"]
        self._altered(channel, ts, {"subtype": "message_deleted", "deleted_ts": gone, "previous_message": before})

    def _altered(self, channel: Channel, ts: str, details: JsonObject) -> None:
        event: JsonObject = {"type": "message", "hidden": True, "channel": channel.id, "ts": ts, "event_ts": ts}
        self.send(_MESSAGE_SCOPE[channel.kind], channel, event | details | {"channel_type": channel.kind})

    def send(self, subscription: str, channel: Channel, event: JsonObject) -> None:
        """Send an event if the app subscribed to it and the bot is in the channel."""
        if subscription in self.subscriptions and self._identity.bot_user_id in channel.members:
            self._send(self.payload(event, shared=channel.is_ext_shared))


def _mention(event: JsonObject) -> JsonObject:
    """The same message as `app_mention`, which has no subtype."""
    return {name: value for name, value in event.items() if name != "subtype"} | {"type": "app_mention"}


def mentioned(text: str) -> set[str]:
    """Ids of the people mentioned in a text."""
    return set(MENTION.findall(text)) if "<@" in text else set()


def rich_text(text: str) -> list[JsonObject]:
    """The block Slack's own clients send beside the text."""
    elements: list[JsonObject] = []
    end = 0
    for match in MENTION.finditer(text):
        if match.start() > end:
            elements.append({"type": "text", "text": text[end : match.start()]})
        elements.append({"type": "user", "user_id": match.group(1)})
        end = match.end()
    if end < len(text):
        elements.append({"type": "text", "text": text[end:]})
    section: JsonObject = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": new_id("b"), "elements": [section]}]
