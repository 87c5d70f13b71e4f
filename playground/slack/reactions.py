"""Emoji reactions, given and taken back."""

from typing import TYPE_CHECKING

from playground.slack.records import Message, Person
from playground.slack.wire import JsonObject, SlackError

if TYPE_CHECKING:
    from playground.slack.workspace import Workspace


def add_reaction(workspace: "Workspace", person: Person, message: Message, name: str) -> None:
    """Add an emoji of a person."""
    users = message.reactions.setdefault(name, [])
    if person.id in users:
        raise SlackError("already_reacted")
    users.append(person.id)
    _tell(workspace, "reaction_added", person, message, name)


def remove_reaction(workspace: "Workspace", person: Person, message: Message, name: str) -> None:
    """Take an emoji of a person back."""
    if person.id not in message.reactions.get(name, ()):
        raise SlackError("no_reaction")
    message.reactions[name].remove(person.id)
    if not message.reactions[name]:
        del message.reactions[name]
    _tell(workspace, "reaction_removed", person, message, name)


def _tell(workspace: "Workspace", kind: str, person: Person, message: Message, name: str) -> None:
    event: JsonObject = {
        "type": kind,
        "user": person.id,
        "reaction": name,
        "item_user": message.user,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "event_ts": workspace.timestamps.next(),
    }
    workspace.events.send(kind, workspace.channels[message.channel], event)
    workspace.note("reaction", message.channel, message.root_ts, message.ts)
