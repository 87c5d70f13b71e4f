"""Messages that one person alone sees."""

from dataclasses import replace
from typing import TYPE_CHECKING

from playground.slack.records import Ephemeral
from playground.slack.wire import Json

if TYPE_CHECKING:
    from playground.slack.workspace import Workspace


class Notes:
    """Keeps them in the workspace's list."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace

    def add(self, note: Ephemeral) -> None:
        """Show a note."""
        self._workspace.ephemerals.append(note)
        self._tell(note)

    def say(self, channel: str, user: str, text: str, blocks: Json = None, thread_ts: str | None = None) -> None:
        """Show a note with these words."""
        self.add(Ephemeral(channel, self._workspace.timestamps.next(), user, text, thread_ts, blocks or None))

    def find(self, channel: str, ts: str, user: str) -> Ephemeral | None:
        """The note a person sees at a place."""
        wanted = (channel, ts, user)
        return next((one for one in self._workspace.ephemerals if (one.channel, one.ts, one.user) == wanted), None)

    def rewrite(self, note: Ephemeral, text: str, blocks: Json) -> None:
        """Other words in a note's place."""
        notes = self._workspace.ephemerals
        if note in notes:
            notes[notes.index(note)] = replace(note, text=text, blocks=blocks or None)
            self._tell(note)

    def remove(self, note: Ephemeral) -> None:
        """Take a note away."""
        if note in self._workspace.ephemerals:
            self._workspace.ephemerals.remove(note)
            self._tell(note)

    def _tell(self, note: Ephemeral) -> None:
        self._workspace.note("ephemeral", note.channel, note.thread_ts or "", note.ts)
