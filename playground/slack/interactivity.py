"""What people do with the app beside writing: commands, shortcuts, buttons, forms."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from playground.slack.delivering import Deliver
from playground.slack.fields import FIELDS, Element, filled, find
from playground.slack.forms import Forms
from playground.slack.homes import Homes
from playground.slack.interaction_shapes import (
    action,
    channel_part,
    command_payload,
    interaction,
    message_part,
    shortcut_part,
)
from playground.slack.json_parts import part, word
from playground.slack.notes import Notes
from playground.slack.records import Channel, Person
from playground.slack.responses import Responses
from playground.slack.shown_messages import ShownMessages, blocks_of
from playground.slack.triggers import Triggers
from playground.slack.views import Views
from playground.slack.wire import Json, SlackError

if TYPE_CHECKING:
    from playground.slack.workspace import Workspace


class Interactivity:
    """Every deed is told to the app once, and returns the trigger id that goes with it. People are ids or names."""

    def __init__(self, workspace: "Workspace", deliver: Deliver) -> None:
        self.triggers = Triggers(workspace)
        self.responses = Responses(workspace)
        self.notes = Notes(workspace)
        self.messages = ShownMessages(workspace)
        self.views = Views(workspace)
        self.homes = Homes(workspace)
        self._forms = Forms(workspace, self.views, self.triggers, deliver)
        self._workspace = workspace
        self._deliver = deliver

    # -- in channels -------------------------------------------------------------------------------------------------

    def command(self, user: str, channel: str, command: str, text: str = "") -> str:
        """A slash command. There are none inside threads, so there is no thread to name."""
        person, place = self._in(user, channel)
        if command not in {known.name for known in self._workspace.commands}:
            raise SlackError("command_not_found")
        trigger_id = self.triggers.give(person.id)
        payload = command_payload(self._workspace, person, place, command, text) | {
            "response_url": self.responses.give(place.id, person.id),
            "trigger_id": trigger_id,
        }

        def heard(acknowledged: bool, answer: Json) -> None:
            if not acknowledged:
                self.notes.say(place.id, person.id, f'{command} failed with the error "operation_timeout"')
            elif isinstance(answer, dict):
                self.responses.acknowledged(place.id, person.id, answer)

        self._deliver(payload, "slash_commands", accepts_response=True, heard=heard)
        return trigger_id

    def message_shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> str:
        """An entry of a message's menu."""
        person, place = self._in(user, channel)
        if callback_id not in {known.callback_id for known in self._workspace.shortcuts}:
            raise SlackError("shortcut_not_found")
        message = self._workspace.message(place.id, ts)
        trigger_id = self.triggers.give(person.id)
        payload = (
            interaction(self._workspace, person, "message_action")
            | channel_part(place)
            | shortcut_part(self._workspace, message, callback_id)
            | {"trigger_id": trigger_id, "response_url": self.responses.give(place.id, person.id, ts)}
        )
        self._deliver(payload, "interactive")
        return trigger_id

    def click(self, user: str, channel: str, ts: str, action_id: str, value: str | None = None) -> str:
        """A button, a feedback button (a thumb up unless `value` is the other one's), or a choice in a message.

        A `value` is sent as it is, whatever the button has. A deleted message may still be clicked.
        """
        person, place = self._in(user, channel)
        shown = self.messages.find(place, ts, person.id)
        element = find(blocks_of(shown), action_id)
        sent = _value(element) if value is None else value
        held = filled(element.given, sent, check=False) if element.kind in FIELDS else None
        if element.kind == "feedback_buttons":
            self.messages.vote(person.id, place.id, ts, element.id[1], sent)
        trigger_id = self.triggers.give(person.id)
        payload = (
            interaction(self._workspace, person, "block_actions")
            | channel_part(place)
            | message_part(self._workspace, shown)
            | {
                "trigger_id": trigger_id,
                "response_url": self.responses.give(place.id, person.id, ts),
                "actions": [action(element, self._workspace.timestamps.next(), sent, held)],
            }
        )
        self._deliver(payload, "interactive")
        return trigger_id

    def _in(self, user: str, channel: str) -> tuple[Person, Channel]:
        person, place = self._workspace.person(user), self._workspace.channel(channel)
        if person.id not in place.members:
            raise SlackError("not_in_channel")
        return person, place

    # -- in windows --------------------------------------------------------------------------------------------------

    def click_view(self, user: str, view_id: str, action_id: str, value: Json = None) -> str:
        """A button or a field that tells at once, in a modal or the home tab.

        A button's `value` is sent as it is; a field takes it first, be it on offer or not.
        """
        return self._forms.click(self._workspace.person(user), view_id, action_id, value)

    def fill(self, user: str, view_id: str, values: Mapping[str, Json], *, check: bool = True) -> None:
        """Type and choose: texts, values of options, or lists of those, by action id or block id.

        Without `check` values that are not on offer are taken too.
        """
        self._forms.fill(self._workspace.person(user), view_id, values, check=check)

    def submit(self, user: str, view_id: str, *, check: bool = True) -> bool:
        """Send a modal's form. False where the window itself refuses, with lines under its fields.

        Without `check` it goes as it is.
        """
        return self._forms.submit(self._workspace.person(user), view_id, check=check)

    def close(self, user: str, view_id: str) -> None:
        """Close a modal, and those above it."""
        self._forms.close(self._workspace.person(user), view_id)


def _value(element: Element) -> str:
    """What a button is worth by itself."""
    if element.kind == "feedback_buttons":
        return word(part(element.given, "positive_button"), "value")
    return word(element.given, "value")
