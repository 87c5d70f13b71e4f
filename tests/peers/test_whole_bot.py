"""A person asks in the workspace, and one of the servers is the model: the whole bot in between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from message_processor.lines import Lines
from message_processor.wording import ENGLISH
from openai_client.errors import Failure
from playground.server import Options, Playground
from tests.ingestion.samples import png
from tests.peers.llmock import Llmock
from tests.wire.harness import House, running_bot

pytestmark = pytest.mark.slow

LINES = Lines(ENGLISH)

PLAIN = "A plain answer with **bold** words, an umlaut (ä) and a smile 😀."


@asynccontextmanager
async def house(model: str, api: str, folder: Path) -> AsyncIterator[House]:
    """The bot with this model server."""
    async with (
        Playground(Options(real_model_url=model)) as playground,
        running_bot(playground, folder, OPENAI_API=api, STREAM_STALL_SECONDS="1") as bot,
    ):
        yield House(playground, bot, "async")


async def test_aimock_answers_in_the_thread(aimock: str, api: str, tmp_path: Path) -> None:
    async with house(aimock, api, tmp_path) as home:
        assert await home.ask("plain, please") == PLAIN
        refused = await home.ask("no money")
        cut_off = await home.ask("truncated")
    assert refused == LINES.failure(Failure.QUOTA)
    assert cut_off.startswith("This ")
    assert cut_off.endswith(LINES.cut(Failure.DROPPED))


async def test_aimock_sees_draws_and_changes_pictures(aimock: str, api: str, tmp_path: Path) -> None:
    async with house(aimock, api, tmp_path) as home:
        ts = home.attach("what is on it?", [("shot.png", png(64, 48, "green"))])
        (seen,) = await home.settled(ts)
        assert seen.text == "A picture was given."
        ts = home.mention("draw, please")
        drawn = await home.settled(ts, answers=2)
        home.say("change it, please", thread_ts=ts)
        changed = (await home.settled(ts, answers=4))[2:]
    assert [message.text for message in drawn if not message.files] == ["There it is."]
    assert [message.text for message in changed if not message.files] == ["It is changed."]
    before, after = ([file.data for message in some for file in message.files] for some in (drawn, changed))
    assert len(before) == len(after) == 1
    assert before != after
    assert before[0] is not None
    assert before[0].startswith(b"\x89PNG")


async def test_llmock_answers_in_the_thread(llmock: Llmock, api: str, tmp_path: Path) -> None:
    text = "An answer of several words that comes in small pieces."
    async with house(llmock.url, api, tmp_path) as home:
        await llmock.will({"type": "fail", "status": 429, "retry_after": 1}, {"type": "reply", "text": text})
        assert await home.ask("Hello?") == text
        await llmock.will({"type": "stream_fault", "kind": "stall", "after_chunks": 9}, {"type": "reply", "text": text})
        stalled = await home.ask("And now?")
    assert stalled.startswith("An answer")
    assert stalled.endswith(LINES.cut(Failure.STALLED))
    assert await llmock.complaints() == []
