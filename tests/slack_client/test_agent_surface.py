"""Slack's agent surface over sockets and the real SDK: what people see beside the answers, and press there."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from base_client import ChatUnavailable, Message, MessageKey, Stop, TitleChange
from message_processor.control import Again
from message_processor.wording import ENGLISH
from slack_client.openings import suggested_prompts
from tests.slack_client.office import ADA, GENERAL, Office, open_office
from tests.slack_client.scripted import Records


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """An office of an app that is an agent."""
    async with open_office(tmp_path, "async") as opened:
        yield opened


async def test_the_stop_shortcut_reaches_the_core(office: Office) -> None:
    ts = office.workspace.post("ada", GENERAL, "well?")
    office.people.message_shortcut("ada", GENERAL, ts, "stop_answer")
    _, stop = await office.until_asked()
    assert isinstance(stop, Stop)
    assert (stop.channel, stop.thread_ts, stop.person, stop.said) == (GENERAL, ts, ADA, False)
    assert stop.ts > ts


async def test_a_mention_that_says_stop_stops_once_though_it_comes_twice(office: Office) -> None:
    ts = office.workspace.post("ada", GENERAL, "well?")
    office.workspace.post("ada", GENERAL, f"<@{office.workspace.identity.bot_user_id}> stop", thread_ts=ts)
    await office.until_asked()
    await asyncio.sleep(0.3)
    stops = [what for what in office.core.asked if what[0] == "stop"]
    assert len(stops) == 1


async def test_a_title_that_a_person_chose_reaches_the_core(office: Office) -> None:
    ts = office.workspace.post("ada", GENERAL, "well?")
    place = office.workspace.channel(GENERAL)
    office.workspace.sessions.set(place.id, ts, "active", "Ours")
    office.workspace.sessions.rename(office.workspace.person("ada"), place, ts, "Lighthouses")
    assert await office.until_asked() == ("title_changed", TitleChange(office.thread(ts), "Lighthouses"))


async def test_the_offer_to_answer_again_is_shown_to_its_author_and_used_once(office: Office) -> None:
    ts = office.workspace.post("ada", GENERAL, "well?")
    office.bot.chat.offer_again(office.thread(ts), ADA, "t1")
    await office.workspace.wait_for(office.notes)
    (note,) = office.workspace.ephemerals
    office.people.click("ada", GENERAL, note.ts, "answer_again")
    assert await office.until_asked() == ("again", "t1", GENERAL, note.ts)
    office.core.again_is = Again.USED
    office.people.click("ada", GENERAL, note.ts, "answer_again")
    await office.until_asked(2)
    await asyncio.sleep(0.1)
    assert office.notes() == [ENGLISH("agent.again_edited")]


async def test_what_was_set_aside_is_answered_at_a_button_that_then_goes(office: Office) -> None:
    ts = office.workspace.post("ada", GENERAL, "well?")
    await office.bot.chat.aside(office.thread(ts), ADA, 2, ts)
    (line,) = await office.workspace.wait_for(lambda: office.workspace.answers(GENERAL, ts))
    assert line.text == ENGLISH.counted("agent.aside", 2)
    office.people.click("ada", GENERAL, line.ts, "answer_aside")
    assert await office.until_asked() == ("answer_aside", office.thread(ts))
    await office.workspace.wait_for(lambda: line.text == ENGLISH("agent.answering_aside"))
    assert "button" not in str(line.blocks)


async def test_a_notice_is_no_part_of_the_threads_past(office: Office) -> None:
    ts = office.workspace.post("ada", GENERAL, "well?")
    await office.bot.chat.aside(office.thread(ts), ADA, 1, ts)
    office.bot.chat.asides.not_taken_in(office.thread(ts), ADA)
    await office.workspace.wait_for(lambda: len(office.workspace.answers(GENERAL, ts)) == 2)
    assert [message.text for message in await office.bot.chat.read_whole(office.thread(ts))] == ["well?"]


async def test_the_welcome_note_is_for_one_person_and_leads_to_the_settings(office: Office) -> None:
    ts = office.workspace.post("ada", GENERAL, "well?")
    office.bot.chat.welcome(office.thread(ts), ADA)
    await office.workspace.wait_for(office.notes)
    (note,) = office.workspace.ephemerals
    assert (note.text, note.thread_ts) == (ENGLISH("welcome.note"), ts)
    assert "open_settings" in str(note.blocks)


async def test_a_summary_comes_in_a_window(office: Office) -> None:
    ts = office.workspace.post("ada", GENERAL, "well?")
    office.people.message_shortcut("ada", GENERAL, ts, "summarise_thread")
    views = office.workspace.views_of
    await office.workspace.wait_for(lambda: [view for view in views(ADA) if view.callback_id == "summary"])
    (window,) = views(ADA)
    assert "All is *well*." in str(window.blocks)
    assert await office.until_asked() == ("summarise", office.thread(ts), ADA)


async def test_a_summary_whose_window_was_closed_comes_as_a_note(office: Office) -> None:
    ts = office.workspace.post("ada", GENERAL, "well?")
    office.playground.faults.apply({"rules": [{"kind": "slow", "method": "users.info", "seconds": 0.5}]})
    office.people.message_shortcut("ada", GENERAL, ts, "summarise_thread")
    await office.workspace.wait_for(lambda: office.workspace.views_of(ADA))
    office.people.close("ada", office.workspace.views_of(ADA)[0].id)
    await office.workspace.wait_for(office.notes)
    assert "All is *well*." in str(office.workspace.ephemerals[0].blocks)


async def test_the_prompts_are_suggested_when_the_conversation_is_opened(office: Office) -> None:
    office.workspace.open_messages("ada")
    place = office.workspace.direct(ADA)
    prompts = office.workspace.sessions.prompts
    await office.workspace.wait_for(lambda: place.id in prompts)
    assert prompts[place.id] == suggested_prompts(ENGLISH)


async def test_a_hello_is_said_once_however_often_the_bot_comes(office: Office) -> None:
    channel = next(each for each in office.workspace.channels.values() if each.kind in {"channel", "group"})
    for _ in range(2):
        office.workspace.leave_bot(channel.id)
        office.workspace.join_bot(channel.id, "ada")
        await asyncio.sleep(0.3)
    own = [message for message in channel.messages.values() if message.user == office.workspace.identity.bot_user_id]
    assert [message.text for message in own] == [ENGLISH("welcome.hello", command="`/ai-settings`")]


async def test_a_message_is_answered_again_by_its_shortcut(office: Office) -> None:
    ts = office.workspace.post("ada", GENERAL, "well?")
    office.people.message_shortcut("ada", GENERAL, ts, "answer_again")
    key = MessageKey(office.workspace.identity.team_id, GENERAL, ts)
    assert await office.until_asked() == ("again_of", key)


def asked(office: Office, words: str = "why?") -> Message:
    """A person's question, as the core has it."""
    ts = office.workspace.post("ada", GENERAL, words)
    return Message(MessageKey(office.workspace.identity.team_id, GENERAL, ts), office.thread(ts), ADA, words)


