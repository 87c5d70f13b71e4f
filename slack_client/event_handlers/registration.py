"""What happens to every payload before Bolt acknowledges it, the same in both modes.

A handler never sees ack, say or client: a payload goes in, and when it returns the payload may be acknowledged. When it
raises, nothing is acknowledged and Slack delivers again.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, assert_never

from base_client import Deletion, Edit, Message, Observer, ThreadKey
from message_processor.base import MessageProcessor
from slack_client.event_handlers.message_events import Dropped, Unaddressed, read_event
from slack_client.identity import Identity

log = logging.getLogger("threadwell.intake")

BOLT_NAME = "bolt"
"""The app's name within Bolt: it sets the level of the logger of that name, which must not be one of ours."""

LAST_RETRY = 3
"""Slack delivers an event again three times at most."""

Tell = Callable[[ThreadKey], None]
"""Tells a thread, beside everything else, that its last message could not be taken in."""


_INTERACTIVE = frozenset(
    {
        "block_actions",
        "block_suggestion",
        "dialog_cancellation",
        "dialog_submission",
        "dialog_suggestion",
        "interactive_message",
        "message_action",
        "shortcut",
        "view_closed",
        "view_submission",
    }
)


def is_event(body: Mapping[str, object]) -> bool:
    """Whether Slack delivers the payload again until it is acknowledged: all but commands, clicks and submissions."""
    kind = body.get("type")
    return "command" not in body and not (isinstance(kind, str) and kind in _INTERACTIVE)


def retry_number(headers: Mapping[str, Sequence[str]]) -> int:
    """Which redelivery this is; 0 for the first delivery."""
    values = headers.get("x-slack-retry-num") or ["0"]
    return int(values[0]) if str(values[0]).isdigit() else 0


class Intake:
    """Stores events before they are acknowledged, within a deadline."""

    def __init__(
        self, identity: Identity, core: MessageProcessor, observer: Observer, deadline: float, tell: Tell
    ) -> None:
        self._identity = identity
        self._core = core
        self._observer = observer
        self._deadline = deadline
        self._tell = tell

    async def take(self, body: Mapping[str, object], retry: int = 0) -> None:
        """Take in one event; returns when it may be acknowledged, raises when it must come again."""
        incoming = read_event(body, self._identity)
        try:
            async with asyncio.timeout(self._deadline):
                await self._take(incoming, retry)
        except Exception as error:
            # Whatever it is, Slack must not take it for an acknowledgement, and in the end people must know.
            log.error("not_taken_in", extra={"reason": type(error).__name__, "retry": retry})
            self._observer.count("events_not_taken_in")
            if retry >= LAST_RETRY and isinstance(incoming, Message):
                self._tell(incoming.thread)
            raise

    async def _take(self, incoming: Message | Unaddressed | Edit | Deletion | Dropped, retry: int) -> None:
        match incoming:
            case Message():
                await self._receive(incoming, retry)
            case Unaddressed(message):
                if await self._core.takes_part(message.thread):
                    await self._receive(message, retry)
                else:
                    self._observer.count("events_dropped", reason="not_addressed")
            case Edit():
                await self._core.edit(incoming)
            case Deletion():
                await self._core.delete(incoming)
            case Dropped(reason):
                self._observer.count("events_dropped", reason=reason)
            case _:
                assert_never(incoming)

    async def _receive(self, message: Message, retry: int) -> None:
        if not await self._core.receive(message, redelivered=retry > 0):
            self._observer.count("events_dropped", reason="known")


def acknowledge_the_rest(app: Any, listener: Callable[..., Any]) -> None:
    """Bind `listener` to whatever nobody handles, so that people see no error. `app` is Bolt's of either mode."""
    anything = re.compile(".*", re.DOTALL)
    for register in (app.command, app.shortcut, app.action, app.view, app.options):
        register(anything)(listener)
    app.view({"type": "view_closed", "callback_id": anything})(listener)
