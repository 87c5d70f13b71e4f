"""Agent sessions."""

from playground.slack.arguments import Arguments
from playground.slack.records import SESSION_STATUSES, Channel
from playground.slack.web_api.context import Context, Method, member_channel
from playground.slack.wire import JsonObject, SlackError

TITLE_CHARACTERS = 200


def _place(context: Context, args: Arguments) -> tuple[Channel, str]:
    """The channel and the thread, which may be left out in direct messages."""
    if not context.workspace.is_agent:
        raise SlackError("feature_disabled")
    place = member_channel(context, args, "channel_id")
    thread_ts = args.ts("thread_ts", "invalid_thread_ts")
    if thread_ts is not None:
        context.workspace.check_thread(place, thread_ts)
    elif place.kind != "im":
        raise SlackError("invalid_thread_ts")
    return place, thread_ts or ""


def _set_status(context: Context, args: Arguments) -> JsonObject:
    place, thread_ts = _place(context, args)
    status = args.choice("status", SESSION_STATUSES)
    title = args.text("title")
    if len(title) > TITLE_CHARACTERS:
        raise SlackError("invalid_arguments", "[ERROR] title too long")
    context.workspace.sessions.set(place.id, thread_ts, status, title or None)
    return {}


def _rename(context: Context, args: Arguments) -> JsonObject:
    place, thread_ts = _place(context, args)
    title = args.required("title")
    if len(title) > TITLE_CHARACTERS:
        raise SlackError("invalid_arguments", "[ERROR] title too long")
    sessions = context.workspace.sessions
    sessions.set(place.id, thread_ts, sessions.current(place.id, thread_ts), title)
    return {}


METHODS: dict[str, Method] = {"agents.sessions.setStatus": _set_status, "agents.sessions.rename": _rename}
