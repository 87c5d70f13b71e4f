"""Shortcuts and buttons at answers and threads: what reaches the core, and what people are told."""

import logging

import pytest

from base_client import MessageKey, Stop, ThreadKey
from database import StoreUnavailable
from message_processor.control import Again
from message_processor.wording import ENGLISH
from slack_client.errors import Refused
from slack_client.event_handlers.interaction import Kind
from tests.slack_client.clicks import MOMENT, ROOT, TS, Core, Desk

THREAD = ThreadKey("T1", "C1", ROOT)


async def test_the_stop_shortcut_stops_what_was_begun_before_it() -> None:
    desk = Desk()
    await desk.do(Kind.SHORTCUT, "stop_answer")
    assert desk.core.asked == [("stop", Stop("T1", "C1", ROOT, "U1", MOMENT))]
    assert desk.told() == []


async def test_where_nothing_runs_the_person_is_told() -> None:
    desk = Desk(Core(finds=False))
    await desk.do(Kind.SHORTCUT, "stop_answer")
    assert desk.told() == [ENGLISH("agent.nothing_runs")]


async def test_lines_are_said_in_the_persons_language_in_the_thread() -> None:
    desk = Desk(Core(finds=False))
    desk.api.next["users.info"] = [{"user": {"name": "ada", "locale": "xx-XX"}}]
    await desk.do(Kind.SHORTCUT, "stop_answer")
    (method, lookup), (_, whisper) = desk.api.calls
    assert (method, lookup) == ("users.info", {"user": "U1", "include_locale": True})
    assert (whisper["channel"], whisper["thread_ts"], whisper["user"]) == ("C1", ROOT, "U1")


async def test_where_the_bot_is_no_member_a_window_says_so() -> None:
    desk = Desk(Core(finds=False))
    desk.api.next["chat.postEphemeral"] = [Refused("chat.postEphemeral", "not_in_channel")]
    await desk.do(Kind.SHORTCUT, "stop_answer")
    (window,) = desk.windows("views.open")
    assert ENGLISH("agent.not_here") in str(window["blocks"])


@pytest.mark.parametrize(
    ("again", "key"),
    [
        (Again.STARTED, ""),
        (Again.USED, ""),
        (Again.UNKNOWN, "agent.again_unknown"),
        (Again.DELETED, "agent.again_deleted"),
        (Again.RUNNING, "agent.again_running"),
    ],
)
async def test_the_shortcut_answers_a_message_again_or_says_why_not(again: Again, key: str) -> None:
    desk = Desk(Core(again_is=again))
    await desk.do(Kind.SHORTCUT, "answer_again")
    assert desk.core.asked == [("again_of", MessageKey("T1", "C1", TS))]
    assert desk.told() == ([ENGLISH(key)] if key else [])


@pytest.mark.parametrize(
    ("again", "key"),
    [
        (Again.STARTED, ""),
        (Again.USED, ""),
        (Again.UNKNOWN, "agent.click_outdated"),
        (Again.DELETED, "agent.again_deleted"),
        (Again.RUNNING, "agent.again_running"),
    ],
)
async def test_the_button_answers_its_turn_again_once(again: Again, key: str) -> None:
    desk = Desk(Core(again_is=again))
    await desk.do(Kind.CLICK, "answer_again", value="t1")
    assert desk.core.asked == [("again", "t1", "C1", TS)]
    assert desk.told() == ([ENGLISH(key)] if key else [])


async def test_what_was_set_aside_is_answered_and_its_button_goes() -> None:
    desk = Desk()
    await desk.do(Kind.CLICK, "answer_aside", value=ROOT)
    assert desk.core.asked == [("answer_aside", THREAD)]
    ((_, update),) = [call for call in desk.api.calls if call[0] == "chat.update"]
    assert (update["ts"], update["text"]) == (TS, ENGLISH("agent.answering_aside"))
    assert "button" not in str(update["blocks"])


async def test_a_deleted_line_still_answers_what_was_set_aside() -> None:
    desk = Desk()
    desk.api.next["chat.update"] = [Refused("chat.update", "message_not_found")]
    await desk.do(Kind.CLICK, "answer_aside", value=ROOT, thread_ts=TS)
    assert desk.core.asked == [("answer_aside", THREAD)]


