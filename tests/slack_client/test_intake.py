"""Events to the core: what is stored before the acknowledgement, through the intake."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from base_client import Deletion, Edit, FileDeletion, Message, MessageKey, Stop, ThreadKey, TitleChange
from database import StoreUnavailable
from ops.figures import Figures
from slack_client.event_handlers.agent_events import HomeOpened, Joined
from slack_client.event_handlers.registration import Intake
from tests.slack_client.scripted import IDENTITY

TS, ROOT = "1700000000.000100", "1600000000.000100"
GONE: Mapping[str, object] = {"event": {"type": "file_deleted", "file_id": "F1"}}


@dataclass
class Core:
    """Remembers what came in. It takes part in every thread of C1."""

    taken: list[object] = field(default_factory=list)
    failure: Exception | None = None

    def _take(self, what: object) -> None:
        if self.failure is not None:
            raise self.failure
        self.taken.append(what)

    async def takes_part(self, thread: ThreadKey) -> bool:
        return thread.channel == "C1"

    async def receive(self, message: Message, redelivered: bool = False) -> bool:
        self._take(message)
        return not redelivered

    async def edit(self, edit: Edit) -> None:
        self._take(edit)

    async def delete(self, deletion: Deletion) -> None:
        self._take(deletion)

    async def forget_file(self, deletion: FileDeletion) -> None:
        self._take(deletion)

    async def stop(self, stop: Stop) -> bool:
        await asyncio.sleep(0)
        self._take(stop)
        return True

    async def title_changed(self, change: TitleChange) -> None:
        self._take(change)


@dataclass
class Door:
    """Lets everybody in but those who are kept out."""

    named: frozenset[str] = frozenset()
    kept_out: set[str] = field(default_factory=set)
    told: list[tuple[str, str]] = field(default_factory=list)

    async def lets_in(self, person: str, channel: str = "") -> bool:
        return person not in self.kept_out

    def tell(self, thread: ThreadKey, person: str) -> None:
        self.told.append((thread.thread_ts, person))


@dataclass
class Office:
    """An intake and what it does."""

    core: Core = field(default_factory=Core)
    told: list[tuple[str, str]] = field(default_factory=list)
    welcomed: list[HomeOpened | Joined] = field(default_factory=list)
    figures: Figures = field(default_factory=Figures)
    door: Door = field(default_factory=Door)

    def __post_init__(self) -> None:
        def tell(thread: ThreadKey, person: str) -> None:
            self.told.append((thread.thread_ts, person))

        self.intake = Intake(IDENTITY, self.core, self.door, self.figures, 1.0, tell, self.welcomed.append)

    async def take(self, retry: int = 0, **event: object) -> None:
        message = {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "ts": TS, "text": "hi"}
        await self.intake.take({"event": {**message, **event}}, retry)


async def test_a_deleted_file_is_forgotten_before_the_acknowledgement() -> None:
    office = Office()
    await office.intake.take(GONE)
    assert office.core.taken == [FileDeletion("T1", "F1")]


async def test_a_file_that_could_not_be_forgotten_is_told_of_again() -> None:
    with pytest.raises(StoreUnavailable):
        await Office(Core(failure=StoreUnavailable("disk full"))).intake.take(GONE, retry=3)


async def test_a_message_that_is_not_stored_comes_again_and_at_last_its_author_is_told() -> None:
    office = Office(Core(failure=StoreUnavailable("disk full")))
    for retry in (0, 3):
        with pytest.raises(StoreUnavailable):
            await office.take(retry, text="<@U0BOT> hi")
    assert office.told == [(TS, "U1")]


async def test_the_twins_of_a_mention_stop_once() -> None:
    office = Office()
    twins = [office.take(type=kind, text="<@U0BOT> stop", thread_ts=ROOT) for kind in ("app_mention", "message")]
    await asyncio.gather(*twins)
    assert office.core.taken == [Stop("T1", "C1", ROOT, "U1", TS, said=True)]


async def test_a_stop_that_was_not_taken_in_is_taken_in_when_it_comes_again() -> None:
    office = Office(Core(failure=StoreUnavailable("disk full")))
    with pytest.raises(StoreUnavailable):
        await office.take(text="<@U0BOT> stop", thread_ts=ROOT)
    office.core.failure = None
    await office.take(1, text="<@U0BOT> stop", thread_ts=ROOT)
    assert len(office.core.taken) == 1


async def test_stop_without_the_name_counts_in_the_threads_where_the_bot_takes_part() -> None:
    office = Office()
    await office.take(text="Stop!", thread_ts=ROOT)
    await office.take(text="Stop!", thread_ts=ROOT, channel="C2")
    assert office.core.taken == [Stop("T1", "C1", ROOT, "U1", TS, said=True)]


async def test_what_is_overheard_goes_to_the_threads_where_the_bot_takes_part() -> None:
    office = Office()
    await office.take(text="and then?", thread_ts=ROOT)
    await office.take(text="and then?", thread_ts=ROOT, channel="C2")
    thread = ThreadKey("T1", "C1", ROOT)
    assert office.core.taken == [Message(MessageKey("T1", "C1", TS), thread, "U1", "and then?")]


async def test_a_persons_title_goes_to_the_core() -> None:
    office = Office()
    await office.take(type="agent_session_title_changed", thread_ts=ROOT, title="Lighthouses")
    assert office.core.taken == [TitleChange(ThreadKey("T1", "C1", ROOT), "Lighthouses")]


async def test_who_comes_in_is_welcomed_without_the_core() -> None:
    office = Office()
    await office.take(type="app_home_opened", tab="home")
    await office.take(type="member_joined_channel", user="U0BOT")
    await office.take(type="member_joined_channel")
    assert office.welcomed == [HomeOpened("U1", "C1", "home"), Joined("C1", "")]
    assert office.core.taken == []


async def test_nothing_is_taken_in_from_somebody_who_is_kept_out() -> None:
    office = Office()
    office.door.kept_out = {"U1"}
    await office.take(text="<@U0BOT> hi")
    await office.take(text="<@U0BOT> stop")
    assert office.core.taken == []
    assert office.door.told == [(TS, "U1")], "a stop needs no line"
    office.door.kept_out = set()
    await office.take(text="<@U0BOT> hi")
    assert len(office.core.taken) == 1
