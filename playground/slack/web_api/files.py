"""Files: uploading in three steps, looking, deleting."""

from collections.abc import Sequence

from playground.slack.arguments import Arguments
from playground.slack.content import POST_CHARACTERS
from playground.slack.file_shapes import shared_shape
from playground.slack.files import LARGEST_FILE, File
from playground.slack.records import Channel, Message
from playground.slack.web_api.context import Context, Method, bot_is_in, member_channel
from playground.slack.wire import JsonObject, SlackError

ALT_CHARACTERS = 1_000


def _get_upload_url(context: Context, args: Arguments) -> JsonObject:
    name, alt_txt = args.required("filename"), args.text("alt_txt")
    length = _length(args)
    if len(alt_txt) > ALT_CHARACTERS:
        raise SlackError("alt_txt_too_large")
    if length > LARGEST_FILE:
        raise SlackError("file_upload_size_restricted")
    filing = context.workspace.filing
    file = filing.reserve(context.workspace.identity.bot_user_id, name, length, alt_txt)
    return {"upload_url": f"{filing.address}upload/v1/{file.ticket}", "file_id": file.id}


def _length(args: Arguments) -> int:
    given = args.text("length")
    if not given.isascii() or not given.isdecimal() or len(given) > 18:
        raise SlackError("invalid_arguments", "[ERROR] must be an integer [json-pointer:/length]")
    if not (length := int(given)):
        raise SlackError("missing_argument")
    return length


def _complete_upload(context: Context, args: Arguments) -> JsonObject:
    """All the files together make one message in each channel; without a channel they stay private."""
    files = [_uploaded(context, given) for given in args.objects("files", "invalid_arguments")]
    if not files or len(set(files)) != len(files):
        raise SlackError("invalid_arguments", "[ERROR] one file at least, and none twice [json-pointer:/files]")
    channels = _channels(context, args)
    thread_ts = args.ts("thread_ts", "invalid_thread_ts")
    if thread_ts is not None and len(channels) != 1:
        raise SlackError("invalid_arguments", "[ERROR] a thread needs exactly one channel")
    for channel in channels:
        context.workspace.check_writable(channel, context.workspace.identity.bot_user_id)
        if thread_ts is not None:
            context.workspace.check_thread(channel, thread_ts)
    for file, given in zip(files, args.objects("files", "invalid_arguments"), strict=True):
        file.title = Arguments(given).text("title") or file.title
        context.workspace.filing.complete(file)
    for channel in channels:
        _share(context, channel, files, args.text("initial_comment"), thread_ts)
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def _uploaded(context: Context, given: JsonObject) -> File:
    """A file of the app whose bytes have come, and which is nowhere yet."""
    file_id = Arguments(given).required("id")
    file = context.workspace.filing.known.get(file_id)
    if file is None or file.user != context.workspace.identity.bot_user_id:
        raise SlackError("file_not_found")
    if file.is_gone:
        raise SlackError("file_deleted")
    if file.completed:
        raise SlackError("invalid_arguments", f"[ERROR] the upload of {file.id} was completed before")
    if file.data is None:
        raise SlackError("invalid_arguments", f"[ERROR] the bytes of {file.id} have not come")
    return file


def _channels(context: Context, args: Arguments) -> list[Channel]:
    names = [args.text("channel_id"), *args.text("channels").split(",")]
    wanted = dict.fromkeys(name.strip() for name in names if name.strip())
    return [member_channel(context, Arguments({"channel": name})) for name in wanted]


def _share(context: Context, channel: Channel, files: Sequence[File], text: str, thread_ts: str | None) -> None:
    workspace = context.workspace
    message = Message(
        channel.id,
        workspace.timestamps.next(),
        workspace.identity.bot_user_id,
        text[:POST_CHARACTERS],
        thread_ts,
        "file_share",
        workspace.identity.bot_id,
        files=tuple(files),
    )
    workspace.add(message)


def _info(context: Context, args: Arguments) -> JsonObject:
    file = _seen(context, args)
    if file.is_gone:
        raise SlackError("file_deleted")
    if file.file_access == "access_denied":
        raise SlackError("access_denied")
    shares = [share for share in context.workspace.filing.shares(file) if bot_is_in(context, share[0])]
    return {"file": shared_shape(file, shares), "comments": [], "response_metadata": {"next_cursor": ""}}


def _delete(context: Context, args: Arguments) -> JsonObject:
    file = _seen(context, args)
    context.workspace.filing.delete(context.workspace.identity.bot_user_id, file.id)
    return {}


def _seen(context: Context, args: Arguments) -> File:
    """A file of the app, or one that was sent where the app is."""
    file = context.workspace.filing.file(args.required("file"))
    places = [context.workspace.channels[channel] for channel, _ in file.places]
    if file.user != context.workspace.identity.bot_user_id and not any(bot_is_in(context, place) for place in places):
        raise SlackError("file_not_found")
    return file


METHODS: dict[str, Method] = {
    "files.getUploadURLExternal": _get_upload_url,
    "files.completeUploadExternal": _complete_upload,
    "files.info": _info,
    "files.delete": _delete,
}
