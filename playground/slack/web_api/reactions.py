"""Emoji reactions."""

import re

from playground.slack.arguments import Arguments
from playground.slack.records import Message
from playground.slack.web_api.context import Context, Method, member_channel, message_of
from playground.slack.wire import JsonObject, SlackError

_NAME = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")


def _target(context: Context, args: Arguments) -> tuple[Message, str]:
    name = args.required("name").strip(":")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    if not args.has("timestamp"):
        raise SlackError("no_item_specified")
    place = member_channel(context, args)
    return message_of(place, args.ts("timestamp", "bad_timestamp")), name


def _add(context: Context, args: Arguments) -> JsonObject:
    message, name = _target(context, args)
    context.workspace.react(context.workspace.identity.bot_user_id, message.channel, message.ts, name)
    return {}


def _remove(context: Context, args: Arguments) -> JsonObject:
    message, name = _target(context, args)
    context.workspace.unreact(context.workspace.identity.bot_user_id, message.channel, message.ts, name)
    return {}


METHODS: dict[str, Method] = {"reactions.add": _add, "reactions.remove": _remove}
