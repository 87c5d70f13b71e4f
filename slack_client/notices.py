"""A small sign beside the answers: the reaction on a waiting message."""

import asyncio
import logging
from dataclasses import dataclass, field

from base_client import MessageKey
from message_processor.small_tasks import SmallTasks
from slack_client.errors import SlackFailure
from slack_client.web_api import WebApi

log = logging.getLogger("threadwell.slack")

WAITING = "hourglass_flowing_sand"
_PATIENCE = 120.0
_WORTH_A_MARK = 0.5
"""Seconds: a shorter wait is over before anybody has seen its sign."""


@dataclass(slots=True, eq=False)
class _Mark:
    """The reaction on one waiting message: `settled` once it was added, or never will be."""

    settled: asyncio.Event = field(default_factory=asyncio.Event)
    added: bool = False


class WaitingMarks:
    """The reaction on messages that wait in line: added only where the wait is long enough to see, then removed."""

    def __init__(self, api: WebApi, tasks: SmallTasks) -> None:
        self._api = api
        self._tasks = tasks
        self._marks: dict[MessageKey, _Mark] = {}

    def set(self, key: MessageKey, waiting: bool) -> None:
        """Show, or show no longer, that the message waits."""
        if waiting and key not in self._marks and self._api.pacing.gate("reactions.add").room > 0:
            mark = _Mark()
            if self._tasks.start(self._add(key, mark), "mark waiting"):
                self._marks[key] = mark
        elif not waiting and (mark_before := self._marks.pop(key, None)) is not None:
            self._tasks.start(self._remove(key, mark_before), "unmark waiting")

    async def _add(self, key: MessageKey, mark: _Mark) -> None:
        try:
            await asyncio.sleep(_WORTH_A_MARK)
            if self._marks.get(key) is mark:
                mark.added = True  # already now: a call whose answer is lost may have been carried out
                await self._react("reactions.add", key)
        finally:
            mark.settled.set()

    async def _remove(self, key: MessageKey, mark: _Mark) -> None:
        await mark.settled.wait()
        if mark.added:
            await self._react("reactions.remove", key)

    async def _react(self, method: str, key: MessageKey) -> None:
        try:
            await self._api.call_surely(
                method,
                {"channel": key.channel, "timestamp": key.ts, "name": WAITING},
                patience=_PATIENCE,
                repeatable=True,
            )
        except SlackFailure as failure:
            log.info("reaction_failed", extra={"method": method, "reason": failure.reason})
