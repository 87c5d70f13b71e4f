"""Streamed messages: start, append, stop."""

from playground.slack.arguments import Arguments
from playground.slack.block_checks import MARKDOWN_CHARACTERS
from playground.slack.content import check_blocks, read_metadata
from playground.slack.named_blocks import named
from playground.slack.records import SESSION_STATUSES, Channel, Message
from playground.slack.shapes import message_shape
from playground.slack.web_api.context import Context, Method, member_channel, message_of
from playground.slack.wire import JsonObject, SlackError

CARD_CHUNKS = {"task_update", "plan_update"}
CARD_CHARACTERS = 256
TASK_STATES = {"pending", "in_progress", "complete", "error"}
STOP_WARNING = "missing_agent_session_stopped_event_subscription"


def _start(context: Context, args: Arguments) -> JsonObject:
    workspace = context.workspace
    place = member_channel(context, args)
    workspace.check_writable(place, workspace.identity.bot_user_id)
    for name in ("metadata", "blocks", "text"):
        if args.has(name):
            raise SlackError("invalid_arguments", f"[ERROR] chat.startStream takes no {name}")
    thread_ts = args.ts("thread_ts", "invalid_thread_ts")
    if thread_ts is None or thread_ts not in place.messages or place.messages[thread_ts].is_reply:
        raise SlackError("invalid_thread_ts")
    recipient = _recipient(context, args, place)
    texts, chunks = _content(args)
    message = workspace.streams.start(place, thread_ts, recipient)
    if texts or chunks:
        workspace.streams.append(message, texts, chunks)
    answer: JsonObject = {"channel": place.id, "ts": message.ts}
    if workspace.is_agent and "agent_session_stopped" not in workspace.events.subscriptions:
        answer |= {"warning": STOP_WARNING, "response_metadata": {"warnings": [STOP_WARNING]}}
    return answer


def _recipient(context: Context, args: Arguments, place: Channel) -> str:
    """The person the stream is for; channels need both the person and the team."""
    user, team = args.text("recipient_user_id"), args.text("recipient_team_id")
    if place.kind == "im" and not user:
        return ""
    if not user:
        raise SlackError("missing_recipient_user_id")
    if place.kind != "im" and not team:
        raise SlackError("missing_recipient_team_id")
    if user not in context.workspace.people:
        raise SlackError("user_not_found")
    return user


def _append(context: Context, args: Arguments) -> JsonObject:
    message = _streamed(context, args)
    texts, chunks = _content(args)
    if not texts and not chunks:
        raise SlackError("no_text")
    context.workspace.streams.append(message, texts, chunks)
    return {"channel": message.channel, "ts": message.ts}


def _stop(context: Context, args: Arguments) -> JsonObject:
    message = _streamed(context, args)
    texts, chunks = _content(args)
    blocks = args.objects("blocks", "invalid_blocks_format")
    check_blocks(blocks)
    status = args.choice("session_status", SESSION_STATUSES) if args.has("session_status") else "active"
    context.workspace.streams.end(message, texts, chunks, named(blocks), read_metadata(args), status)
    shape = message_shape(context.workspace.identity, message, metadata=True)
    return {"channel": message.channel, "ts": message.ts, "message": shape}


def _streamed(context: Context, args: Arguments) -> Message:
    place = member_channel(context, args)
    message = message_of(place, args.ts("ts", "message_not_found"))
    if message.bot_id != context.workspace.identity.bot_id:
        raise SlackError("message_not_owned_by_app")
    return message


def _content(args: Arguments) -> tuple[list[str], list[JsonObject]]:
    """The Markdown texts in order, and the other chunks."""
    texts = [args.text("markdown_text")] if args.has("markdown_text") else []
    others: list[JsonObject] = []
    for chunk in args.objects("chunks", "invalid_chunks"):
        if chunk.get("type") == "markdown_text":
            texts.append(_chunk_text(chunk, "text"))
        else:
            others.append(_checked(chunk))
    if any(len(text) > MARKDOWN_CHARACTERS for text in texts):
        raise SlackError("msg_too_long")
    return texts, others


def _chunk_text(chunk: JsonObject, name: str) -> str:
    value = chunk.get(name)
    if not isinstance(value, str) or not value:
        raise SlackError("invalid_chunks")
    return value


def _checked(chunk: JsonObject) -> JsonObject:
    kind = chunk.get("type")
    if kind == "blocks":
        blocks = Arguments(chunk).objects("blocks", "invalid_chunks")
        check_blocks(blocks)
        return {**chunk, "blocks": named(blocks)}
    if kind not in CARD_CHUNKS or len(_chunk_text(chunk, "title")) > CARD_CHARACTERS:
        raise SlackError("invalid_chunks")
    if kind == "task_update" and (not _chunk_text(chunk, "id") or chunk.get("status") not in TASK_STATES):
        raise SlackError("invalid_chunks")
    for name in ("id", "details", "output"):
        value = chunk.get(name)
        if value is not None and (not isinstance(value, str) or len(value) > CARD_CHARACTERS):
            raise SlackError("invalid_chunks")
    return chunk


METHODS: dict[str, Method] = {
    "chat.startStream": _start,
    "chat.appendStream": _append,
    "chat.stopStream": _stop,
}
