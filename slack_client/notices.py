"""Small signs beside the answers: the reaction on a waiting message, and a thread's one "busy" line."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

from base_client import MessageKey, ThreadKey
from config import Timings
from slack_client.errors import SlackFailure
from slack_client.messaging import NOTICE_EVENT
from slack_client.web_api import WebApi

log = logging.getLogger("threadwell.slack")

WAITING = "hourglass_flowing_sand"
_PATIENCE = 120.0
_WORTH_A_MARK = 0.5
"""Seconds: a shorter wait is over before anybody has seen its sign."""
_LIMIT = 500
"""Most of these small tasks at once: signs are best effort, memory is not."""


class SmallTasks:
    """Owns best-effort tasks: bounded in number, their failures logged, cancelled at the end."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[object, object, None], name: str) -> bool:
        """Run `work` beside everything else; false (and nothing run) when too many run already."""
        if len(self._tasks) >= _LIMIT:
            work.close()
            return False
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return True

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("small_task_crashed", extra={"task": task.get_name()}, exc_info=error)

    async def close(self) -> None:
        """Cancel what runs and wait for it."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5.0)


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


@dataclass(slots=True)
class _Series:
    """One busy line: how many messages it stands for, and how many it already names."""

    refused: int = 0
    shown: int = 0
    ts: str = ""
    at_work: bool = False


class BusyLines:
    """Tells a thread that messages did not fit its line: one line per series, updated, never a flood."""

    def __init__(self, api: WebApi, tasks: SmallTasks, timings: Timings, wording: Callable[[int], str]) -> None:
        self._api = api
        self._tasks = tasks
        self._timings = timings
        self._wording = wording
        self._series: dict[ThreadKey, _Series] = {}

    def add(self, thread: ThreadKey) -> None:
        """One more message was refused."""
        series = self._series.setdefault(thread, _Series())
        series.refused += 1
        if not series.at_work:
            series.at_work = self._tasks.start(self._show(thread, series), "busy line")

    def over(self, thread: ThreadKey) -> None:
        """The line moved on; a task at work still brings its own series to the end."""
        self._series.pop(thread, None)

    async def _show(self, thread: ThreadKey, series: _Series) -> None:
        try:
            while series.shown < series.refused:
                showing = series.refused
                await self._write(thread, series, self._wording(showing))
                series.shown = showing
                await asyncio.sleep(self._timings.busy_update)
        except SlackFailure as failure:
            log.error("busy_line_failed", extra={"lane": str(thread), "reason": failure.reason})
        finally:
            series.at_work = False

    async def _write(self, thread: ThreadKey, series: _Series, text: str) -> None:
        if series.ts:
            arguments: dict[str, object] = {"channel": thread.channel, "ts": series.ts, "text": text}
            await self._api.call_surely("chat.update", arguments, patience=_PATIENCE, repeatable=True)
            return
        arguments = {
            "channel": thread.channel,
            "thread_ts": thread.thread_ts,
            "text": text,
            "metadata": {"event_type": NOTICE_EVENT, "event_payload": {"kind": "busy"}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        # Said twice after a lost answer is better than not said at all.
        answer = await self._api.call_surely("chat.postMessage", arguments, patience=_PATIENCE, repeatable=True)
        series.ts = str(answer.get("ts", ""))
