"""The line that tells a thread of messages that could not be taken: one for each reason, updated, never a flood."""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from base_client import Busy, ThreadKey
from config import Timings
from message_processor.lines import Lines
from message_processor.small_tasks import SmallTasks
from slack_client.errors import SlackFailure
from slack_client.messaging import notice_mark
from slack_client.web_api import WebApi

log = logging.getLogger("threadwell.slack")

_PATIENCE = 120.0
_KEPT = 1_000
"""Lines that may still be updated, and lines that may wait to be shown: the newest ones."""


@dataclass(slots=True, eq=False)
class _Series:
    """One line: how many messages it stands for, and how many it already names, in whose words."""

    thread: ThreadKey
    why: Busy
    lines: Lines
    refused: int = 0
    shown: int = 0
    ts: str = ""
    due: bool = False


class BusyLines:
    """Tells threads what was refused. Whoever floods the bot is told line by line: others write to Slack too."""

    def __init__(self, api: WebApi, tasks: SmallTasks, timings: Timings, lines_for: Callable[[str], Lines]) -> None:
        self._api = api
        self._tasks = tasks
        self._timings = timings
        self._lines_for = lines_for
        self._series: OrderedDict[tuple[ThreadKey, Busy], _Series] = OrderedDict()
        self._due: dict[str, deque[_Series]] = {}
        self._at_work: set[str] = set()

    def add(self, thread: ThreadKey, person: str, why: Busy = Busy.THREAD) -> None:
        """One more message was refused, a person's; a series keeps the language of its first one."""
        series = self._series.get((thread, why))
        if series is None:
            series = self._series[thread, why] = _Series(thread, why, self._lines_for(person))
            if len(self._series) > _KEPT:
                self._series.popitem(last=False)
        series.refused += 1
        owner = str(thread) if why is Busy.THREAD else person
        due = self._due.setdefault(owner, deque(maxlen=_KEPT))
        if not series.due:
            series.due = True
            due.append(series)
        self._show(owner)

    def over(self, thread: ThreadKey) -> None:
        """The thread moved on; a series that is still to be shown is brought to its end all the same."""
        for why in Busy:
            self._series.pop((thread, why), None)

    def _show(self, owner: str) -> None:
        if owner not in self._at_work and self._tasks.start(self._work(owner), "busy lines"):
            self._at_work.add(owner)

    async def _work(self, owner: str) -> None:
        """Show what is due of one owner, one after the other, at a pace that leaves Slack to others."""
        due = self._due[owner]
        try:
            while due:
                series = due.popleft()
                series.due = False
                if series.shown < series.refused:
                    await self._write(series)
                    await asyncio.sleep(self._timings.busy_update)
        finally:
            self._at_work.discard(owner)
            if not due:
                self._due.pop(owner, None)

    async def _write(self, series: _Series) -> None:
        showing, kind = series.refused, "busy"
        text = series.lines.busy(showing, series.why)
        try:
            if series.ts:
                arguments: dict[str, object] = {"channel": series.thread.channel, "ts": series.ts, "text": text}
                await self._api.call_surely("chat.update", arguments, patience=_PATIENCE, repeatable=True)
            else:
                arguments = {
                    "channel": series.thread.channel,
                    "thread_ts": series.thread.thread_ts,
                    "text": text,
                    "metadata": notice_mark(kind),
                    "unfurl_links": False,
                    "unfurl_media": False,
                }
                # Said twice after a lost answer is better than not said at all.
                answer = await self._api.call_surely("chat.postMessage", arguments, patience=_PATIENCE, repeatable=True)
                series.ts = str(answer.get("ts", ""))
        except SlackFailure as failure:
            log.error("busy_line_failed", extra={"lane": str(series.thread), "reason": failure.reason})
        series.shown = showing
