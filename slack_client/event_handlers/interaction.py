"""What people do that Slack delivers once only: a command, a shortcut, a click, a submitted form. Typed at the edge."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from enum import Enum

Json = Mapping[str, object]


class Kind(Enum):
    """What was done."""

    COMMAND = "command"
    SHORTCUT = "shortcut"
    CLICK = "click"
    SUBMISSION = "submission"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class View:
    """The window something was done in. `values` are what its fields hold, by block id: text, option's value, or "".

    `metadata` is what we gave the window to keep.
    """

    id: str
    hash: str
    callback_id: str
    metadata: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Interaction:
    """One thing a person did. `name` is the command, callback id or action id; fields that do not apply are empty.

    `value` is a button's value, a choice's value, or the text behind a command. `message_ts` is the message it was done
    to, `thread_ts` that message's thread. `own`: that message is the bot's. `ts` is the platform's time of it.
    `outsider`: the person belongs to another organisation.
    """

    kind: Kind
    name: str
    team: str
    person: str
    channel: str = ""
    thread_ts: str = ""
    message_ts: str = ""
    own: bool = False
    trigger: str = ""
    value: str = ""
    ts: str = ""
    view: View | None = None
    outsider: bool = False


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What Slack is answered at once (`payload`, for submissions), and what is done afterwards."""

    payload: Json | None = None
    follow_up: Coroutine[object, object, None] | None = None


Handler = Callable[[Interaction], Awaitable[Acknowledgement]]
"""Never waits for Slack, nor for the store longer than a submission's answer needs."""
