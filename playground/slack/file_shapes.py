"""Files as Slack writes them in JSON."""

from collections.abc import Iterable

from playground.slack.files import File
from playground.slack.records import Channel, Message
from playground.slack.wire import JsonObject

_SHARE_LISTS = {"channel": "channels", "group": "groups", "im": "ims"}


def file_shape(file: File) -> JsonObject:
    """A file object; of one that the app does not get to see, only that it is there."""
    if file.is_gone:
        return {"id": file.id, "mode": "tombstone"}
    if file.mode == "hidden_by_limit":
        return {"id": file.id, "created": file.created, "timestamp": file.created, "mode": "hidden_by_limit"}
    if file.file_access != "visible":
        return {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "user": file.user,
            "mode": "file_access",
            "file_access": file.file_access,
        }
    return full_shape(file)


def full_shape(file: File) -> JsonObject:
    """A file object with everything that is known about the file itself."""
    mimetype, filetype, pretty = file.kind
    external = file.mode == "external"
    shape: JsonObject = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": mimetype,
        "filetype": filetype,
        "pretty_type": pretty,
        "user": file.user,
        "user_team": file.team_id,
        "editable": file.is_text and not external,
        "size": file.size,
        "mode": "snippet" if file.mode == "hosted" and file.is_text else file.mode,
        "is_external": external,
        "external_type": "gdrive" if external else "",
        "is_public": True,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "permalink": f"{file.address}files/{file.user}/{file.id}/{file.path_name}",
        "is_starred": False,
        "has_rich_preview": False,
        "file_access": "visible",
    }
    if file.alt_txt:
        shape["alt_txt"] = file.alt_txt
    return shape | _addresses(file)


def _addresses(file: File) -> JsonObject:
    if file.mode == "external":
        return {"url_private": f"https://files.example.com/{file.id}/{file.path_name}"}
    base = f"{file.address}files-pri/{file.team_id}-{file.id}/"
    return {"url_private": base + file.path_name, "url_private_download": f"{base}download/{file.path_name}"}


def shared_shape(file: File, shares: Iterable[tuple[Channel, Message]]) -> JsonObject:
    """A file object as files.info gives it, with the messages that hold it."""
    lists: dict[str, list[str]] = {name: [] for name in _SHARE_LISTS.values()}
    found: dict[str, dict[str, list[JsonObject]]] = {}
    for channel, message in shares:
        names = lists[_SHARE_LISTS[channel.kind]]
        if channel.id not in names:
            names.append(channel.id)
        reach = found.setdefault("public" if channel.kind == "channel" else "private", {})
        reach.setdefault(channel.id, []).append(_share(file, channel, message))
    is_public = "public" in found
    return full_shape(file) | {"is_public": is_public, **lists, "shares": found}


def _share(file: File, channel: Channel, message: Message) -> JsonObject:
    replies = channel.threads.get(message.ts, [])[1:]
    users = list(dict.fromkeys(reply.user for reply in replies))
    share: JsonObject = {
        "reply_users": users,
        "reply_users_count": len(users),
        "reply_count": len(replies),
        "ts": message.ts,
        "channel_name": channel.name,
        "team_id": file.team_id,
        "share_user_id": message.user,
    }
    return share | ({"thread_ts": message.thread_ts} if message.thread_ts is not None else {})