@pytest.mark.parametrize(
    ("kind", "name", "given"),
    [
        (Kind.CLICK, "answer_again", {"value": ""}),
        (Kind.CLICK, "answer_again", {"value": "t1; drop"}),
        (Kind.CLICK, "answer_again", {"value": "x" * 2_000}),
        (Kind.CLICK, "answer_again", {"value": "t1", "team": "T2"}),
        (Kind.CLICK, "answer_aside", {"value": "1600000000.000999"}),
        (Kind.CLICK, "answer_aside", {"value": "rubbish"}),
        (Kind.CLICK, "feedback", {"value": "t1"}),
        (Kind.CLICK, "feedback", {"value": "sideways:t1"}),
        (Kind.CLICK, "feedback", {"value": "up:"}),
        (Kind.CLICK, "feedback", {"value": "down:t1", "team": "T2"}),
        (Kind.SHORTCUT, "stop_answer", {"ts": ""}),
        (Kind.SHORTCUT, "answer_again", {"message_ts": ""}),
    ],
)
async def test_what_was_tampered_with_is_told_and_warned_of_once(
    kind: Kind, name: str, given: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk()
    await desk.do(kind, name, **given)
    assert desk.core.asked == []
    assert desk.told() == [ENGLISH("agent.click_outdated")]
    assert desk.windows("views.open") == []
    (warning,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert (warning.message, vars(warning)["action"], vars(warning)["user"]) == ("click_not_valid", name, "U1")


async def test_without_records_people_are_told_to_try_again() -> None:
    desk = Desk(Core(failure=StoreUnavailable("disk full")))
    await desk.do(Kind.CLICK, "answer_again", value="t1")
    assert desk.told() == [ENGLISH("settings.unavailable")]


# Summaries


async def test_a_summary_is_shown_in_the_window_that_was_there_at_once() -> None:
    desk = Desk()
    desk.api.next["views.open"] = [{"view": {"id": "V1"}}]
    await desk.do(Kind.SHORTCUT, "summarise_thread")
    assert desk.api.methods()[0] == "views.open", "the trigger lives for three seconds"
    assert desk.core.asked == [("summarise", THREAD, "U1")]
    (window,) = desk.windows("views.update")
    assert [block["text"]["text"] for block in window["blocks"]] == ["All is *well*."]
    assert desk.told() == []


@pytest.mark.parametrize("method", ["views.open", "views.update"])
async def test_a_summary_whose_window_is_gone_is_whispered(method: str) -> None:
    desk = Desk()
    desk.api.next["views.open"] = [{"view": {"id": "V1"}}]
    desk.api.next[method] = [Refused(method, "not_found")]
    await desk.do(Kind.SHORTCUT, "summarise_thread")
    ((_, whisper),) = [call for call in desk.api.calls if call[0] == "chat.postEphemeral"]
    assert "All is *well*." in str(whisper["blocks"])


async def test_a_long_summary_fits_its_window_and_pings_nobody() -> None:
    desk = Desk(Core(summary=("<!channel> & <@U2> " + "word " * 1_000 + "\n") * 60))
    desk.api.next["views.open"] = [{"view": {"id": "V1"}}]
    await desk.do(Kind.SHORTCUT, "summarise_thread")
    (window,) = desk.windows("views.update")
    texts = [block["text"]["text"] for block in window["blocks"]]
    assert 0 < len(texts) <= 100
    assert max(map(len, texts)) <= 3_000
    assert "<" not in "".join(texts)


# Feedback


async def test_a_thumb_up_is_kept_without_a_word() -> None:
    desk = Desk()
    await desk.do(Kind.CLICK, "feedback", value="up:t1")
    assert desk.core.asked == [("rate", "t1", "C1", "U1", "up", "")]
    assert desk.api.calls == []


async def test_a_thumb_down_is_kept_and_the_reason_is_asked_for_first_of_all() -> None:
    desk = Desk()
    await desk.do(Kind.CLICK, "feedback", value="down:t1")
    assert desk.api.methods() == ["views.open"]
    assert desk.core.asked == [("rate", "t1", "C1", "U1", "down", "")]
    (window,) = desk.windows("views.open")
    assert [block["type"] for block in window["blocks"]] == ["input"]


async def test_the_reason_is_kept_for_the_answer_that_the_window_is_about() -> None:
    desk = Desk()
    await desk.do(Kind.CLICK, "feedback", value="down:t1")
    (window,) = desk.windows("views.open")
    assert await desk.submit(window["private_metadata"], " Too long. ") is None
    assert desk.core.asked[1] == ("rate", "t1", "C1", "U1", "down", "Too long.")
    assert desk.told() == [ENGLISH("agent.feedback_thanks")]


async def test_a_thumb_down_for_an_unknown_answer_is_told_and_its_window_too() -> None:
    desk = Desk(Core(finds=False))
    desk.api.next["views.open"] = [{"view": {"id": "V1"}}]
    await desk.do(Kind.CLICK, "feedback", value="down:t9")
    assert desk.told() == [ENGLISH("agent.click_outdated")]
    (window,) = desk.windows("views.update")
    assert ENGLISH("agent.click_outdated") in str(window["blocks"])


@pytest.mark.parametrize("metadata", ["", "[]", "7", '{"v": "0", "turn": "t1", "channel": "C1"}', '{"v": "1"}', "{"])
async def test_a_reason_for_nothing_is_an_error_at_its_field(metadata: str, caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    payload = await desk.submit(metadata, "Too long.")
    assert payload == {"response_action": "errors", "errors": {"reason": ENGLISH("agent.click_outdated")}}
    assert desk.core.asked == []
    assert [record.message for record in caplog.records] == ["click_not_valid"]
