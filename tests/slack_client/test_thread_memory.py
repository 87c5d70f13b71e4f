"""What is remembered of a thread is shown, and forgotten, from the window of its settings."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from base_client import ThreadKey
from database import StoreUnavailable
from slack_client.errors import Refused
from slack_client.event_handlers.interaction import Interaction, Kind, View
from tests.slack_client.block_kit import text_of
from tests.slack_client.settings_rig import ADA, CHANNEL, THREAD_TS, Kept, Rig, filled, open_rig, said


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with open_rig(tmp_path) as made:
        yield made


async def shown(rig: Rig) -> str:
    """The words of the window that "What do you remember" opens."""
    await rig.click(await rig.open_thread(), "show_remembered")
    assert list(rig.api.shown) == ["V1", "V2"], "it lies over the form"
    return said(rig.api.shown["V2"])


async def test_a_window_is_there_at_once_and_then_says_what_is_remembered(rig: Rig) -> None:
    rig.memory.kept = Kept(12, "1700000000.000001", "1700000600.000001", "They <met> & parted.", ("plan <1>.pdf",))
    words = await shown(rig)
    assert [method for method, _ in rig.api.calls[-2:]] == ["views.push", "views.update"]
    assert "12 messages, from <!date^1700000000^" in words
    assert "They <met> & parted." in words
    assert "• plan <1>.pdf" in words
    assert text_of(rig.api.shown["V2"]["title"]) == "What I remember"


async def test_one_message_is_one_message(rig: Rig) -> None:
    rig.memory.kept = Kept(1)
    assert (await shown(rig)).startswith("1 message, written <!date^1700000000^")


async def test_nothing_is_said_to_be_nothing(rig: Rig) -> None:
    rig.memory.kept = Kept(0, "", "")
    assert await shown(rig) == "Nothing of this thread."


async def test_slack_takes_a_long_summary_and_many_files(rig: Rig) -> None:
    rig.memory.kept = Kept(9, summary="word " * 10_000, files=tuple(f"{'long' * 50}{n}.pdf" for n in range(500)))
    assert "word word" in await shown(rig)


async def test_a_forgotten_thread_is_said_to_be_forgotten(rig: Rig) -> None:
    window = await rig.open_thread()
    await rig.click(window, "forget_thread")
    assert rig.memory.forgotten == [ThreadKey("T1", CHANNEL, THREAD_TS)]
    assert said(rig.api.shown[window]) == "Forgotten: 2 messages."


async def test_a_double_click_forgets_once(rig: Rig) -> None:
    window = await rig.open_thread()
    view = filled(rig.api.shown[window], window)
    clicked = Interaction(Kind.CLICK, "forget_thread", "T1", ADA, trigger="t", view=view)
    await asyncio.gather(rig.do(clicked), rig.do(clicked))
    assert len(rig.memory.forgotten) == 1


async def test_a_failing_store_is_said_and_can_be_asked_again(rig: Rig) -> None:
    window = await rig.open_thread()
    form = rig.api.shown[window]
    rig.memory.failure = StoreUnavailable("no disk")
    await rig.click(window, "forget_thread")
    assert rig.api.shown[window] is form
    assert "can't reach my records" in said(rig.api.shown["V2"])
    rig.memory.failure = None
    await rig.click(window, "forget_thread")
    assert said(rig.api.shown[window]) == "Forgotten: 2 messages."


async def test_a_failing_store_is_said_instead_of_what_is_remembered(rig: Rig) -> None:
    rig.memory.failure = StoreUnavailable("no disk")
    assert "can't reach my records" in await shown(rig)


async def test_a_window_that_cannot_be_opened_asks_nothing(rig: Rig) -> None:
    window = await rig.open_thread()
    rig.api.next["views.push"] = [Refused("views.push", "expired_trigger_id")]
    await rig.click(window, "show_remembered")
    assert list(rig.api.shown) == [window]


@pytest.mark.parametrize("action", ["forget_thread", "show_remembered"])
async def test_a_click_that_comes_from_no_thread_does_nothing(
    rig: Rig, action: str, caplog: pytest.LogCaptureFixture
) -> None:
    window = await rig.open()  # a person's settings in a channel, no thread
    await rig.click(window, action)
    await rig.do(Interaction(Kind.CLICK, action, "T1", ADA, view=View("V9", "h", "settings", "rubbish", {})))
    await rig.do(Interaction(Kind.CLICK, action, "T1", ADA))
    assert rig.memory.forgotten == []
    assert rig.api.methods() == ["views.open", "views.update"]
    assert [record.getMessage() for record in caplog.records] == ["click_not_valid"] * 3
