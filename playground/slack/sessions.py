"""What the bot shows beside its messages: a thread's status line and its agent session."""

from typing import TYPE_CHECKING

from playground.slack.records import Channel, Person, Session, SessionStatus, Status
from playground.slack.wire import JsonObject, SlackError

if TYPE_CHECKING:
    from playground.slack.workspace import Workspace

STATUS_SECONDS = 120.0
PROCESSING_SECONDS = 3_600.0
NO_STATUS = Status("", (), 0.0)


class Sessions:
    """Status lines and agent sessions by (channel id, ts of the thread)."""

    def __init__(self, workspace: "Workspace") -> None:
        self.lines: dict[tuple[str, str], Status] = {}
        self.sessions: dict[tuple[str, str], Session] = {}
        self.prompts: dict[str, list[JsonObject]] = {}
        """Suggested prompts by channel id."""
        self._workspace = workspace

    def line(self, channel: str, thread_ts: str) -> Status:
        """The status line with its loading messages; an empty one when there is none or it has expired."""
        found = self.lines.get((channel, thread_ts), NO_STATUS)
        return found if found.expires > self._workspace.clock.monotonic() else NO_STATUS

    def status_line(self, channel: str, thread_ts: str) -> str:
        return self.line(channel, thread_ts).text

    def set_line(self, channel: str, thread_ts: str, text: str, loading: tuple[str, ...]) -> None:
        """Show a line, or none if `text` is empty. For an agent the session follows."""
        if self._workspace.is_agent:
            self.set(channel, thread_ts, "processing" if text else "active")
        if not text:
            self.clear_line(channel, thread_ts)
            return
        expires = self._workspace.clock.monotonic() + STATUS_SECONDS
        self.lines[channel, thread_ts] = Status(text, loading, expires)
        self._workspace.note("status", channel, thread_ts)

    def clear_line(self, channel: str, thread_ts: str) -> None:
        if self.lines.pop((channel, thread_ts), None) is not None:
            self._workspace.note("status", channel, thread_ts)

    def status_of(self, channel: str, thread_ts: str) -> str:
        """The session's status; empty when there is none."""
        return self.current(channel, thread_ts) if (channel, thread_ts) in self.sessions else ""

    def current(self, channel: str, thread_ts: str) -> SessionStatus:
        """The session's status; a session that is still to be made is active."""
        session = self.sessions.get((channel, thread_ts))
        if session is None:
            return "active"
        if session.status == "processing" and session.expires <= self._workspace.clock.monotonic():
            return "active"
        return session.status

    def title_of(self, channel: str, thread_ts: str) -> str:
        session = self.sessions.get((channel, thread_ts))
        return session.title if session else ""

    def set(self, channel: str, thread_ts: str, status: SessionStatus, title: str | None = None) -> None:
        """Set a session's status, and its title unless that is None; makes the session if there is none."""
        expires = self._workspace.clock.monotonic() + PROCESSING_SECONDS
        session = self.sessions.setdefault((channel, thread_ts), Session(status, "", expires))
        session.status, session.expires = status, expires
        if title is not None:
            session.title = title
        self._workspace.note("session", channel, thread_ts)

    def stop(self, person: Person, channel: Channel, thread_ts: str) -> None:
        """A person presses stop. The session's status stays: leaving `processing` is the app's part."""
        stopped = self._workspace.streams.stop_by_user(channel.id, thread_ts)
        event: JsonObject = {
            "type": "agent_session_stopped",
            "channel": channel.id,
            "thread_ts": thread_ts,
            "user": person.id,
            "streaming_message_ts": [message.ts for message in stopped],
            "event_ts": self._workspace.timestamps.next(),
        }
        self._workspace.events.send("agent_session_stopped", channel, event)

    def rename(self, person: Person, channel: Channel, thread_ts: str, title: str) -> None:
        session = self.sessions.get((channel.id, thread_ts))
        if session is None:
            raise SlackError("session_not_found")
        previous, session.title = session.title, title
        event: JsonObject = {
            "type": "agent_session_title_changed",
            "channel": channel.id,
            "thread_ts": thread_ts,
            "title": title,
            "previous_title": previous,
            "user": person.id,
            "event_ts": self._workspace.timestamps.next(),
        }
        self._workspace.events.send("agent_session_title_changed", channel, event)
        self._workspace.note("session", channel.id, thread_ts)
