"""The workspace's records as Slack writes them in JSON."""

from collections.abc import Sequence

from playground.slack.directory import Identity
from playground.slack.file_shapes import file_shape
from playground.slack.records import Channel, Message, Person
from playground.slack.wire import JsonObject


def message_shape(identity: Identity, message: Message, *, metadata: bool = False) -> JsonObject:
    """A message by itself, without what it knows of its thread's replies."""
    shape: JsonObject = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": identity.team_id,
    }
    if message.bot_id is not None:
        shape |= {"bot_id": message.bot_id, "app_id": identity.app_id}
    for name in ("thread_ts", "subtype", "client_msg_id", "blocks", "attachments"):
        if (value := getattr(message, name)) is not None:
            shape[name] = value
    if message.files:
        shape["files"] = [file_shape(file) for file in message.files]
    if message.edited is not None:
        shape["edited"] = {"user": message.user, "ts": message.edited}
    if message.reactions:
        shape["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
        ]
    if metadata and message.metadata is not None:
        shape["metadata"] = message.metadata
    return shape


def threaded_shape(identity: Identity, channel: Channel, message: Message, *, metadata: bool) -> JsonObject:
    """A message as conversations.history and conversations.replies give it."""
    shape = message_shape(identity, message, metadata=metadata)
    thread = channel.threads.get(message.root_ts, [])
    if message.is_reply and thread:
        shape["parent_user_id"] = thread[0].user
    elif len(thread) > 1:
        shape |= _replies(thread)
    return shape


def _replies(thread: Sequence[Message]) -> JsonObject:
    users = list(dict.fromkeys(reply.user for reply in thread[1:]))
    return {
        "thread_ts": thread[0].ts,
        "reply_count": len(thread) - 1,
        "reply_users_count": len(users),
        "reply_users": users,
        "latest_reply": thread[-1].ts,
        "is_locked": False,
        "subscribed": True,
    }


def person_shape(identity: Identity, person: Person) -> JsonObject:
    """A user object; that of a stranger says less."""
    shape: JsonObject = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "deleted": False,
        "real_name": person.real_name,
        "tz": "Etc/UTC",
        "profile": {"real_name": person.real_name, "display_name": person.name, "team": person.team_id},
        "is_bot": person.is_bot,
        "is_app_user": False,
    }
    if person.is_stranger:
        return shape | {"is_stranger": True}
    return shape | {
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": False,
        "who_can_share_contact_card": "EVERYONE",
    }


def channel_shape(identity: Identity, channel: Channel) -> JsonObject:
    """A conversation object."""
    if channel.kind == "im":
        person = next(member for member in channel.members if member != identity.bot_user_id)
        return {
            "id": channel.id,
            "created": 1_700_000_000,
            "is_im": True,
            "is_archived": channel.is_archived,
            "is_org_shared": False,
            "user": person,
            "context_team_id": identity.team_id,
            "is_open": True,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.kind == "group",
        "created": 1_700_000_000,
        "creator": "U0ADA00001",
        "is_archived": channel.is_archived,
        "is_general": channel.name == "general",
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_member": identity.bot_user_id in channel.members,
        "context_team_id": identity.team_id,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }
