"""Channels and what was written in them."""

from playground.slack.arguments import Arguments
from playground.slack.records import Message
from playground.slack.shapes import channel_shape, threaded_shape
from playground.slack.web_api.context import Context, Method, channel_of, member_channel, page_of
from playground.slack.wire import JsonObject, SlackError

HISTORY_TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im"}


def _replies(context: Context, args: Arguments) -> JsonObject:
    place = member_channel(context, args)
    ts = args.ts("ts", "invalid_ts_timestamp")
    message = place.messages.get(ts or "")
    if message is None:
        raise SlackError("thread_not_found")
    if message.is_reply:
        return _page(context, args, [message], 1_000)
    thread = place.threads[message.ts]
    # The first message is always given, whatever the range: a reader has to expect it.
    return _page(context, args, [thread[0], *(reply for reply in thread[1:] if _in_range(args, reply))], 1_000)


def _history(context: Context, args: Arguments) -> JsonObject:
    place = member_channel(context, args)
    newest_first = [
        message
        for message in reversed(place.messages.values())
        if (not message.is_reply or message.subtype == "thread_broadcast") and _in_range(args, message)
    ]
    return _page(context, args, newest_first, 100)


def _page(context: Context, args: Arguments, messages: list[Message], default: int) -> JsonObject:
    place = member_channel(context, args)
    metadata = args.flag("include_all_metadata")
    identity = context.workspace.identity
    shapes = [threaded_shape(identity, place, message, metadata=metadata) for message in messages]
    page, cursor = page_of(shapes, args, default)
    answer: JsonObject = {"messages": page, "has_more": bool(cursor)}
    if cursor:
        answer["response_metadata"] = {"next_cursor": cursor}
    return answer


def _in_range(args: Arguments, message: Message) -> bool:
    oldest, latest = args.text("oldest") or "0", args.text("latest")
    at, inclusive = float(message.ts), args.flag("inclusive")
    try:
        if at < float(oldest) or (latest and at > float(latest)):
            return False
        return inclusive or (at != float(oldest) and not (latest and at == float(latest)))
    except ValueError:
        raise SlackError("invalid_ts_oldest") from None


def _info(context: Context, args: Arguments) -> JsonObject:
    shape = channel_shape(context.workspace.identity, channel_of(context, args))
    if not args.flag("include_num_members"):
        shape.pop("num_members", None)
    return {"channel": shape}


def _members(context: Context, args: Arguments) -> JsonObject:
    place = channel_of(context, args)
    page, cursor = page_of([{"id": member} for member in sorted(place.members)], args, 100)
    return {"members": [entry["id"] for entry in page], "response_metadata": {"next_cursor": cursor}}


def _open(context: Context, args: Arguments) -> JsonObject:
    if args.has("channel"):
        place = channel_of(context, args)
    else:
        place = context.workspace.direct(args.required("users"))
    if args.flag("return_im"):
        return {"channel": channel_shape(context.workspace.identity, place), "already_open": True}
    return {"channel": {"id": place.id}}


def _list(context: Context, args: Arguments) -> JsonObject:
    names = [name.strip() for name in (args.text("types") or "public_channel").split(",")]
    if unknown := set(names) - set(HISTORY_TYPES) - {"mpim"}:
        raise SlackError("invalid_types", *unknown)
    kinds = {HISTORY_TYPES[name] for name in names if name in HISTORY_TYPES}
    bot = context.workspace.identity.bot_user_id
    shapes = [
        channel_shape(context.workspace.identity, channel)
        for channel in context.workspace.channels.values()
        if channel.kind in kinds
        and (channel.kind == "channel" or bot in channel.members)
        and not (channel.is_archived and args.flag("exclude_archived"))
    ]
    page, cursor = page_of(shapes, args, 100)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


METHODS: dict[str, Method] = {
    "conversations.replies": _replies,
    "conversations.history": _history,
    "conversations.info": _info,
    "conversations.members": _members,
    "conversations.open": _open,
    "conversations.list": _list,
}
