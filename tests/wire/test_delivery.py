"""What people see of an answer while it is written, and what the thread holds in the end."""

import statistics
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio

from playground.model import texts
from playground.server import Options, Playground
from playground.slack.journal import Call
from playground.slack.records import Message
from slack_client.formatting.split import open_fence
from tests.wire.harness import ADA, BOT, GENERAL, House, running_bot
from tests.wire.streaming import (
    Workshop,
    answer,
    calls_of,
    check_patience,
    neutral,
    open_workshop,
    own_house,
    turn_done,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def workshop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workshop]:
    """Bots that may stream; asynchronous ones, because the delivery is the same code in both modes."""
    async with open_workshop(tmp_path_factory.mktemp("delivery")) as shop:
        yield shop


@pytest_asyncio.fixture(loop_scope="session")
async def streaming(workshop: Workshop) -> AsyncIterator[House]:
    """A house whose bot may stream."""
    async with workshop.test() as house:
        yield house


MARKDOWN = {
    "code": texts.CODE_ANSWER,
    "table": texts.TABLE_ANSWER,
    "pings": texts.PING_ANSWER,
    "lists": "1. one\n   - nested **bold** and *slanted*\n     1. deeper\n\n- [ ] a task\n- [x] done\n\n* star\n+ plus",
    "inline": "[link](https://example.com/a_b_c), `code with * and _`, ~~struck words~~, __bold__, a\\*b, 2 * 3 * 4.",
    "blocks": "# Head\n\n> quote\n> more\n\n---\n\nSetext\n===\n\n    indented code\n    on\n\n<b>html</b> &amp; &lt;",
    "tildes": "~~~~sh\necho ```\n~~~\n~~~~\nafter",
    "scripts": "Größe, 你好世界, שלום, 👩‍👩‍👧‍👦 and a\u00a0hard space.\n\nfin.",
    "one word": "Yes",
    "unbroken": "x" * 1_500,
    "spaces": "a" + " " * 30 + "b\n\n\n\n\nc\t\td",
    "lead": "\n\n  Begins late",
}


def words(count: int) -> str:
    """So many words that are all different, in lines of ten."""
    lines = (" ".join(f"word{number}" for number in range(first, first + 10)) for first in range(0, count, 10))
    return "\n".join(lines) + "\nend."


def joined(messages: list[Message]) -> str:
    """The answer in its messages, without the fences that were closed and opened again for the cuts."""
    text = messages[0].text
    for before, after in pairwise(messages):
        if open_fence(before.text) is not None:
            raise AssertionError("a message ends inside a code block")
        fence = after.text.partition("\n")[0] + "\n"
        if after.text.startswith("```python\n") and text.endswith("```"):
            text = text.removesuffix("```") + after.text.removeprefix(fence)
        else:
            text += after.text
    return text


# One after the other


@pytest.mark.parametrize("mode", ["async", "threaded"], indirect=True)
async def test_a_status_comes_first_and_then_one_message_grows(mode: str, folder: Path) -> None:
    async with own_house(folder, mode) as house:
        messages = await answer(house, texts.CODE_ANSWER, seconds=1.5)
        writes = [call for call in house.playground.calls if call.method.startswith(("agents.", "chat.", "assistant."))]
        # The welcome note comes beside the answer.
        methods = [call.method for call in writes if call.method != "chat.postEphemeral"]
        assert methods[:2] == ["agents.sessions.setStatus", "chat.startStream"]
        assert methods[-1] == "chat.stopStream"
        assert methods.count("chat.appendStream") >= 2
        assert set(methods[2:-1]) == {"chat.appendStream"}
        assert [message.text for message in messages] == [texts.CODE_ANSWER]
        assert house.playground.workspace.session(GENERAL, messages[0].root_ts) == "active"


@pytest.mark.parametrize("kind", MARKDOWN)
async def test_markdown_arrives_as_the_model_wrote_it(streaming: House, kind: str) -> None:
    messages = await answer(streaming, MARKDOWN[kind], seconds=0.3)
    assert [message.text for message in messages] == [neutral(MARKDOWN[kind])]


async def test_no_piece_begins_with_white_space(streaming: House) -> None:
    [message] = await answer(streaming, MARKDOWN["lists"] + "\n\n" + MARKDOWN["blocks"], seconds=0.8)
    assert message.stream is not None
    pieces = [text for _, text in message.stream.pieces]
    assert len(pieces) >= 3
    assert not [piece for piece in pieces if piece[0].isspace()]


@pytest.mark.parametrize("characters", [1, 2, 5])
async def test_mentions_are_neutralised_across_chunks(streaming: House, characters: int) -> None:
    streaming.playground.model.knobs.next(answer=texts.PING_ANSWER, chunk_characters=characters, total_seconds=0.3)
    text = await streaming.ask("say it")
    assert text == neutral(texts.PING_ANSWER)
    assert not [ping for ping in ("<!", "<@", "<#", "@here", "@channel", "@everyone") if ping in text]


# Endings


async def test_the_status_ends_with_every_ending(folder: Path) -> None:
    endings = ("drop", "fail", "truncate", "stall", "incomplete", "filter", "refuse", "empty", "error 400", "malformed")
    async with own_house(folder, STREAM_STALL_SECONDS="1") as house:
        asked = {ending: house.mention(f"{ending} long 300") for ending in endings}
        for ending, ts in asked.items():
            await turn_done(house, ts)
            assert house.is_quiet(ts), ending
            assert house.playground.workspace.session(GENERAL, ts) == "active", ending
            [message] = house.answers(ts)
            assert message.text.strip(), ending


