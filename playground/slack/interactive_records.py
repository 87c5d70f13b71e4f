"""What people see and use beside messages: modals, the home tab, and the commands and shortcuts the app registered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from playground.slack.wire import JsonObject

ViewKind = Literal["modal", "home"]
FieldId = tuple[str, str]
"""Block id and action id."""


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command."""

    name: str
    description: str
    usage_hint: str = ""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry of the menu that every message has."""

    callback_id: str
    name: str


@dataclass(slots=True, eq=False)
class View:
    """A modal or a home tab. `title`, `submit` and `close` are the bare words; empty: there is none.

    `errors` are lines under fields by block id, `error` is one line for the whole. `busy`: a submission is on its way.
    """

    id: str
    user: str
    type: ViewKind
    hash: str
    blocks: list[JsonObject]
    title: str = ""
    submit: str = ""
    close: str = ""
    callback_id: str = ""
    external_id: str = ""
    private_metadata: str = ""
    clear_on_close: bool = False
    notify_on_close: bool = False
    root_view_id: str = ""
    previous_view_id: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    busy: bool = False
    held: dict[FieldId, JsonObject] = field(default_factory=dict)
    """What every field holds, in Slack's words, such as `{"type": "plain_text_input", "value": "hello"}`."""

    @property
    def state(self) -> dict[str, JsonObject]:
        """The same by block id and then action id: `state.values` on the wire."""
        values: dict[str, JsonObject] = {}
        for (block_id, action_id), value in self.held.items():
            values.setdefault(block_id, {})[action_id] = value
        return values


def first_commands() -> list[Command]:
    """The commands that the app has unless a test says otherwise."""
    return [Command("/ai-settings", "Settings: model, instructions, language", "[channel]")]


def first_shortcuts() -> list[Shortcut]:
    """The message shortcuts that the app has unless a test says otherwise."""
    return [
        Shortcut("thread_settings", "Thread settings"),
        Shortcut("stop_answer", "Stop"),
        Shortcut("answer_again", "Answer again"),
        Shortcut("summarise_thread", "Summarise this thread"),
    ]
