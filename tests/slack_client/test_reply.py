"""The writer of a reply where the wire does not reach: failing records, places of streams, and what is left to show."""

import asyncio
from pathlib import Path

from database import Store, StoreUnavailable
from message_processor.lines import Lines
from message_processor.small_tasks import SmallTasks
from message_processor.wording import Wording
from slack_client.busy_lines import BusyLines
from slack_client.delivery import PART_LIMIT
from slack_client.errors import Ambiguous, RateLimited, Refused, Unreachable
from slack_client.status import LINE, SESSION, AgentSurface, ThreadStatus
from tests.slack_client.room import Room
from tests.slack_client.scripted import THREAD, TIMINGS, ScriptedApi


async def test_without_records_the_answer_is_delivered_all_the_same(room: Room) -> None:
    room.records.failure = StoreUnavailable("disk full")
    reply = room.reply()
    reply.say("One two three")
    await room.until("chat.startStream")
    assert await reply.close()
    assert "".join(map(str, room.texts("chat.startStream", "chat.appendStream", "chat.stopStream"))) == "One two three"


async def test_a_stream_that_could_not_be_looked_for_gives_its_place_back(room: Room) -> None:
    room.api.next["chat.startStream"] = [Ambiguous("chat.startStream", "reset")]
    room.api.next["conversations.replies"] = [Unreachable("conversations.replies", "refused")] * 1_000
    reply = room.reply()
    reply.say("One two three")
    await asyncio.wait([reply.writer], timeout=5)
    assert not await reply.close()
    assert room.api.pacing.live_streams == 0


async def test_a_cancelled_writer_gives_its_place_back(room: Room) -> None:
    reply = room.reply()
    reply.say("One two three")
    await room.until("chat.startStream")
    assert room.api.pacing.live_streams == 1
    reply.writer.cancel()
    await asyncio.wait([reply.writer], timeout=5)
    assert room.api.pacing.live_streams == 0


async def test_what_an_update_could_not_bring_is_shown_without_further_news(room: Room) -> None:
    room.api.next["chat.appendStream"] = [
        RateLimited("chat.appendStream", 0.05),
        Unreachable("chat.appendStream", "refused"),
    ]
    reply = room.reply()
    reply.say("One two ")
    await room.until("chat.startStream")
    reply.say("three four ")
    await room.until("chat.appendStream", times=3)
    assert await reply.close()
    assert room.texts("chat.appendStream")[-1] == "two three "


async def test_an_answer_of_white_space_at_its_ends_is_no_message_of_its_own(room: Room) -> None:
    room.api.next["chat.startStream"] = [Refused("chat.startStream", "feature_disabled")]
    reply = room.reply()
    reply.say("\n\n")
    reply.say("w" * (PART_LIMIT - 2))
    reply.say("\n \n")
    assert await reply.close()
    assert room.texts("chat.postMessage") == ["w" * (PART_LIMIT - 2)]


async def test_no_stream_begins_with_nothing_but_white_space(room: Room) -> None:
    reply = room.reply()
    reply.say("\nO")
    await asyncio.sleep(0.05)
    reply.say("ne two")
    await room.until("chat.startStream")
    assert await reply.close()
    assert room.texts("chat.startStream") == ["\nOne "]


async def test_a_code_block_that_is_still_open_is_closed_before_the_notice(room: Room) -> None:
    reply = room.reply()
    reply.say("```sh\nls -l\n")
    assert await reply.close("_Cut off._")
    assert "".join(map(str, room.texts("chat.startStream", "chat.stopStream", "chat.postMessage"))) == (
        "```sh\nls -l\n```\n\n_Cut off._"
    )


# The session


async def test_a_session_that_was_refused_for_now_needs_no_end(room: Room) -> None:
    room.api.next[SESSION] = [RateLimited(SESSION, 30)]
    room.api.next["chat.startStream"] = [Refused("chat.startStream", "feature_disabled")]
    reply = room.reply()
    reply.say("One two")
    async with asyncio.timeout(2):
        assert await reply.close()
    assert room.api.methods().count(SESSION) == 1
    assert room.surface.open_sessions == 0


