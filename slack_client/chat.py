"""Slack as the core uses it: `base_client.ChatClient`, put together from the parts beside this file."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from base_client import DeliveryLog, Message, MessageKey, Observer, Part, PastMessage, Reply, ThreadKey
from config import Timings
from database import Store
from slack_client.delivery import Means, SlackReply
from slack_client.identity import Identity
from slack_client.messaging import Messaging, People
from slack_client.notices import BusyLines, SmallTasks, WaitingMarks
from slack_client.parts import Parts
from slack_client.resume import EarlierMessages
from slack_client.status import AgentSurface, ThreadStatus
from slack_client.web_api import WebApi

log = logging.getLogger("threadwell.delivery")


class SlackChat:
    """Implements `base_client.ChatClient` and owns the tasks that write to Slack."""

    def __init__(
        self,
        api: WebApi,
        identity: Identity,
        store: Store,
        timings: Timings,
        observer: Observer,
        busy_wording: Callable[[int], str],
    ) -> None:
        self._api = api
        self._observer = observer
        self._means = Means(api.pacing, timings, observer)
        self._messaging = Messaging(api, identity)
        self._people = People(api, identity)
        self._surface = AgentSurface(store)
        self._small_tasks = SmallTasks()
        self._marks = WaitingMarks(api, self._small_tasks)
        self._busy = BusyLines(api, self._small_tasks, timings, busy_wording)
        self._writers: set[asyncio.Task[None]] = set()

    async def prepare(self) -> None:
        """Recall what earlier processes found out about the workspace."""
        await self._surface.recall()

    def open_reply(
        self, turn_id: str, question: Message, log: DeliveryLog, earlier: Sequence[Part] | None = None
    ) -> Reply:
        """See `base_client.ChatClient`."""
        resumed = None if earlier is None else EarlierMessages(self._api, self._messaging, question, turn_id, earlier)
        parts = Parts(self._api, self._messaging, question, self._means.timings.delivery_patience)
        status = ThreadStatus(self._api, self._surface, question.thread)
        reply = SlackReply(turn_id, self._means, parts, status, log, resumed)
        self._writers.add(reply.task)
        reply.task.add_done_callback(self._writer_ended)
        return reply

    def _writer_ended(self, task: asyncio.Task[None]) -> None:
        self._writers.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._observer.count("replies_crashed")
            log.error("reply_crashed", extra={"task": task.get_name()}, exc_info=error)

    async def read_thread(self, thread: ThreadKey, after: str | None, before: str) -> Sequence[PastMessage]:
        """See `base_client.ChatClient`."""
        return await self._messaging.past(thread, after, before)

    async def names(self, people: Sequence[str]) -> Mapping[str, str]:
        """See `base_client.ChatClient`."""
        return await self._people.names(people)

    def mark_waiting(self, key: MessageKey, waiting: bool) -> None:
        """See `base_client.ChatClient`."""
        self._marks.set(key, waiting)

    def refuse_busy(self, thread: ThreadKey) -> None:
        """See `base_client.ChatClient`."""
        self._busy.add(thread)

    def busy_over(self, thread: ThreadKey) -> None:
        """See `base_client.ChatClient`."""
        self._busy.over(thread)

    async def close(self) -> None:
        """Cancel what still writes, bounded."""
        await self._small_tasks.close()
        for task in self._writers:
            task.cancel()
        if self._writers:
            await asyncio.wait(self._writers, timeout=5.0)
