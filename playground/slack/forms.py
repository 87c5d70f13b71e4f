"""Open windows: filling in, pressing, submitting, closing, and what the app answers to a submission."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from playground.slack.delivering import Deliver
from playground.slack.field_checks import problems
from playground.slack.fields import FIELDS, filled, find, find_field
from playground.slack.interaction_shapes import action, interaction, view_part
from playground.slack.interactive_records import View
from playground.slack.json_parts import part, word
from playground.slack.records import Person
from playground.slack.triggers import Triggers
from playground.slack.view_shapes import view_shape
from playground.slack.views import Views, block_ids
from playground.slack.wire import Json, JsonObject, SlackError

if TYPE_CHECKING:
    from playground.slack.workspace import Workspace

TROUBLE = "We had some trouble connecting. Try again?"


class Forms:
    """What people do in modals and home tabs."""

    def __init__(self, workspace: "Workspace", views: Views, triggers: Triggers, deliver: Deliver) -> None:
        self._workspace = workspace
        self._views = views
        self._triggers = triggers
        self._deliver = deliver

    def fill(self, person: Person, view_id: str, values: Mapping[str, Json], *, check: bool) -> None:
        """See `Interactivity.fill`."""
        view = self._views.seen_by(person.id, view_id)
        for name, value in values.items():
            field = find_field(view.blocks, name)
            view.held[field.id] = filled(field.given, value, check=check)
        self._tell(view)

    def click(self, person: Person, view_id: str, action_id: str, value: Json) -> str:
        """See `Interactivity.click_view`."""
        view = self._views.seen_by(person.id, view_id)
        element = find(view.blocks, action_id)
        if not element.tells:
            raise SlackError("action_not_found")
        held = None
        if element.kind in FIELDS:
            if value is not None:
                view.held[element.id] = filled(element.given, value, check=False)
            held = view.held[element.id]
        sent = word(element.given, "value") if value is None else str(value)
        trigger_id = self._triggers.give(person.id)
        pressed = action(element, self._workspace.timestamps.next(), sent, held)
        payload = interaction(self._workspace, person, "block_actions") | view_part(self._workspace, view)
        payload |= {"trigger_id": trigger_id, "actions": [pressed]}
        self._deliver(payload, "interactive", heard=lambda acknowledged, _: self._pressed(view, acknowledged))
        self._tell(view)
        return trigger_id

    def _pressed(self, view: View, acknowledged: bool) -> None:
        if not acknowledged:
            self._views.complain(view, view.errors, TROUBLE)

    def submit(self, person: Person, view_id: str, *, check: bool) -> bool:
        """See `Interactivity.submit`."""
        view = self._views.seen_by(person.id, view_id)
        if not self._views.is_open(view):
            raise SlackError("not_found")
        if check and (wrong := problems(view)):
            self._views.complain(view, wrong)
            return False
        view.errors, view.error, view.busy = {}, "", True
        payload = interaction(self._workspace, person, "view_submission") | {
            "trigger_id": self._triggers.give(person.id),
            "view": view_shape(self._workspace.identity, view),
            "response_urls": [],
        }
        self._deliver(
            payload,
            "interactive",
            accepts_response=True,
            heard=lambda acknowledged, answer: self._answered(view, acknowledged, answer),
        )
        self._tell(view)
        return True

    def close(self, person: Person, view_id: str) -> None:
        """See `Interactivity.close`."""
        view = self._views.seen_by(person.id, view_id)
        if not self._views.is_open(view):
            raise SlackError("not_found")
        self._views.close(view)
        if view.clear_on_close:
            self._views.clear(person.id)
        if view.notify_on_close:
            payload = interaction(self._workspace, person, "view_closed") | {
                "view": view_shape(self._workspace.identity, view),
                "is_cleared": view.clear_on_close,
            }
            self._deliver(payload, "interactive")

    # -- the app answers a submission --------------------------------------------------------------------------------

    def _answered(self, view: View, acknowledged: bool, answer: Json) -> None:
        view.busy = False
        if not self._views.is_open(view):
            return
        try:
            if not acknowledged:
                raise SlackError("operation_timeout")
            self._obey(view, dict(answer) if isinstance(answer, Mapping) else {})
        except SlackError:
            self._views.complain(view, {}, TROUBLE)

    def _obey(self, view: View, answer: JsonObject) -> None:
        match answer.get("response_action"):
            case None if not answer:
                self._views.close(view)
            case "clear":
                self._views.clear(view.user)
            case "update":
                self._views.update(view, part(answer, "view"))
            case "push":
                self._views.push(view.user, part(answer, "view"))
            case "errors":
                self._views.complain(view, _lines(view, part(answer, "errors")))
            case _:
                raise SlackError("invalid_response")

    def _tell(self, view: View) -> None:
        self._workspace.note("home" if view.type == "home" else "view", view.user)


def _lines(view: View, errors: JsonObject) -> dict[str, str]:
    """Lines by block id, each for a field that is there."""
    lines = {block_id: line for block_id, line in errors.items() if isinstance(line, str) and line}
    if not lines or len(lines) != len(errors) or not lines.keys() <= block_ids(view.blocks):
        raise SlackError("invalid_response")
    return lines
