"""Task cards: people see the tools at work while the answer is being made."""

from pathlib import Path

import pytest

from playground.slack.wire import JsonObject
from tests.ingestion.samples import pdf
from tests.wire.harness import House
from tests.wire.model_side import own_house

pytestmark = pytest.mark.asyncio(loop_scope="function")


def cards(house: House, thread_ts: str) -> list[JsonObject]:
    """What the cards of a thread's answers were told, in order."""
    chunks = [chunk for message in house.answers(thread_ts) for chunk in message.chunks]
    return [chunk for chunk in chunks if chunk["type"] == "task_update"]


async def test_a_tool_is_seen_from_its_beginning_to_its_end(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        house.playground.model.knobs.set(image_seconds=0.4)
        house.playground.faults.add("slow", "files.completeUploadExternal", seconds=2.0)  # one of the two comes later
        ts = house.mention("draw 2 boats")
        await house.playground.workspace.wait_for(lambda: bool(cards(house, ts)))
        assert cards(house, ts)[0]["status"] in {"pending", "in_progress"}, "seen while it works"
        await house.settled(ts, answers=3)
        titles = [str(card["title"]) for card in cards(house, ts)]
        assert titles[0] == "Drawing 2 pictures"
        assert any("1 of 2 ready" in title for title in titles), "and its progress"
        assert cards(house, ts)[-1]["status"] == "complete"


async def test_a_failed_tool_is_seen_as_failed(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        ts = house.mention("wrong arguments")
        await house.settled(ts)
        assert cards(house, ts)[-1]["status"] == "error"


async def test_the_reading_of_a_document_is_seen(folder: Path, mode: str) -> None:
    async with own_house(folder, mode) as house:
        ts = house.attach("echo: Read.", [("long.pdf", pdf([f"Page {n}. " + "Words. " * 300 for n in range(1, 401)]))])
        await house.settled(ts, seconds=40)
        titles = [str(card["title"]) for card in cards(house, ts)]
        assert any("long.pdf: indexing" in title for title in titles)
        assert titles[-1] == "long.pdf: read"
        assert cards(house, ts)[-1]["status"] == "complete"
