"""The home tab: a person's settings, usage and last answers, drawn at most once in three seconds."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from base_client import ThreadKey
from database import StoreUnavailable, TurnLine, TurnState, UsageSum
from message_processor.preferences import Place
from message_processor.settings import SETTINGS, Scope
from message_processor.wording import ENGLISH, WORDINGS
from slack_client.home import Home
from tests.slack_client.block_kit import Json, part, parts, refusals
from tests.slack_client.settings_rig import ADA, BEN, Rig, open_rig, said

ME = Place("T1", ADA)


@dataclass
class Clock:
    """Seconds, as a test sets them."""

    seconds: float = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Tab:
    """A home tab and all around it."""

    rig: Rig
    clock: Clock
    home: Home

    def of(self, person: str = ADA) -> Json:
        return self.rig.api.homes[person]


@pytest.fixture
async def tab(tmp_path: Path) -> AsyncIterator[Tab]:
    async with open_rig(tmp_path) as rig:
        clock = Clock()
        home = Home(rig.views, rig.preferences, rig.store, rig.chat, "T1", "#it-help", clock)
        yield Tab(rig, clock, home)


def a_turn(number: int, state: TurnState = TurnState.DONE) -> TurnLine:
    return TurnLine(f"t{number}", ThreadKey("T1", "C1", "1.0"), 1_700_000_000.5 + number, None, state, 12_345, number)


def give(tab: Tab, monkeypatch: pytest.MonkeyPatch, usage: UsageSum, *turns: TurnLine) -> None:
    async def sums(team: str, person: str, since: float) -> UsageSum:
        return usage

    async def lines(team: str, person: str, limit: int = 20) -> tuple[TurnLine, ...]:
        return turns

    monkeypatch.setattr(tab.rig.store.people, "usage_since", sums)
    monkeypatch.setattr(tab.rig.store.people, "latest_turns", lines)


async def test_every_setting_that_applies_is_there_with_its_source_and_an_edit_button(tab: Tab) -> None:
    await tab.rig.preferences.save(Scope.USER, ME, {"effort": "high", "instructions": "Say <b> & be\nbrief."})
    await tab.home.show(ADA)
    words = said(tab.of())
    assert "*Reasoning effort*: High _(set by you, for all your conversations)_" in words
    assert "*Instructions*: Say &lt;b&gt; &amp; be brief." in words
    assert "*Show answers while they are written*: Yes _(the bot's own setting)_" in words
    sheet = await tab.rig.preferences.sheet(Scope.USER, ME)
    for setting in SETTINGS:
        shown = any(field.setting is setting for field in sheet.fields)
        assert (f"*{ENGLISH(f'settings.{setting.name}.label')}*" in words) is shown
    buttons = [part(block, "accessory") for block in parts(tab.of(), "blocks") if "accessory" in block]
    assert [(each["action_id"], each["value"]) for each in buttons] == [("open_settings", "user")]


async def test_usage_and_the_last_answers_are_shown(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    give(tab, monkeypatch, UsageSum(3, 1_234_567, 0, 89), a_turn(2, TurnState.STOPPED), a_turn(1, TurnState.WORKING))
    await tab.home.show(ADA)
    words = said(tab.of())
    assert "Answers: 3 · tokens read: 1\u202f234\u202f567 · written: 89" in words
    newest, oldest = words.index("<!date^1700000002^"), words.index("<!date^1700000001^")
    assert newest < oldest
    assert "· stopped · ↓ 12\u202f345 ↑ 2" in words
    assert "· under way ·" in words


async def test_somebody_who_never_asked_has_a_tab_too(tab: Tab) -> None:
    await tab.home.show(BEN)
    words = said(tab.of(BEN))
    assert "Answers: 0" in words
    assert "None yet." in words
    assert "Ask your administrators: #it-help." in words


async def test_a_tab_is_drawn_once_in_three_seconds_per_person_unless_it_changed(tab: Tab) -> None:
    for _ in range(3):
        await tab.home.show(ADA)
    await tab.home.show(BEN)
    assert len(tab.rig.api.calls) == 2
    tab.clock.seconds += 3
    await tab.home.show(ADA)
    await tab.home.refresh(ADA)
    assert len(tab.rig.api.calls) == 4


async def test_a_failing_store_is_said(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: object) -> UsageSum:
        raise StoreUnavailable("no disk")

    monkeypatch.setattr(tab.rig.store.people, "usage_since", failing)
    await tab.home.show(ADA)
    assert "can't reach my records" in said(tab.of())


@pytest.mark.parametrize("language", WORDINGS)
async def test_slack_takes_the_fullest_tab_in_every_language(
    tab: Tab, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    turns = [a_turn(number, list(TurnState)[number % len(TurnState)]) for number in range(20)]
    give(tab, monkeypatch, UsageSum(10**9, 10**12, 0, 10**12), *turns)
    tab.rig.chat.language = language
    await tab.rig.preferences.save(Scope.USER, ME, {"instructions": "<&>" * 1_000})
    await tab.home.show(ADA)
    assert refusals(tab.of()) == []
    assert said(tab.of()).count("<!date^") == 20