# Long answers


async def test_a_very_long_answer_is_cut_into_messages_with_whole_code_blocks(streaming: House) -> None:
    lines = "".join(f"value_{number} = compute({number})  # a line of code\n" for number in range(500))
    text = f"Look:\n\n```python\n{lines}```\n\n{words(600)}"
    assert len(text) > 25_000
    messages = await answer(streaming, text, seconds=1.0)
    assert len(messages) >= 3
    assert all(len(message.text) <= 12_000 for message in messages)
    assert joined(messages) == text


async def test_a_very_long_answer_is_cut_alike_when_it_is_posted(streaming: House) -> None:
    streaming.playground.faults.add("error", "chat.startStream", code="feature_disabled")
    lines = "".join(f"value_{number} = compute({number})  # a line of code\n" for number in range(500))
    text = f"Look:\n\n```python\n{lines}```\n\n{words(600)}"
    messages = await answer(streaming, text)
    assert len(messages) >= 3
    assert all(message.stream is None for message in messages)
    assert all(len(message.text) <= 12_000 for message in messages)
    assert joined(messages).replace("\n", "") == text.replace("\n", ""), "posts lose line breaks at their ends"


async def test_a_stream_is_ended_before_slack_ends_it(folder: Path) -> None:
    async with own_house(folder, timings={"stream_lifetime": 0.7}) as house:
        house.playground.faults.stream_lifetime = 2.0
        messages = await answer(house, words(200), seconds=2.0)
    assert len(messages) >= 3
    assert joined(messages) == words(200)
    assert {message.stream.state for message in messages if message.stream} == {"ended"}


async def test_a_stream_that_slack_ended_is_completed(streaming: House) -> None:
    streaming.playground.faults.stream_lifetime = 0.6
    messages = await answer(streaming, words(200), seconds=2.0)
    assert "expired" in {message.stream.state for message in messages if message.stream}
    assert joined(messages) == words(200)


# Not an agent


async def test_an_app_that_is_no_agent_shows_a_status_line_and_finds_out_once(folder: Path) -> None:
    async with Playground(Options()) as playground:
        playground.workspace.is_agent = False
        for bots in (1, 2):
            async with running_bot(playground, folder) as bot:
                house = House(playground, bot, "async")
                for _ in range(2):
                    messages = await answer(house, "Plainly said.", seconds=0.2)
                    assert [message.text for message in messages] == ["Plainly said."]
                lines = calls_of(house, "assistant.threads.setStatus")
                assert len([call for call in lines if call.args["status"]]) == 2 * bots
                assert len(calls_of(house, "agents.sessions.setStatus")) == 1, "remembered across the restart"


# Many at once


async def test_slacks_tiers_are_kept_and_every_answer_arrives(folder: Path) -> None:
    async with own_house(folder, options=Options(enforce_tiers=True)) as house:
        house.playground.model.knobs.set(total_seconds=1.0)
        asked = [house.mention(f"echo: {words(40)} Number {number}.") for number in range(30)]
        for number, ts in enumerate(asked):
            assert await turn_done(house, ts) == "done"
            assert [message.text for message in house.answers(ts)] == [f"{words(40)} Number {number}."]
            assert house.is_quiet(ts)
        starts = calls_of(house, "chat.startStream")
        streamed = [call for call in starts if not call.error]
        assert len(starts) <= 20
        assert len(streamed) >= 15, "streams are used while there are any"
        assert len(calls_of(house, "chat.postMessage")) == 30 - len(streamed)
        check_patience(house.playground.calls)


def gaps(calls: list[Call]) -> list[float]:
    """Seconds between two updates of the same stream."""
    found: list[float] = []
    for ts in {call.args["ts"] for call in calls}:
        times = [call.at for call in calls if call.args["ts"] == ts]
        found += [later - earlier for earlier, later in pairwise(times)]
    return found


async def test_updates_are_wider_apart_the_more_streams_there_are(folder: Path) -> None:
    async with own_house(folder, timings={"appends_per_minute": 600.0}) as house:
        await answer(house, words(100), seconds=1.0)
        alone = gaps(calls_of(house, "chat.appendStream"))
        before = len(house.playground.calls)
        house.playground.model.knobs.set(answer=words(100), total_seconds=2.0)
        asked = [house.mention("say it") for _ in range(6)]
        for ts in asked:
            assert await turn_done(house, ts) == "done"
            assert [message.text for message in house.answers(ts)] == [words(100)]
    crowded = gaps(calls_of(house, "chat.appendStream", before))
    assert statistics.median(crowded) > 2 * statistics.median(alone)
    assert statistics.median(crowded) >= 0.5, "six streams share ten updates a second"


# Who asks


async def test_an_outsider_is_not_answered_where_members_are(streaming: House) -> None:
    ts = streaming.mention("echo: Outside.", "U0EXTERN01", "C0PARTNERS")
    assert await streaming.ask("echo: A member in the shared channel.", "C0PARTNERS", ADA)
    assert streaming.answers(ts, "C0PARTNERS") == []
    assert BOT not in {
        user for message in streaming.playground.workspace.thread("C0PARTNERS", ts) for user in message.reactions
    }
