"""What a method gets to work with, and helpers that several families share."""

from collections.abc import Callable
from dataclasses import dataclass

from playground.slack.arguments import Arguments
from playground.slack.records import Channel, Message
from playground.slack.socket_mode import SocketMode
from playground.slack.wire import JsonObject, SlackError
from playground.slack.workspace import Workspace


@dataclass(slots=True)
class Context:
    """The workspace and its sockets; `web_url`, its address for people, is known once it listens."""

    workspace: Workspace
    sockets: SocketMode
    web_url: str = ""


Method = Callable[[Context, Arguments], JsonObject]
"""Takes the arguments, returns the answer without its `ok`; a refusal is a SlackError."""


def channel_of(context: Context, args: Arguments, name: str = "channel") -> Channel:
    """The channel of an argument, by id only, as the bot sees it: a private one it is not in does not exist."""
    channel = context.workspace.channels.get(args.required(name))
    if channel is None or (channel.kind != "channel" and not bot_is_in(context, channel)):
        raise SlackError("channel_not_found")
    return channel


def bot_is_in(context: Context, channel: Channel) -> bool:
    return context.workspace.identity.bot_user_id in channel.members


def member_channel(context: Context, args: Arguments, name: str = "channel") -> Channel:
    """The channel of an argument, which the bot has to be in."""
    channel = channel_of(context, args, name)
    if not bot_is_in(context, channel):
        raise SlackError("not_in_channel")
    return channel


def message_of(channel: Channel, ts: str | None) -> Message:
    """A message that is there and not a tombstone."""
    message = channel.messages.get(ts or "")
    if message is None or message.subtype == "tombstone":
        raise SlackError("message_not_found")
    return message


def page_of(
    items: list[JsonObject], args: Arguments, default: int, highest: int = 1_000
) -> tuple[list[JsonObject], str]:
    """One page of a list by `limit` and `cursor`, and the cursor of the next page or ""."""
    limit = args.number("limit", default, highest)
    cursor = args.text("cursor")
    if cursor and not (cursor.startswith("next:") and cursor[5:].isdigit()):
        raise SlackError("invalid_cursor")
    begin = int(cursor[5:]) if cursor else 0
    end = begin + limit
    return items[begin:end], f"next:{end}" if end < len(items) else ""
