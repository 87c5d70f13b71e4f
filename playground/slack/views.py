"""Modals and home tabs: what the app opens, changes and closes."""

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from playground.slack.clock import new_id
from playground.slack.fields import held_by
from playground.slack.interactive_records import View, ViewKind
from playground.slack.json_parts import parts, word, words_of
from playground.slack.named_blocks import named
from playground.slack.view_checks import check_view
from playground.slack.wire import Json, JsonObject, SlackError

if TYPE_CHECKING:
    from playground.slack.workspace import Workspace

DEEPEST = 3
"""Modals one above the other."""


class Views:
    """The open modals of each person, one above the other, and their home tabs by person id."""

    def __init__(self, workspace: "Workspace") -> None:
        self.homes: dict[str, View] = {}
        self._workspace = workspace
        self._stacks: dict[str, list[View]] = {}

    # -- looking -----------------------------------------------------------------------------------------------------

    def of(self, user: str) -> list[View]:
        """A person's open modals, the one on top last."""
        return list(self._stacks.get(user, ()))

    def find(self, view_id: str = "", external_id: str = "") -> View:
        """A modal that is open, or a home tab."""
        for view in (*(view for stack in self._stacks.values() for view in stack), *self.homes.values()):
            if (view_id and view.id == view_id) or (external_id and view.external_id == external_id):
                return view
        raise SlackError("not_found")

    def seen_by(self, user: str, view_id: str) -> View:
        """The same, as this person has it before their eyes."""
        view = self.find(view_id)
        if view.user != user:
            raise SlackError("not_found")
        return view

    # -- what the app does -------------------------------------------------------------------------------------------

    def open(self, user: str, given: JsonObject) -> View:
        """A modal alone; those that were open go."""
        check_view(given, "modal")
        self._check_external_id(given)
        return self._put(user, given, [])

    def push(self, user: str, given: JsonObject) -> View:
        """A modal above those that are open, of which there has to be one."""
        check_view(given, "modal")
        self._check_external_id(given)
        stack = self.of(user)
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= DEEPEST:
            raise SlackError("push_limit_reached")
        return self._put(user, given, stack)

    def _put(self, user: str, given: JsonObject, below: list[View]) -> View:
        view = self._made(user, "modal", given)
        view.root_view_id = below[0].id if below else view.id
        view.previous_view_id = below[-1].id if below else None
        self._stacks[user] = [*below, view]
        self._workspace.note("view", user)
        return view

    def update(self, view: View, given: JsonObject, expected_hash: str = "") -> View:
        """Other content for a view; fields whose block id and action id both stay keep what was typed."""
        check_view(given, view.type)
        self._check_external_id(given, view)
        if expected_hash not in ("", view.hash):
            raise SlackError("hash_conflict")
        self._fill(view, given)
        self._workspace.note("home" if view.type == "home" else "view", view.user)
        return view

    def publish(self, user: str, given: JsonObject, expected_hash: str = "") -> View:
        """A person's home tab."""
        if (view := self.homes.get(user)) is not None:
            return self.update(view, given, expected_hash)
        check_view(given, "home")
        self._check_external_id(given)
        view = self.homes[user] = self._made(user, "home", given)
        view.root_view_id = view.id
        self._workspace.note("home", user)
        return view

    def _check_external_id(self, given: JsonObject, own: View | None = None) -> None:
        if not (external_id := word(given, "external_id")):
            return
        try:
            taken = self.find(external_id=external_id)
        except SlackError:
            return
        if taken is not own:
            raise SlackError("duplicate_external_id")

    def _made(self, user: str, kind: ViewKind, given: JsonObject) -> View:
        view = View(new_id("V"), user, kind, "", [])
        self._fill(view, given)
        return view

    def _fill(self, view: View, given: JsonObject) -> None:
        view.blocks = named(parts(given, "blocks"))
        view.title, view.submit, view.close = (words_of(given, name) for name in ("title", "submit", "close"))
        view.callback_id, view.external_id = word(given, "callback_id"), word(given, "external_id")
        view.private_metadata = word(given, "private_metadata")
        view.clear_on_close = given.get("clear_on_close") is True
        view.notify_on_close = given.get("notify_on_close") is True
        view.hash = f"{int(self._workspace.clock.now())}.{secrets.token_hex(4)}"
        view.errors, view.error = {}, ""
        view.held = held_by(view.blocks, view.held)

    # -- what becomes of a window ------------------------------------------------------------------------------------

    def is_open(self, view: View) -> bool:
        return view in self._stacks.get(view.user, ())

    def close(self, view: View) -> None:
        """A modal goes, and with it those above it."""
        stack = self._stacks.get(view.user, [])
        if view in stack:
            self._stacks[view.user] = stack[: stack.index(view)]
        self._workspace.note("view", view.user)

    def clear(self, user: str) -> None:
        """All modals of a person go."""
        self._stacks.pop(user, None)
        self._workspace.note("view", user)

    def complain(self, view: View, errors: Mapping[str, str], error: str = "") -> None:
        """Show lines under fields by block id, and one for the whole."""
        view.errors, view.error, view.busy = dict(errors), error, False
        self._workspace.note("home" if view.type == "home" else "view", view.user)


def block_ids(blocks: Json) -> set[str]:
    """Ids of the blocks that hold a field of a form."""
    return {word(block, "block_id") for block in parts({"blocks": blocks}, "blocks") if block.get("type") == "input"}