async def test_a_stream_that_ends_otherwise_leaves_no_session_at_work(room: Room) -> None:
    room.api.next[SESSION] = [RateLimited(SESSION, 0.05)]
    room.api.next["chat.stopStream"] = [Refused("chat.stopStream", "message_not_in_streaming_state")]
    reply = room.reply()
    reply.say("One two")
    await room.until("chat.startStream")
    assert await reply.close()
    assert [arguments["status"] for method, arguments in room.api.calls if method == SESSION] == [
        "processing",
        "active",
    ]


async def test_after_a_429_sessions_are_shown_again(room: Room) -> None:
    room.api.next[SESSION] = [RateLimited(SESSION, 0.05)]
    status = ThreadStatus(room.api, room.surface, THREAD)
    assert not await status.show()
    await asyncio.sleep(0.06)
    assert await status.show()


async def test_a_status_line_whose_answer_was_lost_is_cleared(room: Room) -> None:
    await room.surface.found(is_agent=False)
    room.api.next[LINE] = [Ambiguous(LINE, "reset")]
    status = ThreadStatus(room.api, room.surface, THREAD)
    assert not await status.show("working…")
    await status.clear(stream_ended=False, message_posted=False)
    assert [arguments["status"] for _, arguments in room.api.calls] == ["working…", ""]


async def test_what_was_found_out_is_remembered_for_a_day(room: Room, tmp_path: Path) -> None:
    now = 1_000_000.0
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path}/facts.db", room.api.figures)
    await AgentSurface(store, lambda: now).found(is_agent=False)
    recalled = {}
    for later in (86_000, 87_000):
        surface = AgentSurface(store, lambda later=later: now + later)  # type: ignore[misc]
        await surface.recall()
        recalled[later] = surface.is_agent
    await store.close()
    assert recalled == {86_000: False, 87_000: None}


# Busy lines


WORDS = {"en": "{count} refused", "de": "{count} abgewiesen"}
LOCALES = {"U1": "en", "U2": "de"}


def busy_lines(room: Room, tasks: SmallTasks) -> BusyLines:
    """Busy lines in the language of whoever is refused first."""

    def lines_for(person: str) -> Lines:
        words = WORDS[LOCALES[person]]
        return Lines(Wording(LOCALES[person], {"busy.one": words, "busy.many": words}))

    return BusyLines(room.api, tasks, TIMINGS, lines_for)


def busy_texts(api: ScriptedApi) -> list[object]:
    return [arguments["text"] for _, arguments in api.calls]


async def test_a_busy_line_is_said_once_and_updated(room: Room) -> None:
    tasks = SmallTasks()
    lines = busy_lines(room, tasks)
    for _ in range(3):
        lines.add(THREAD, "U1")
    await room.until("chat.postMessage")
    lines.add(THREAD, "U1")
    await room.until("chat.update")
    await tasks.close()
    assert room.api.methods() == ["chat.postMessage", "chat.update"]
    assert busy_texts(room.api) == ["3 refused", "4 refused"]
    assert room.api.calls[0][1]["unfurl_links"] is False


async def test_a_busy_line_keeps_the_language_of_the_first_who_was_refused(room: Room) -> None:
    tasks = SmallTasks()
    lines = busy_lines(room, tasks)
    lines.add(THREAD, "U2")
    await room.until("chat.postMessage")
    lines.add(THREAD, "U1")
    await room.until("chat.update")
    lines.over(THREAD)
    lines.add(THREAD, "U1")
    await room.until("chat.postMessage", times=2)
    await tasks.close()
    assert busy_texts(room.api) == ["1 abgewiesen", "2 abgewiesen", "1 refused"]


async def test_a_busy_line_whose_answer_was_lost_is_said_again(room: Room) -> None:
    room.api.next["chat.postMessage"] = [Ambiguous("chat.postMessage", "reset")]
    tasks = SmallTasks()
    lines = busy_lines(room, tasks)
    lines.add(THREAD, "U1")
    await room.until("chat.postMessage", times=2)
    await tasks.close()


async def test_a_busy_line_that_found_no_place_is_said_with_the_next_refusal(room: Room) -> None:
    tasks = SmallTasks()
    lines = busy_lines(room, tasks)
    blocker = asyncio.Event()

    async def wait() -> None:
        await blocker.wait()

    while tasks.start(wait(), "filler"):
        pass
    lines.add(THREAD, "U1")
    blocker.set()
    await asyncio.sleep(0.05)
    lines.add(THREAD, "U1")
    await room.until("chat.postMessage")
    await tasks.close()
    assert busy_texts(room.api) == ["2 refused"]
