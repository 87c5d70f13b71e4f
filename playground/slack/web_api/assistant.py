"""The status line, titles and suggested prompts of assistant threads."""

from playground.slack.arguments import Arguments
from playground.slack.records import Channel
from playground.slack.web_api.context import Context, Method, member_channel
from playground.slack.wire import JsonObject, SlackError

MAX_LOADING_MESSAGES = 10
LOADING_CHARACTERS = 50
MAX_PROMPTS = 4


def _thread(context: Context, args: Arguments) -> tuple[Channel, str]:
    place = member_channel(context, args, "channel_id")
    thread_ts = args.ts("thread_ts", "invalid_thread_ts")
    if thread_ts is None:
        raise SlackError("invalid_arguments", "[ERROR] missing required field: thread_ts")
    context.workspace.check_thread(place, thread_ts)
    return place, thread_ts


def _set_status(context: Context, args: Arguments) -> JsonObject:
    place, thread_ts = _thread(context, args)
    if not isinstance(args.raw.get("status"), str):
        raise SlackError("invalid_arguments", "[ERROR] missing required field: status")
    context.workspace.sessions.set_line(place.id, thread_ts, args.text("status"), _loading_messages(args))
    return {}


def _loading_messages(args: Arguments) -> tuple[str, ...]:
    raw = args.structure("loading_messages", "invalid_arguments") or []
    if not isinstance(raw, list):
        raise SlackError("invalid_arguments", "[ERROR] must be an array [json-pointer:/loading_messages]")
    texts = tuple(item for item in raw if isinstance(item, str))
    fits = all(1 <= len(text) <= LOADING_CHARACTERS for text in texts)
    if len(texts) != len(raw) or len(texts) > MAX_LOADING_MESSAGES or not fits:
        raise SlackError("invalid_arguments", "[ERROR] at most 10 loading_messages of 1 to 50 characters")
    return texts


def _set_title(context: Context, args: Arguments) -> JsonObject:
    place, thread_ts = _thread(context, args)
    sessions = context.workspace.sessions
    sessions.set(place.id, thread_ts, sessions.current(place.id, thread_ts), args.required("title"))
    return {}


def _set_prompts(context: Context, args: Arguments) -> JsonObject:
    place = member_channel(context, args, "channel_id")
    if not context.workspace.is_agent:
        raise SlackError("not_agent_app")
    if place.kind != "im":
        raise SlackError("channel_type_not_supported")
    prompts = args.objects("prompts", "invalid_arguments")
    if not 1 <= len(prompts) <= MAX_PROMPTS or not all(
        prompt.get("title") and prompt.get("message") for prompt in prompts
    ):
        raise SlackError("invalid_arguments", "[ERROR] one to four prompts, each with title and message")
    context.workspace.sessions.prompts[place.id] = prompts
    context.workspace.note("session", place.id, args.text("thread_ts"))
    return {}


METHODS: dict[str, Method] = {
    "assistant.threads.setStatus": _set_status,
    "assistant.threads.setTitle": _set_title,
    "assistant.threads.setSuggestedPrompts": _set_prompts,
}
