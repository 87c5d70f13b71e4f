"""Interactions as they travel in `interactive` and `slash_commands` envelopes."""

from typing import TYPE_CHECKING

from playground.slack.fields import TYPED, Element
from playground.slack.interactive_records import View
from playground.slack.json_parts import word
from playground.slack.records import Channel, Ephemeral, Message, Person
from playground.slack.shapes import message_shape
from playground.slack.view_shapes import view_shape
from playground.slack.wire import JsonObject

if TYPE_CHECKING:
    from playground.slack.workspace import Workspace

_NAMES = {"im": "directmessage", "group": "privategroup"}
"""How Slack names channels that are not public."""


def command_payload(workspace: "Workspace", person: Person, channel: Channel, command: str, text: str) -> JsonObject:
    """A command, without its trigger id and its response address."""
    identity = workspace.identity
    return {
        "token": "playground",
        "team_id": identity.team_id,
        "team_domain": identity.team_domain,
        "channel_id": channel.id,
        "channel_name": _NAMES.get(channel.kind, channel.name),
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": identity.app_id,
        "is_enterprise_install": "false",
    }


def interaction(workspace: "Workspace", person: Person, kind: str) -> JsonObject:
    """What every interaction tells."""
    identity = workspace.identity
    team: JsonObject = {"id": identity.team_id, "domain": identity.team_domain}
    user: JsonObject = {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id}
    return {
        "type": kind,
        "user": user,
        "api_app_id": identity.app_id,
        "token": "playground",
        "team": team,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_part(channel: Channel) -> JsonObject:
    """The channel something happened in."""
    return {"channel": {"id": channel.id, "name": _NAMES.get(channel.kind, channel.name)}}


def shortcut_part(workspace: "Workspace", message: Message, callback_id: str) -> JsonObject:
    """The message a shortcut was used on."""
    return {
        "callback_id": callback_id,
        "message_ts": message.ts,
        "action_ts": workspace.timestamps.next(),
        "message": message_shape(workspace.identity, message),
    }


def message_part(workspace: "Workspace", shown: Message | Ephemeral) -> JsonObject:
    """Where a click happened; of a note Slack tells only where it is."""
    is_note = isinstance(shown, Ephemeral)
    container: JsonObject = {
        "type": "message",
        "message_ts": shown.ts,
        "channel_id": shown.channel,
        "is_ephemeral": is_note,
    }
    if shown.thread_ts is not None:
        container["thread_ts"] = shown.thread_ts
    told: JsonObject = {"container": container, "state": {"values": {}}}
    return told if isinstance(shown, Ephemeral) else told | {"message": message_shape(workspace.identity, shown)}


def view_part(workspace: "Workspace", view: View) -> JsonObject:
    """The window a click happened in."""
    return {"container": {"type": "view", "view_id": view.id}, "view": view_shape(workspace.identity, view)}


def action(element: Element, ts: str, value: str, held: JsonObject | None = None) -> JsonObject:
    """What was pressed or chosen: a button has a `value`, a field what it holds."""
    block_id, action_id = element.id
    shape: JsonObject = {"action_id": action_id, "block_id": block_id, "type": element.kind, "action_ts": ts}
    if held is not None:
        return shape | held
    if element.kind in TYPED or value or word(element.given, "value"):
        shape["value"] = value
    for name in ("text", "style"):
        if name in element.given:
            shape[name] = element.given[name]
    return shape
