"""What a visitor does with the app's commands, shortcuts, buttons and windows, one function each."""

import re
from collections import Counter
from collections.abc import Callable

from playground.page.place import Place
from playground.slack.arguments import Arguments
from playground.slack.fields import elements_of
from playground.slack.json_parts import part
from playground.slack.wire import JsonObject, SlackError
from playground.slack.workspace import Workspace

_COMMAND = re.compile(r"(/[\w-]+)(?:\s+(.*))?", re.DOTALL)


class Interactions:
    """Carries them out in a place. Every refusal is a SlackError."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.known: dict[str, Callable[[Place, Arguments], None]] = {
            "shortcut": self._shortcut,
            "press": self._press,
            "submit-view": self._submit,
            "close-view": self._close,
            "stop": self._stop,
            "rename": self._rename,
        }

    def command(self, place: Place, text: str, *, in_thread: bool) -> bool:
        """Send a text that is a slash command as one; false when it is something else."""
        if (found := _COMMAND.fullmatch(text.strip())) is None:
            return False
        name, rest = found[1], found[2] or ""
        if in_thread:
            raise SlackError("slash commands do not exist in threads")
        if name not in {command.name for command in self._workspace.commands}:
            raise SlackError(f"{name} is not a command of this workspace")
        self._workspace.interactivity.command(place.person.id, place.channel.id, name, rest)
        return True

    def _shortcut(self, place: Place, asked: Arguments) -> None:
        ts, name = asked.required("ts"), asked.required("name")
        self._workspace.interactivity.message_shortcut(place.person.id, place.channel.id, ts, name)

    def _press(self, place: Place, asked: Arguments) -> None:
        """Press or choose something in a window (`view`), or in a message (`ts`)."""
        action = asked.required("action")
        interactivity = self._workspace.interactivity
        if view_id := asked.text("view"):
            self._fill(place, view_id, asked)
            interactivity.click_view(place.person.id, view_id, action, asked.raw.get("value"))
            return
        value = asked.text("value") if "value" in asked.raw else None
        interactivity.click(place.person.id, place.channel.id, asked.required("ts"), action, value)

    def _submit(self, place: Place, asked: Arguments) -> None:
        view_id = asked.required("view")
        self._fill(place, view_id, asked)
        self._workspace.interactivity.submit(place.person.id, view_id)

    def _close(self, place: Place, asked: Arguments) -> None:
        self._workspace.interactivity.close(place.person.id, asked.required("view"))

    def _fill(self, place: Place, view_id: str, asked: Arguments) -> None:
        """What was typed goes first. Fields that the app has taken away in the meantime are left out."""
        view = self._workspace.interactivity.views.seen_by(place.person.id, view_id)
        typed = asked.object("values", "invalid_arguments") or {}
        actions = Counter(element.id[1] for element in elements_of(view.blocks))
        values: JsonObject = {}
        for block_id, action_id in (element.id for element in elements_of(view.blocks)):
            if action_id in (fields := part(typed, block_id)):
                values[action_id if actions[action_id] == 1 else block_id] = fields[action_id]
        if values:
            self._workspace.interactivity.fill(place.person.id, view_id, values)

    def _stop(self, place: Place, asked: Arguments) -> None:
        if place.thread_ts:
            self._workspace.press_stop(place.person.id, place.channel.id, place.thread_ts)

    def _rename(self, place: Place, asked: Arguments) -> None:
        title = asked.required("title")
        self._workspace.rename_session(place.person.id, place.channel.id, place.thread_ts, title)
