"""What people see before there is text: the agent session's state, or the thread's status line."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from base_client import ThreadKey
from database import Store, StoreUnavailable
from slack_client.errors import RateLimited, Refused, SlackFailure, Unreachable
from slack_client.web_api import WebApi

log = logging.getLogger("threadwell.slack")

SESSION = "agents.sessions.setStatus"
RENAME = "agents.sessions.rename"
LINE = "assistant.threads.setStatus"
_FACT = "agent_surface"
_REMEMBERED_SECONDS = 86_400
_SHOW_SECONDS = 5.0
_CLEAR_PATIENCE = 120.0
_RENAME_PATIENCE = 60.0
_LONGEST_TITLE = 200
_DEFAULT_LINE = "is thinking…"

_REFRESH = 90.0
"""A status line disappears after two minutes."""

_INTERVAL = 2.0
"""Shortest time between two wordings of the status: a model's commentary comes word by word."""

# What Slack answers to an app that is not declared an agent, or on a plan without agents.
_NOT_AN_AGENT = {
    "access_denied",
    "feature_disabled",
    "feature_not_enabled",
    "method_not_supported",
    "missing_scope",
    "no_permission",
    "not_agent_app",
    "not_allowed_token_type",
    "not_authorized",
    "unknown_method",
}


class AgentSurface:
    """Whether the app is declared an agent: found out by the first status, remembered for a day."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        self.is_agent: bool | None = None
        self.open_sessions = 0

    async def recall(self) -> None:
        """Take over what an earlier process found out."""
        verdict, _, found_at = (await self._store.fact(_FACT) or "").partition("@")
        if verdict and float(found_at) + _REMEMBERED_SECONDS > self._clock():
            self.is_agent = verdict == "agent"

    async def found(self, is_agent: bool) -> None:
        """Remember what Slack's answer says about the app."""
        if self.is_agent is not is_agent:
            self.is_agent = is_agent
            log.info("agent_surface", extra={"agent": is_agent})
            try:
                await self._store.set_fact(_FACT, f"{'agent' if is_agent else 'plain'}@{self._clock():.0f}")
            except StoreUnavailable as failure:
                log.warning("agent_surface_not_recorded", extra={"reason": failure.reason})


class ThreadStatus:
    """The status of one thread while one reply is being made. Showing is best effort; clearing is not."""

    def __init__(self, api: WebApi, surface: AgentSurface, thread: ThreadKey) -> None:
        self._api = api
        self._surface = surface
        self._place = {"channel_id": thread.channel, "thread_ts": thread.thread_ts}
        self._session_open = False
        self._left_open = False
        self._line_shown = False

    def left_open(self) -> None:
        """An earlier process may have shown it, and cannot have ended it: its end is made sure of here."""
        self._left_open = True

    async def show(self, text: str = "") -> bool:
        """Show that work is going on, with `text` where the platform has room for words. True when people see it."""
        try:
            async with asyncio.timeout(_SHOW_SECONDS):
                shown = await self._show_session() if self._surface.is_agent is not False else False
                # A line sets an agent's session to work as well: only where its end has a place already.
                if self._surface.is_agent is False or (text and self._session_open):
                    shown = await self._show_line(text or _DEFAULT_LINE) or shown
                return shown
        except (SlackFailure, TimeoutError):
            return False

    async def _show_session(self) -> bool:
        if self._session_open:
            return True
        # A session that is begun must be ended: its end takes a call of the same allowance.
        if self._api.pacing.gate(SESSION).room - self._surface.open_sessions < 2:
            return False
        self._open_session()
        try:
            await self._api.call(SESSION, {**self._place, "status": "processing"})
        except (RateLimited, Unreachable):
            self._session_closed()  # nothing was changed, so there is nothing to end
            raise
        except Refused as refusal:
            self._session_closed()
            if refusal.reason not in _NOT_AN_AGENT:
                raise
            await self._surface.found(False)
            return False
        await self._surface.found(True)
        return True

    async def _show_line(self, text: str) -> bool:
        if self._api.pacing.gate(LINE).room <= 0:
            return False
        self._line_shown = True  # already now: a call that is cut off may have been carried out
        await self._api.call(LINE, {**self._place, "status": text[:100]})
        return True

    def stream_began(self) -> None:
        """A stream sets its thread's session to work by itself and ends the line, whether they were shown or not."""
        self._line_shown = False
        if self._surface.is_agent is not False:
            self._open_session()

    def _open_session(self) -> None:
        if not self._session_open:
            self._session_open = True
            self._surface.open_sessions += 1

    def _session_closed(self) -> None:
        if self._session_open:
            self._session_open = False
            self._surface.open_sessions -= 1

    async def clear(self, *, stream_ended: bool, message_posted: bool) -> None:
        """End the status. Slack itself does so when a stream is stopped, and a posted message ends the status line."""
        open_session = self._session_open or (self._left_open and self._surface.is_agent is not False)
        open_line = self._line_shown or (self._left_open and self._surface.is_agent is False)
        if stream_ended:
            self._session_closed()
        elif open_session:
            with suppress(SlackFailure):
                await self._api.call_surely(
                    SESSION, {**self._place, "status": "active"}, patience=_CLEAR_PATIENCE, repeatable=True
                )
            self._session_closed()
        if open_line and not (message_posted or stream_ended):
            with suppress(SlackFailure):
                await self._api.call_surely(
                    LINE, {**self._place, "status": ""}, patience=_CLEAR_PATIENCE, repeatable=True
                )
        self._line_shown = self._left_open = False


async def rename_session(api: WebApi, surface: AgentSurface, thread: ThreadKey, title: str) -> bool:
    """Give a thread's session a title; false where the app has no sessions. SlackFailure."""
    if surface.is_agent is False:
        return False
    arguments = {"channel_id": thread.channel, "thread_ts": thread.thread_ts, "title": title[:_LONGEST_TITLE]}
    try:
        await api.call_surely(RENAME, arguments, patience=_RENAME_PATIENCE, repeatable=True)
    except Refused as refusal:
        if refusal.reason in _NOT_AN_AGENT:
            return False
        raise
    return True


class PacedStatus:
    """The status of one reply: the newest words, at a pace that people can read, and again before they disappear."""

    def __init__(self, status: ThreadStatus, clock: Callable[[], float]) -> None:
        self._status = status
        self._clock = clock
        self._shown: str | None = None
        self._at = clock()
        self.words = ""

    @property
    def due(self) -> float:
        """When it is to be shown next, by the clock."""
        if self._shown == self.words:
            return self._at + _REFRESH
        return self._at + (_INTERVAL if self._shown else 0.0)

    async def show(self) -> bool:
        """Show it where that is due; true when people see it."""
        if self._clock() < self.due:
            return False
        self._at, self._shown = self._clock(), self.words
        return await self._status.show(self.words)
