"""Slack as the core uses it: `base_client.ChatClient`, put together from the parts beside this file."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from base_client import (
    Busy,
    ChatUnavailable,
    DeliveryLog,
    Earlier,
    FileRef,
    Message,
    MessageKey,
    Observer,
    PastMessage,
    Reply,
    ThreadKey,
    Upload,
)
from config import Timings
from database import Store
from message_processor.lines import Lines
from message_processor.small_tasks import SmallTasks
from message_processor.wording import wording_of
from slack_client.asides import Asides, aside_mark
from slack_client.busy_lines import BusyLines
from slack_client.delivery import Means, SlackReply
from slack_client.errors import SlackFailure
from slack_client.files import SlackFiles
from slack_client.identity import Identity
from slack_client.messaging import Messaging
from slack_client.notices import WaitingMarks
from slack_client.offers import Offering
from slack_client.parts import Parts
from slack_client.people import People
from slack_client.resume import EarlierMessages
from slack_client.status import AgentSurface, ThreadStatus, rename_session
from slack_client.uploads import SlackUploads
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
        files: SlackFiles,
        uploads: SlackUploads,
        admin_contact: str = "",
    ) -> None:
        self._api = api
        self._observer = observer
        self._admin_contact = admin_contact
        self._means = Means(api.pacing, timings, observer)
        self._messaging = Messaging(api, identity)
        self.people = People(api, identity)
        self._files = files
        self._uploads = uploads
        self.surface = AgentSurface(store)
        self._small_tasks = SmallTasks()
        self.asides = Asides(api, self.people, self._small_tasks)
        self._marks = WaitingMarks(api, self._small_tasks)
        self._busy = BusyLines(api, self._small_tasks, timings, self._lines_for)
        self._writers: set[asyncio.Task[None]] = set()

    async def prepare(self) -> None:
        """Recall what earlier processes found out about the workspace."""
        await self.surface.recall()

    def _lines_for(self, person: str) -> Lines:
        return Lines(wording_of(self.people.known_locale(person)), self._admin_contact)

    def open_reply(
        self,
        turn_id: str,
        question: Message,
        log: DeliveryLog,
        earlier: Earlier | None = None,
        *,
        streams: bool = True,
    ) -> Reply:
        """See `base_client.ChatClient`."""
        resumed = None if earlier is None else EarlierMessages(self._api, self._messaging, question, turn_id, earlier)
        parts = Parts(self._api, self._messaging, question, self._means.timings.delivery_patience)
        status = ThreadStatus(self._api, self.surface, question.thread)
        if resumed is not None:
            status.left_open()
        offering = Offering(turn_id, lambda: wording_of(self.people.known_locale(question.author)))
        reply = SlackReply(turn_id, self._means, parts, status, log, resumed, streams=streams, offering=offering)
        self._writers.add(reply.writer)
        reply.writer.add_done_callback(self._writer_ended)
        return reply

    def _writer_ended(self, task: asyncio.Task[None]) -> None:
        self._writers.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._observer.count("replies_crashed")
            log.error("reply_crashed", extra={"task": task.get_name()}, exc_info=error)

    async def read_thread(self, thread: ThreadKey, after: str | None, before: str) -> Sequence[PastMessage]:
        """See `base_client.ChatClient`."""
        return await self._messaging.past(thread, after, before)

    async def read_whole(self, thread: ThreadKey) -> Sequence[PastMessage]:
        """See `base_client.ChatClient`."""
        return await self._messaging.whole(thread)

    async def names(self, people: Sequence[str]) -> Mapping[str, str]:
        """See `base_client.ChatClient`."""
        return await self.people.names(people)

    async def fetch_file(self, file: FileRef, limit: int) -> bytes:
        """See `base_client.ChatClient`."""
        return await self._files.fetch(file, limit)

    async def reserve_upload(self, name: str, size: int, alt_text: str) -> Upload:
        """See `base_client.ChatClient`."""
        return await self._uploads.reserve(name, size, alt_text)

    async def send_upload(self, upload: Upload, data: bytes) -> None:
        """See `base_client.ChatClient`."""
        await self._uploads.send(upload, data)

    async def share_upload(self, thread: ThreadKey, file_id: str, title: str, *, in_doubt: bool = False) -> None:
        """See `base_client.ChatClient`."""
        await self._uploads.share(thread, file_id, title, in_doubt=in_doubt)

    def mark_waiting(self, key: MessageKey, waiting: bool) -> None:
        """See `base_client.ChatClient`."""
        self._marks.set(key, waiting)

    async def locale(self, person: str) -> str:
        """See `base_client.ChatClient`."""
        return await self.people.locale(person)

    def welcome(self, thread: ThreadKey, person: str) -> None:
        """See `base_client.ChatClient`."""
        self.asides.welcome(thread, person)

    def whisper(self, thread: ThreadKey, person: str, line: str) -> None:
        """See `base_client.ChatClient`."""
        self.asides.whisper(thread, person, line)

    def offer_again(self, thread: ThreadKey, person: str, turn_id: str) -> None:
        """See `base_client.ChatClient`."""
        self.asides.offer_again(thread, person, turn_id)

    async def aside(
        self, thread: ThreadKey, person: str, messages: int, stop_ts: str, *, in_doubt: bool = False
    ) -> bool:
        """See `base_client.ChatClient`."""
        try:
            if in_doubt and await self._messaging.has_notice(thread, aside_mark(stop_ts), stop_ts):
                return True
        except ChatUnavailable:
            return False
        return await self.asides.aside(thread, person, messages, stop_ts)

    async def give_file(self, team: str, person: str, name: str, data: bytes) -> None:
        """Send a file to a person, and nobody else; ChatUnavailable."""
        await self._uploads.give(team, person, name, data)

    @property
    def has_titles(self) -> bool:
        """See `base_client.ChatClient`."""
        return self.surface.is_agent is True

    async def rename(self, thread: ThreadKey, title: str) -> bool:
        """See `base_client.ChatClient`."""
        try:
            return await rename_session(self._api, self.surface, thread, title)
        except SlackFailure as failure:
            raise ChatUnavailable(failure.reason) from None

    def refuse_busy(self, thread: ThreadKey, person: str, why: Busy = Busy.THREAD) -> None:
        """See `base_client.ChatClient`."""
        self._busy.add(thread, person, why)

    def busy_over(self, thread: ThreadKey) -> None:
        """See `base_client.ChatClient`."""
        self._busy.over(thread)

    async def close(self) -> None:
        """Cancel what still writes, bounded."""
        await self._small_tasks.close()
        await self.people.close()
        for task in self._writers:
            task.cancel()
        if self._writers:
            await asyncio.wait(self._writers, timeout=5.0)
        await self._uploads.close()
