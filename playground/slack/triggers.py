"""Trigger ids: the right to open one window for a person who has just done something."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.slack.wire import SlackError

if TYPE_CHECKING:
    from playground.slack.workspace import Workspace

KEPT = 10_000


@dataclass(slots=True)
class _Trigger:
    """Whose it is, and until when (`time.monotonic`) it may be used."""

    user: str
    expires: float
    used: bool = False


class Triggers:
    """Hands trigger ids out and takes each of them back once."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._given: dict[str, _Trigger] = {}

    def give(self, user: str) -> str:
        """A trigger id for a person."""
        trigger_id = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        expires = self._workspace.clock.monotonic() + self._workspace.faults.trigger_lifetime
        if len(self._given) >= KEPT:
            del self._given[next(iter(self._given))]
        self._given[trigger_id] = _Trigger(user, expires)
        return trigger_id

    def person(self, trigger_id: str) -> str:
        """The id of the person it was given out for; refuses one that is unknown, used, or too old."""
        trigger = self._given.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if trigger.expires <= self._workspace.clock.monotonic():
            raise SlackError("expired_trigger_id")
        return trigger.user

    def spend(self, trigger_id: str) -> None:
        """Use one up that was good just now."""
        self._given[trigger_id].used = True
