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
LINE = "assistant.threads.setStatus"
_FACT = "agent_surface"
_REMEMBERED_SECONDS = 86_400
_SHOW_SECONDS = 5.0
_CLEAR_PATIENCE = 120.0
_DEFAULT_LINE = "is thinking…"

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
        self._line_shown = False

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
        """A stream sets its thread's session to work by itself, whether that was shown before or not."""
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
        if stream_ended:
            self._session_closed()
        elif self._session_open:
            with suppress(SlackFailure):
                await self._api.call_surely(
                    SESSION, {**self._place, "status": "active"}, patience=_CLEAR_PATIENCE, repeatable=True
                )
            self._session_closed()
        if self._line_shown and not (message_posted or stream_ended):
            with suppress(SlackFailure):
                await self._api.call_surely(
                    LINE, {**self._place, "status": ""}, patience=_CLEAR_PATIENCE, repeatable=True
                )
        self._line_shown = False
