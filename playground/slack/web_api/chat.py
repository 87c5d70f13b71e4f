"""Posting, updating and deleting messages."""

from playground.slack.arguments import Arguments
from playground.slack.content import POST_CHARACTERS, UPDATE_CHARACTERS, Content, read_content, read_metadata
from playground.slack.records import Channel, Ephemeral, Message
from playground.slack.shapes import message_shape
from playground.slack.web_api.context import Context, Method, bot_is_in, channel_of, member_channel, message_of
from playground.slack.wire import JsonObject, SlackError


def _post(context: Context, args: Arguments) -> JsonObject:
    workspace = context.workspace
    identity = workspace.identity
    place = _place(context, args)
    workspace.check_writable(place, identity.bot_user_id)
    content = read_content(args)
    metadata = read_metadata(args)
    thread_ts = args.ts("thread_ts", "invalid_thread_ts")
    ts = workspace.timestamps.next()
    message = Message(
        place.id,
        ts,
        identity.bot_user_id,
        content.text[:POST_CHARACTERS],
        thread_ts,
        "thread_broadcast" if thread_ts and args.flag("reply_broadcast") else None,
        identity.bot_id,
        blocks=content.blocks or None,
        attachments=content.attachments or None,
        metadata=metadata,
        markdown=content.markdown,
    )
    workspace.add(message)
    answer = _answer(context, message)
    if len(content.text) > POST_CHARACTERS:
        answer |= {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}
    return answer


def _place(context: Context, args: Arguments) -> Channel:
    """A channel by its id, or a person's direct messages by theirs."""
    if (user := args.required("channel")) in context.workspace.people:
        return context.workspace.direct(user)
    return channel_of(context, args)


def _answer(context: Context, message: Message) -> JsonObject:
    return {
        "channel": message.channel,
        "ts": message.ts,
        "message": message_shape(context.workspace.identity, message, metadata=True),
    }


def _own(context: Context, args: Arguments, code: str) -> Message:
    place = member_channel(context, args)
    message = message_of(place, args.ts("ts", "message_not_found"))
    if message.bot_id != context.workspace.identity.bot_id:
        raise SlackError(code)
    return message


def _update(context: Context, args: Arguments) -> JsonObject:
    message = _own(context, args, "cant_update_message")
    if message.stream is not None and message.stream.state in {"live", "stopped"}:
        raise SlackError("streaming_state_conflict")
    content = read_content(args)
    if not content.markdown and len(content.text) > UPDATE_CHARACTERS:
        raise SlackError("msg_too_long")
    metadata = read_metadata(args)
    _check_rich_text(message, content)
    message.metadata = metadata or message.metadata
    message.markdown = content.markdown
    message.chunks.clear()  # the new content is all there is
    workspace = context.workspace
    workspace.change(
        message,
        text=content.text,
        blocks=content.blocks or None,
        attachments=content.attachments or None,
        edited=workspace.timestamps.next(),
    )
    return _answer(context, message) | {"text": message.text}


def _check_rich_text(message: Message, content: Content) -> None:
    """Markdown became rich text, which only rich text replaces."""
    is_rich = message.markdown or message.stream is not None
    if is_rich and content.blocks and not any(block["type"] == "rich_text" for block in content.blocks):
        raise SlackError("block_mismatch")


def _delete(context: Context, args: Arguments) -> JsonObject:
    message = _own(context, args, "cant_delete_message")
    context.workspace.delete(message.channel, message.ts)
    return {"channel": message.channel, "ts": message.ts}


def _post_ephemeral(context: Context, args: Arguments) -> JsonObject:
    workspace = context.workspace
    place = member_channel(context, args)
    workspace.check_writable(place, workspace.identity.bot_user_id)
    user = args.required("user")
    if user not in place.members:
        raise SlackError("user_not_in_channel")
    content = read_content(args)
    thread_ts = args.ts("thread_ts", "invalid_thread_ts")
    ts = workspace.timestamps.next()
    note = Ephemeral(place.id, ts, user, content.text[:POST_CHARACTERS], thread_ts, content.blocks or None)
    workspace.interactivity.notes.add(note)
    return {"message_ts": ts}


def _permalink(context: Context, args: Arguments) -> JsonObject:
    place = channel_of(context, args)
    if not bot_is_in(context, place):
        raise SlackError("channel_not_found")
    message = message_of(place, args.ts("message_ts", "message_not_found"))
    link = f"{context.web_url}archives/{place.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={place.id}"
    return {"channel": place.id, "permalink": link}


METHODS: dict[str, Method] = {
    "chat.postMessage": _post,
    "chat.update": _update,
    "chat.delete": _delete,
    "chat.postEphemeral": _post_ephemeral,
    "chat.getPermalink": _permalink,
}
