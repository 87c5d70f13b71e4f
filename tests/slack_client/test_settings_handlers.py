"""Settings as people use them in Slack: the ways in, and what redraws the window."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from message_processor.preferences import Place
from message_processor.settings import Scope
from slack_client.errors import Refused
from slack_client.event_handlers.interaction import Interaction, Kind
from slack_client.settings_modal import INHERITED
from tests.slack_client.block_kit import text_of
from tests.slack_client.settings_rig import (
    ADA,
    PLACE,
    TALKER,
    THINKER,
    Rig,
    callback,
    failing,
    fields,
    open_rig,
    said,
    scope_of,
    scopes_of,
    shown_value,
)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with open_rig(tmp_path) as made:
        yield made


# Ways in


async def test_a_window_is_there_before_anything_else_is_asked_and_then_holds_the_form(rig: Rig) -> None:
    window = await rig.open()
    (opened, first), (updated, second) = rig.api.calls
    assert (opened, callback(first)) == ("views.open", "loading")
    assert (updated, second["view_id"], callback(second)) == ("views.update", window, "settings")
    assert scope_of(rig.api.shown[window]) == "user"


async def test_the_loading_window_waits_for_no_store(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asyncio.Event()

    async def hangs(*_: object) -> Mapping[tuple[str, str], Mapping[str, str]]:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(rig.store.people, "preferences", hangs)
    opening = asyncio.create_task(rig.open())
    await asyncio.wait_for(asked.wait(), 5)
    assert rig.api.methods() == ["views.open"]
    opening.cancel()


@pytest.mark.parametrize(
    ("text", "scope"), [("", "user"), ("channel", "channel"), (" Channel ", "channel"), ("x", "user")]
)
async def test_the_commands_text_chooses_the_scope(rig: Rig, text: str, scope: str) -> None:
    assert scope_of(rig.api.shown[await rig.open(text)]) == scope


async def test_a_thread_is_set_from_its_messages(rig: Rig) -> None:
    view = rig.api.shown[await rig.open_thread()]
    assert scopes_of(view) == ["thread", "user", "channel"]
    assert scope_of(view) == "thread"


async def test_a_button_opens_my_settings(rig: Rig) -> None:
    await rig.do(Interaction(Kind.CLICK, "open_settings", "T1", ADA, trigger="t", value="user"))
    assert scopes_of(rig.api.shown["V1"]) == ["user"]


async def test_a_direct_conversation_has_no_settings_for_everybody(rig: Rig) -> None:
    view = rig.api.shown[await rig.open("channel", channel="D1")]
    assert (scopes_of(view), scope_of(view)) == (["user"], "user")
    assert "may change" not in said(view)


async def test_everybody_reads_the_window_in_their_language(rig: Rig) -> None:
    rig.chat.language = "de-DE"
    window = await rig.open()
    rig.chat.language = "en-US"
    assert text_of(rig.api.shown[window]["title"]) == "Einstellungen"
    await rig.click(window, "settings_scope", "channel")
    assert text_of(rig.api.shown[window]["title"]) == "Einstellungen"


async def test_a_window_that_does_not_open_or_was_closed_is_no_error(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.api.next["views.open"] = [Refused("views.open", "expired_trigger_id")]
    await rig.do(Interaction(Kind.COMMAND, "/ai-settings", "T1", ADA, "C1", trigger="t"))
    assert rig.api.methods() == ["views.open"]
    with caplog.at_level(logging.INFO):
        rig.api.next["views.update"] = [Refused("views.update", "not_found")]
        await rig.open()
    assert not caplog.records


async def test_a_store_that_fails_at_opening_is_said_in_the_window(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rig.store.people, "preferences", failing)
    assert "can't reach my records" in said(rig.api.shown[await rig.open()])


# In the window


async def test_another_model_brings_its_fields_and_keeps_what_was_typed(rig: Rig) -> None:
    window = await rig.open()
    before = fields(rig.api.shown[window])
    await rig.click(window, "settings_model", TALKER, instructions="Half a sen", streaming="off", effort="high")
    after = rig.api.shown[window]
    assert "effort" not in fields(after)
    assert shown_value(after, "model") == TALKER
    assert (shown_value(after, "instructions"), shown_value(after, "streaming")) == ("Half a sen", "off")
    assert fields(after)["temperature"]["block_id"] == "temperature:1"
    for name in ("model", "instructions", "streaming"):
        assert fields(after)[name]["block_id"] == before[name]["block_id"]
    await rig.click(window, "settings_model", THINKER)
    assert shown_value(rig.api.shown[window], "effort") == "high"
    assert fields(rig.api.shown[window])["effort"]["block_id"] == "effort:2"
    assert (await rig.submit(window, instructions="Half a sentence."))["response_action"] == "update"
    assert await rig.stored("user", ADA) == {
        "model": THINKER, "effort": "high", "instructions": "Half a sentence.", "streaming": "off",
    }  # fmt: skip


async def test_an_effort_that_the_other_model_does_not_take_is_said_and_not_kept(rig: Rig) -> None:
    rig.models.names = (THINKER, "gpt-5.4")
    window = await rig.open()
    await rig.click(window, "settings_model", "gpt-5.4", effort="max")
    view = rig.api.shown[window]
    assert '"max" can\'t be chosen any more' in said(view)
    assert shown_value(view, "effort") == INHERITED
    await rig.click(window, "settings_model", THINKER)
    assert shown_value(rig.api.shown[window], "effort") == "max"


async def test_another_scope_is_drawn_with_what_is_set_there_under_other_ids(rig: Rig) -> None:
    await rig.preferences.save(Scope.CHANNEL, PLACE, {"streaming": "off"})
    window = await rig.open()
    before = {name: block["block_id"] for name, block in fields(rig.api.shown[window]).items()}
    await rig.click(window, "settings_scope", "channel", streaming="on", effort="high")
    view = rig.api.shown[window]
    assert (shown_value(view, "streaming"), shown_value(view, "effort")) == ("off", INHERITED)
    assert [name for name, block in fields(view).items() if block["block_id"] == before[name]] == ["scope"]
    await rig.submit(window, streaming=INHERITED)
    assert await rig.stored("channel", "C1") == {}


async def test_a_scope_that_is_not_offered_cannot_be_chosen(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    window = await rig.open()
    for value in ("thread", "planet", ""):
        await rig.click(window, "settings_scope", value)
    assert scope_of(rig.api.shown[window]) == "user"
    assert [record.getMessage() for record in caplog.records] == ["click_not_valid"] * 3


async def test_a_slow_drawing_does_not_replace_a_newer_one(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    window = await rig.open()
    quick, released, waiting = rig.preferences.sheet, asyncio.Event(), asyncio.Event()

    async def first_is_slow(scope: Scope, place: Place, typed: Mapping[str, str] | None = None) -> object:
        if not waiting.is_set():
            waiting.set()
            await released.wait()
        return await quick(scope, place, typed)

    monkeypatch.setattr(rig.preferences, "sheet", first_is_slow)
    slow = asyncio.create_task(rig.click(window, "settings_model", THINKER))
    await asyncio.wait_for(waiting.wait(), 5)
    await rig.click(window, "settings_model", TALKER)
    released.set()
    await slow
    assert shown_value(rig.api.shown[window], "model") == TALKER


async def test_a_store_that_fails_at_a_redrawing_leaves_what_was_typed(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = await rig.open()
    form = rig.api.shown[window]
    monkeypatch.setattr(rig.store.people, "preferences", failing)
    await rig.click(window, "settings_model", TALKER)
    assert rig.api.shown[window] is form
    assert rig.api.methods()[-1] == "views.push"
