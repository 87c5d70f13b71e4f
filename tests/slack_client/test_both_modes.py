"""Interactions over sockets and the real SDK: acknowledged in time, with what they carry, the same in both modes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from base_client import Message as Asked
from base_client import MessageKey, Offer
from message_processor.wording import ENGLISH
from playground.slack.interactive_records import View
from playground.slack.records import Message
from tests.slack_client.office import ADA, GENERAL, Office, open_office
from tests.slack_client.scripted import Records


@pytest_asyncio.fixture(params=["async", "threaded"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    """An office in each of the modes."""
    async with open_office(tmp_path, request.param) as opened:
        yield opened


async def judged(office: Office) -> tuple[Message, View]:
    """An answer whose thumb down was pressed, and the window that came of it."""
    ts = office.workspace.post("ada", GENERAL, "why?")
    question = Asked(MessageKey(office.workspace.identity.team_id, GENERAL, ts), office.thread(ts), ADA, "why?")
    reply = office.bot.chat.open_reply("t1", question, Records())
    reply.say("Because.")
    assert await reply.close(offers=frozenset({Offer.FEEDBACK}))
    (answer,) = office.workspace.answers(GENERAL, ts)
    office.people.click("ada", GENERAL, answer.ts, "feedback", "down:t1")
    await office.until_asked()
    (window,) = await office.workspace.wait_for(lambda: office.workspace.views_of(ADA))
    return answer, window


async def test_where_nothing_runs_only_the_person_is_told(office: Office) -> None:
    office.core.finds = False
    ts = office.workspace.post("ada", GENERAL, "well?")
    office.people.message_shortcut("ada", GENERAL, ts, "stop_answer")
    await office.workspace.wait_for(office.notes)
    assert office.notes() == [ENGLISH("agent.nothing_runs")]
    assert office.workspace.answers(GENERAL, ts) == []


async def test_hung_events_hold_up_no_shortcut(office: Office) -> None:
    office.core.slow.clear()
    ts = office.workspace.post("ada", GENERAL, "well?")
    for number in range(30):
        office.workspace.post("ada", GENERAL, f"<@{office.workspace.identity.bot_user_id}> {number}")
    async with asyncio.timeout(10):
        while office.core.waiting < 40:
            await asyncio.sleep(0.02)
    office.people.message_shortcut("ada", GENERAL, ts, "summarise_thread")
    views = office.workspace.views_of
    # The trigger lives for three seconds: the window would not be there after them.
    await office.workspace.wait_for(lambda: [view for view in views(ADA) if view.callback_id == "summary"])


async def test_a_tampered_button_is_told_and_reaches_nobody(office: Office) -> None:
    ts = office.workspace.post("ada", GENERAL, "well?")
    await office.bot.chat.aside(office.thread(ts), ADA, 1, ts)
    (line,) = await office.workspace.wait_for(lambda: office.workspace.answers(GENERAL, ts))
    office.people.click("ada", GENERAL, line.ts, "answer_aside", "1600000000.000999")
    await office.workspace.wait_for(office.notes)
    assert office.notes() == [ENGLISH("agent.click_outdated")]
    assert office.core.asked == []


async def test_a_thumb_down_asks_for_its_reason_and_keeps_it(office: Office) -> None:
    answer, window = await judged(office)
    office.people.fill("ada", window.id, {"reason": "Too long."})
    assert office.people.submit("ada", window.id)
    assert await office.until_asked(2) == ("rate", "t1", GENERAL, ADA, "down", "Too long.")
    await office.workspace.wait_for(lambda: office.workspace.views_of(ADA) == [] and office.notes())
    assert office.notes() == [ENGLISH("agent.feedback_thanks")]
    assert answer.text == "Because."


async def test_a_form_that_was_tampered_with_gets_its_error_at_once(office: Office) -> None:
    _, window = await judged(office)
    window.private_metadata = "rubbish"
    office.people.fill("ada", window.id, {"reason": "Too long."})
    office.people.submit("ada", window.id)
    await office.workspace.wait_for(lambda: window.errors)
    assert window.errors == {"reason": ENGLISH("agent.click_outdated")}
    assert len(office.core.asked) == 1