async def test_a_thread_is_given_a_title(office: Office) -> None:
    question = asked(office)
    reply = office.bot.chat.open_reply("t1", question, Records())
    reply.say("Because.")
    assert await reply.close()
    assert office.bot.chat.has_titles
    assert await office.bot.chat.rename(question.thread, "Lighthouses")
    assert office.workspace.sessions.title_of(GENERAL, question.thread.thread_ts) == "Lighthouses"


async def test_a_thread_that_has_no_session_cannot_be_named(office: Office) -> None:
    rule = {"kind": "error", "method": "agents.sessions.rename", "code": "session_not_found"}
    office.playground.faults.apply({"rules": [rule]})
    with pytest.raises(ChatUnavailable):
        await office.bot.chat.rename(asked(office).thread, "Lighthouses")


async def test_an_app_that_is_no_agent_has_no_titles(office: Office) -> None:
    office.workspace.is_agent = False
    assert not await office.bot.chat.rename(asked(office).thread, "Lighthouses")
    office.bot.chat.surface.is_agent = False
    assert not office.bot.chat.has_titles
    assert not await office.bot.chat.rename(asked(office).thread, "Lighthouses")


@pytest.mark.parametrize("stopped", [False, True])
async def test_a_session_is_active_again_however_its_reply_ends(office: Office, stopped: bool) -> None:
    question = asked(office)
    ts = question.thread.thread_ts
    reply = office.bot.chat.open_reply("t1", question, Records())
    reply.say("One two three")
    await office.workspace.wait_for(office.workspace.open_streams)
    assert office.workspace.sessions.status_of(GENERAL, ts) == "processing"
    if stopped:
        office.workspace.sessions.stop(office.workspace.person("ada"), office.workspace.channel(GENERAL), ts)
        assert office.workspace.sessions.status_of(GENERAL, ts) == "processing"
    assert await reply.close("_Stopped._" if stopped else "")
    assert office.workspace.sessions.status_of(GENERAL, ts) == "active"


async def test_a_session_is_active_again_after_a_shutdown(office: Office) -> None:
    question = asked(office)
    reply = office.bot.chat.open_reply("t1", question, Records())
    reply.say("One two three")
    await office.workspace.wait_for(office.workspace.open_streams)
    await office.bot.chat.close()
    assert office.workspace.sessions.status_of(GENERAL, question.thread.thread_ts) == "active"


async def test_a_thread_that_slack_does_not_show_is_not_taken_for_an_empty_one(office: Office) -> None:
    with pytest.raises(ChatUnavailable):
        await office.bot.chat.read_whole(office.thread("1600000000.000100"))
