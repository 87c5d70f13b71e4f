"""What happens to every payload before Bolt acknowledges it, the same in both modes.

A handler never sees ack, say or client: a payload goes in, and when it returns the payload may be acknowledged. When an
event's handling raises, nothing is acknowledged and Slack delivers it again.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, assert_never

from slack_bolt.response import BoltResponse

from base_client import Deletion, Edit, FileDeletion, Message, Observer, Stop, ThreadKey, TitleChange
from slack_client.event_handlers.agent_events import HomeOpened, Joined
from slack_client.event_handlers.interaction import Json
from slack_client.event_handlers.interactions import Door, Interactions
from slack_client.event_handlers.message_events import Dropped, Incoming, Outsider, Unaddressed, read_event
from slack_client.identity import Identity

log = logging.getLogger("threadwell.intake")

BOLT_NAME = "bolt"
"""The app's name within Bolt: it sets the level of the logger of that name, which must not be one of ours."""

LAST_RETRY = 3
"""Slack delivers an event again three times at most."""

Tell = Callable[[ThreadKey, str], None]
"""Tells a thread, in a person's language and beside everything else, that its last message could not be taken in."""

Welcome = Callable[[HomeOpened | Joined], None]
"""Shows what belongs where somebody has come in, beside everything else."""

_STOPS_KNOWN = 1_000


class Core(Protocol):
    """What events come to. StoreUnavailable: not taken in."""

    async def takes_part(self, thread: ThreadKey) -> bool: ...

    async def receive(self, message: Message, redelivered: bool = False) -> bool: ...

    async def edit(self, edit: Edit) -> None: ...

    async def delete(self, deletion: Deletion) -> None: ...

    async def forget_file(self, deletion: FileDeletion) -> None: ...

    async def stop(self, stop: Stop) -> bool: ...

    async def title_changed(self, change: TitleChange) -> None: ...


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


def is_event(body: Json) -> bool:
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
        self,
        identity: Identity,
        core: Core,
        door: Door,
        observer: Observer,
        deadline: float,
        tell: Tell,
        welcome: Welcome,
    ) -> None:
        self._identity = identity
        self._core = core
        self._door = door
        self._observer = observer
        self._deadline = deadline
        self._tell = tell
        self._welcome = welcome
        self._stops: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def take(self, body: Json, retry: int = 0) -> None:
        """Take in one event; returns when it may be acknowledged, raises when it must come again."""
        incoming = read_event(body, self._identity, self._door.named)
        self._observer.gauge("last_envelope_at", time.time())
        try:
            async with asyncio.timeout(self._deadline):
                if not isinstance(incoming, Outsider):
                    await self._take(incoming, retry)
                    return
        except Exception as error:
            # Whatever it is, Slack must not take it for an acknowledgement, and in the end people must know.
            log.error("not_taken_in", extra={"reason": type(error).__name__, "retry": retry})
            self._observer.count("events_not_taken_in")
            if retry >= LAST_RETRY and isinstance(incoming, Message):
                self._tell(incoming.thread, incoming.author)
            raise
        self._observer.count("events_dropped", reason="outsider")
        self._door.tell(incoming.message.thread, incoming.message.author)

    async def _take(self, incoming: Incoming, retry: int) -> None:
        match incoming:
            case Message():
                await self._receive(incoming, retry)
            case Unaddressed():
                await self._overhear(incoming, retry)
            case Stop():
                await self._stop(incoming)
            case TitleChange():
                await self._core.title_changed(incoming)
            case HomeOpened() | Joined():
                await self._open(incoming)
            case Edit():
                await self._core.edit(incoming)
            case Deletion():
                await self._core.delete(incoming)
            case FileDeletion():
                await self._core.forget_file(incoming)
            case Dropped(reason):
                self._observer.count("events_dropped", reason=reason)
            case _:
                assert_never(incoming)

    async def _open(self, opening: HomeOpened | Joined) -> None:
        """Show what belongs there; the home tab has a line of its own for those who are kept out."""
        home = isinstance(opening, HomeOpened) and opening.tab == "home"
        person = opening.person if isinstance(opening, HomeOpened) else opening.inviter
        if home or not person or await self._door.lets_in(person, opening.channel):
            self._welcome(opening)

    async def _overhear(self, overheard: Unaddressed, retry: int) -> None:
        if not await self._core.takes_part(overheard.message.thread):
            self._observer.count("events_dropped", reason="not_addressed")
        elif overheard.stop is not None:
            await self._stop(overheard.stop)
        else:
            await self._receive(overheard.message, retry)

    async def _admitted(self, message: Message) -> bool:
        """Whether its author may use the bot there; who may not is told."""
        if await self._door.lets_in(message.author, message.thread.channel):
            return True
        self._observer.count("events_dropped", reason="not_allowed")
        if message.wants_answer:
            self._door.tell(message.thread, message.author)
        return False

    async def _stop(self, stop: Stop) -> None:
        """Once each, though a mention comes as two events: the second would find nothing that runs, and say so."""
        key = (stop.channel, stop.ts)
        if not await self._door.lets_in(stop.person, stop.channel):
            self._observer.count("events_dropped", reason="not_allowed")
            return
        if key in self._stops:
            self._observer.count("events_dropped", reason="known")
            return
        self._stops[key] = None
        try:
            await self._core.stop(stop)
        except BaseException:
            self._stops.pop(key, None)
            raise
        while len(self._stops) > _STOPS_KNOWN:
            self._stops.popitem(last=False)

    async def _receive(self, message: Message, retry: int) -> None:
        if not await self._admitted(message):
            return
        if not await self._core.receive(message, redelivered=retry > 0):
            self._observer.count("events_dropped", reason="known")


@dataclass(frozen=True, slots=True)
class Reception:
    """Where every payload goes: what Slack delivers again until it is acknowledged, and what comes once only."""

    intake: Intake
    interactions: Interactions

    async def take(self, body: Json, headers: Mapping[str, Sequence[str]]) -> Json | None:
        """What the acknowledgement carries, if anything; raises where the payload is to come again."""
        if is_event(body):
            await self.intake.take(body, retry_number(headers))
            return None
        return await self.interactions.take(body)


def acknowledgement(payload: Json | None) -> BoltResponse:
    """An acknowledgement as Bolt sends it."""
    return BoltResponse(status=200, body=dict(payload) if payload is not None else "")
