"""What people find where they come in, as far as Slack's answers and the store decide about it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from database import Store, StoreUnavailable
from message_processor.small_tasks import SmallTasks
from message_processor.wording import WORDINGS
from slack_client.errors import Refused
from slack_client.event_handlers.agent_events import HomeOpened, Joined
from slack_client.openings import Openings, suggested_prompts
from slack_client.people import People
from tests.slack_client.room import Room, open_room
from tests.slack_client.scripted import IDENTITY, ScriptedApi

SUGGEST = "assistant.threads.setSuggestedPrompts"


@dataclass
class Page:
    """Remembers whom it was shown to."""

    shown: list[str] = field(default_factory=list)

    async def show(self, person: str) -> None:
        self.shown.append(person)


@dataclass
class Door:
    """Openings, with their page and their Slack."""

    room: Room
    store: Store
    page: Page = field(default_factory=Page)
    tasks: SmallTasks = field(default_factory=SmallTasks)

    def openings(self, *, says_hello: bool = True) -> Openings:
        api = self.room.api
        people = People(api, IDENTITY)
        given = (api, self.room.surface, people, self.store, self.tasks, self.page)
        return Openings(*given, team="T1", command="/ai-settings", says_hello=says_hello)

    async def settle(self) -> None:
        """Let everything happen that was begun."""
        await asyncio.sleep(0.1)


@pytest_asyncio.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    """A door of an app of which it is not known yet whether it is an agent."""
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path}/door.db", ScriptedApi().figures)
    async with open_room(tmp_path) as room:
        made = Door(room, store)
        yield made
        await made.tasks.close()
    await store.close()


async def test_the_home_tab_is_drawn_when_it_is_looked_at(door: Door) -> None:
    door.openings().show(HomeOpened("U1", "D1", "home"))
    await door.settle()
    assert door.page.shown == ["U1"]


async def test_prompts_come_without_a_thread(door: Door) -> None:
    door.openings().show(HomeOpened("U1", "D1", "messages"))
    await door.settle()
    ((_, arguments),) = [call for call in door.room.api.calls if call[0] == SUGGEST]
    assert set(arguments) == {"channel_id", "prompts"}


async def test_an_app_that_is_no_agent_suggests_nothing(door: Door) -> None:
    door.room.surface.is_agent = False
    door.openings().show(HomeOpened("U1", "D1", "messages"))
    await door.settle()
    assert door.room.api.calls == []


async def test_refused_prompts_are_nobodys_concern(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    door.room.api.next[SUGGEST] = [Refused(SUGGEST, "not_agent_app")]
    door.openings().show(HomeOpened("U1", "D1", "messages"))
    await door.settle()
    assert "small_task_crashed" not in caplog.text
    assert door.room.surface.is_agent is None, "a status finds that out"


@pytest.mark.parametrize("language", sorted(WORDINGS))
def test_prompts_fit_their_place_in_every_language(language: str) -> None:
    prompts = suggested_prompts(WORDINGS[language])
    assert 0 < len(prompts) <= 4
    assert all(prompt["title"] and prompt["message"] for prompt in prompts)


async def test_a_hello_is_said_once_also_by_the_next_process(door: Door) -> None:
    for _ in range(2):
        door.openings().show(Joined("C1", "U1"))
        await door.settle()
    assert door.room.api.methods().count("chat.postMessage") == 1


async def test_without_a_wish_for_it_no_hello_is_said(door: Door) -> None:
    door.openings(says_hello=False).show(Joined("C1", "U1"))
    await door.settle()
    assert door.room.api.calls == []


async def test_without_records_rather_no_hello_than_two(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unavailable(_: Store, name: str) -> bool:
        raise StoreUnavailable("disk full")

    monkeypatch.setattr(Store, "first_time", unavailable)
    door.openings().show(Joined("C1", "U1"))
    await door.settle()
    assert "chat.postMessage" not in door.room.api.methods()
