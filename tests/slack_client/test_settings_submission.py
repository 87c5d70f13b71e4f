"""A submitted form of settings: checked, kept whole or not at all, and answered; whose channel it is."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from message_processor.settings import INSTRUCTIONS, LONGEST_INSTRUCTIONS
from slack_client.event_handlers.interaction import Interaction, Kind, View
from slack_client.settings_modal import INHERITED
from tests.slack_client.block_kit import part
from tests.slack_client.settings_rig import (
    ADA,
    BEN,
    PLACE,
    TALKER,
    THINKER,
    Rig,
    callback,
    failing,
    fields,
    filled,
    open_rig,
    said,
    scope_of,
    scopes_of,
)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with open_rig(tmp_path) as made:
        yield made


def errors_of(answer: Mapping[str, object]) -> Mapping[str, object]:
    assert answer["response_action"] == "errors"
    return part(answer, "errors")


async def test_what_was_changed_is_kept_and_said_and_the_home_tab_is_drawn_anew(rig: Rig) -> None:
    window = await rig.open()
    answer = await rig.submit(window, instructions="Be brief.", effort="high")
    assert (answer["response_action"], callback(answer)) == ("update", "saved")
    assert "They hold from the next answer on" in said(part(answer, "view"))
    assert await rig.stored("user", ADA) == {"instructions": "Be brief.", "effort": "high"}
    assert rig.home.drawn == [ADA]


async def test_a_threads_settings_leave_the_home_tab_alone(rig: Rig) -> None:
    await rig.submit(await rig.open_thread(), effort="high")
    assert await rig.stored("thread", f"C1/{PLACE.thread_ts}") == {"effort": "high"}
    assert rig.home.drawn == []


async def test_a_submission_asks_nobody_but_the_store(rig: Rig) -> None:
    window = await rig.open()
    calls = len(rig.api.calls)
    await rig.submit(window, effort="high")
    assert len(rig.api.calls) == calls


async def test_a_field_goes_back_to_what_is_inherited(rig: Rig) -> None:
    await rig.submit(await rig.open(), effort="high", streaming="off")
    await rig.submit(await rig.open(), effort=INHERITED)
    assert await rig.stored("user", ADA) == {"streaming": "off"}


@pytest.mark.parametrize(
    ("name", "typed", "line"),
    [
        ("instructions", "x" * (LONGEST_INSTRUCTIONS + 1), "At most 3000 characters fit here; these are 3001."),
        ("temperature", "hot", "Please write a number."),
        ("temperature", "2.5", "Please write a number from 0 to 2."),
        ("top_p", "nan", "Please write a number."),
        ("streaming", "perhaps", "This can't be chosen. Please choose one of the list."),
        ("model", "gpt-0", "This can't be chosen. Please choose one of the list."),
    ],
)
async def test_what_does_not_do_is_said_at_its_field_and_nothing_is_kept(
    rig: Rig, name: str, typed: str, line: str
) -> None:
    rig.models.names = (TALKER,)
    window = await rig.open()
    answer = await rig.submit(window, **{"image_size": "auto", name: typed})
    assert errors_of(answer) == {fields(rig.api.shown[window])[name]["block_id"]: line}
    assert await rig.stored("user", ADA) == {}


async def test_a_model_that_was_withdrawn_meanwhile_is_said_at_its_field(rig: Rig) -> None:
    window = await rig.open()
    rig.models.names = (THINKER,)
    assert list(errors_of(await rig.submit(window, model=TALKER))) == ["model:0"]


async def test_errors_stand_at_the_ids_of_the_newest_drawing(rig: Rig) -> None:
    window = await rig.open()
    await rig.click(window, "settings_model", TALKER)
    assert list(errors_of(await rig.submit(window, temperature="hot"))) == ["temperature:1"]


@pytest.mark.parametrize("metadata", ["", "rubbish", '{"v":0}'])
async def test_a_window_of_another_version_is_said_to_be_one(
    rig: Rig, metadata: str, caplog: pytest.LogCaptureFixture
) -> None:
    view = View("V9", "h", "settings", metadata, {"effort:0": "high"})
    answer = await rig.submit_view(view)
    assert "older version" in said(part(answer, "view"))
    assert await rig.stored("user", ADA) == {}
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [("WARNING", "settings_outdated")]


@pytest.mark.parametrize("action", ["settings_scope", "settings_model"])
async def test_a_choice_in_a_window_of_another_version_is_answered_too(
    rig: Rig, action: str, caplog: pytest.LogCaptureFixture
) -> None:
    await rig.do(Interaction(Kind.CLICK, action, "T1", ADA, value="x", view=View("V9", "h", "settings", "{}", {})))
    assert "older version" in said(rig.api.shown["V9"])
    assert [record.getMessage() for record in caplog.records] == ["settings_outdated"]


async def test_a_window_works_after_a_restart(rig: Rig) -> None:
    window = await rig.open_thread()
    rig.restart()
    await rig.click(window, "settings_model", TALKER, instructions="Kept.")
    rig.restart()
    await rig.submit(window, temperature="0.5")
    kept = {"model": TALKER, "instructions": "Kept.", "temperature": "0.5"}
    assert await rig.stored("thread", f"C1/{PLACE.thread_ts}") == kept


async def test_a_second_submission_of_the_same_window_changes_nothing_more(rig: Rig) -> None:
    window = await rig.open()
    for _ in range(2):
        await rig.submit(window, effort="high")
    assert await rig.stored("user", ADA) == {"effort": "high"}


async def test_two_people_in_one_channel_do_not_undo_each_other(rig: Rig) -> None:
    ada, ben = await rig.open("channel"), await rig.open("channel", BEN)
    await rig.submit(ada, effort="high")
    await rig.submit(ben, BEN, streaming="off")
    assert await rig.stored("channel", "C1") == {"effort": "high", "streaming": "off"}


async def test_a_failing_store_is_said_over_the_form(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    window = await rig.open()
    monkeypatch.setattr(rig.store.people, "set_preferences", failing)
    answer = await rig.submit(window, effort="high")
    assert answer["response_action"] == "push"
    assert "can't reach my records" in said(part(answer, "view"))
    assert rig.home.drawn == []


async def test_a_slow_store_is_said_before_slack_gives_up(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("slack_client.event_handlers.settings_submission._SAVING", 0.05)
    monkeypatch.setattr(rig.store.people, "set_preferences", hangs)
    answer = await asyncio.wait_for(rig.submit(await rig.open(), effort="high"), 2.5)
    assert answer["response_action"] == "push"
    assert "can't say whether this was saved" in said(part(answer, "view"))


# Whose channel it is


async def test_a_channels_settings_are_offered_to_its_people_only(tmp_path: Path) -> None:
    async with open_rig(tmp_path, BEN) as rig:
        view = rig.api.shown[await rig.open("channel", ADA)]
        assert (scopes_of(view), scope_of(view)) == (["user"], "user")
        assert f"Only <@{BEN}> may change the settings of this channel." in said(view)
        assert scope_of(rig.api.shown[await rig.open("channel", BEN)]) == "channel"


async def test_a_channels_form_is_not_taken_from_somebody_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_rig(tmp_path, BEN) as rig:
        window = await rig.open("channel", BEN)
        answer = await rig.submit(window, ADA, effort="high")
        assert f"Only <@{BEN}> may" in said(part(answer, "view"))
        assert await rig.stored("channel", "C1") == {}
        assert [record.getMessage() for record in caplog.records] == ["settings_not_allowed"]


async def test_people_are_asked_for_their_own_place_whoever_opened_the_window(rig: Rig) -> None:
    await rig.submit_view(filled(rig.api.shown[await rig.open("", ADA)], effort="high"), BEN)
    assert await rig.stored("user", ADA) == {}
    assert await rig.stored("user", BEN) == {"effort": "high"}


async def test_no_word_of_instructions_gets_into_the_log(
    rig: Rig, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with caplog.at_level(logging.DEBUG):
        window = await rig.open()
        await rig.submit(window, instructions="secret plan")
        monkeypatch.setattr(rig.store.people, "set_preferences", failing)
        view = filled(rig.api.shown[window], **{INSTRUCTIONS.name: "secret plan two"})
        await rig.submit_view(view)
        await rig.submit_view(replace(view, metadata="secret plan"))
    assert caplog.records
    assert not [record for record in caplog.records if "secret" in f"{record.getMessage()} {record.__dict__}"]
