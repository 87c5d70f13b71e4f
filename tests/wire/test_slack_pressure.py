"""Slack's limits under pressure: slower updates, then one post of the whole, then a wait that people see; no loss."""

import asyncio
from pathlib import Path

import pytest

from playground.server import Options
from playground.slack.faults import Rule
from tests.wire.harness import GENERAL, House
from tests.wire.streaming import calls_of, check_patience, own_house, turn_done

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

QUESTIONS = 60
REAL = {"append_interval": 0.8, "appends_per_minute": 90.0}
"""The pace of updates that people get."""
ELSEWHERE = "C0TEAM0001"


def text_of(number: int) -> str:
    return f"The answer to question {number} begins here, " + "goes on for a while, " * 20 + f"and ends: {number}."


async def all_answered_once(house: House, asked: dict[str, str], within: float) -> None:
    """Each thread, by its ts and with its text, holds exactly that answer, and nothing moves."""
    for ts, text in asked.items():
        assert await turn_done(house, ts, channel_of(house, ts), within) == "done"
        assert [message.text for message in house.answers(ts, channel_of(house, ts))] == [text]
        assert house.is_quiet(ts, channel_of(house, ts))
    assert not house.playground.workspace.open_streams()


def channel_of(house: House, ts: str) -> str:
    return next(channel.id for channel in house.playground.workspace.channels.values() if ts in channel.messages)


async def test_sixty_questions_in_a_minute_are_all_answered_in_full(folder: Path) -> None:
    async with own_house(folder, options=Options(enforce_tiers=True), timings=REAL) as house:
        workspace = house.playground.workspace
        people = [workspace.add_person(f"person{number}").id for number in range(6)]
        house.playground.model.knobs.set(total_seconds=2.0, chunk_count=20)
        asked: dict[str, str] = {}
        for number in range(QUESTIONS):
            text = text_of(number)
            asked[house.mention(f"echo: {text}", people[number % len(people)])] = text
            await asyncio.sleep(50.0 / QUESTIONS)
        await all_answered_once(house, asked, within=90)
        streamed = [message for ts in asked for message in house.answers(ts) if message.stream is not None]
        assert len(streamed) >= 15, "streams are used while there are any"
        assert len(calls_of(house, "chat.postMessage")) >= QUESTIONS - len(streamed), "the rest is posted when complete"
        check_patience(house.playground.calls)


async def test_ten_questions_while_every_second_call_meets_a_429_are_answered_once(folder: Path) -> None:
    async with own_house(folder) as house:
        refusing = house.playground.faults.add("rate_limited", times=None, every=2, retry_after=1)
        house.playground.model.knobs.set(total_seconds=0.5, chunk_count=5)
        asked = {house.mention(f"echo: {text_of(number)}"): text_of(number) for number in range(10)}
        await all_answered_once(house, asked, within=120)
        assert refusing.seen > 20
        check_patience(house.playground.calls)


def posts_are_refused(house: House, seconds: int) -> Rule:
    """No streams are to be had, and the next post has to wait."""
    house.playground.faults.add("error", "chat.startStream", code="channel_type_not_supported", times=2)
    return house.playground.faults.add("rate_limited", "chat.postMessage", retry_after=seconds)


async def test_an_answer_that_has_to_wait_for_slack_shows_that_it_is_under_way(folder: Path) -> None:
    async with own_house(folder) as house:
        refusal = posts_are_refused(house, 4)
        ts = house.mention("echo: worth the wait")
        await house.playground.workspace.wait_for(lambda: refusal.times == 0)
        await asyncio.sleep(1.0)
        assert house.answers(ts) == []
        assert house.playground.workspace.session(GENERAL, ts) == "processing"
        await all_answered_once(house, {ts: "worth the wait"}, within=20)
        assert await house.ask("echo: at once") == "at once", "the gate opens by itself"


async def test_a_channel_that_has_to_wait_holds_up_no_other_one(folder: Path) -> None:
    async with own_house(folder) as house:
        refusal = posts_are_refused(house, 6)
        waiting = house.mention("echo: later")
        await house.playground.workspace.wait_for(lambda: refusal.times == 0)
        other = house.mention("echo: sooner", channel=ELSEWHERE)
        await house.settled(other, ELSEWHERE)
        assert house.answers(waiting) == []
        await all_answered_once(house, {waiting: "later", other: "sooner"}, within=20)
