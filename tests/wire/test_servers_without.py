"""Model servers without tools, pictures or files: questions are answered, and each thread is told once what is not."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image

from message_processor.wording import ENGLISH
from playground.model.knobs import KnobSettings
from playground.server import Playground
from tests.ingestion.samples import png
from tests.wire.harness import House, running_bot
from tests.wire.model_side import own_house

pytestmark = pytest.mark.asyncio(loop_scope="session")

SERVERS = [("async", "responses"), ("async", "chat_completions"), ("threaded", "responses")]


def scan(pages: int) -> bytes:
    """A PDF whose pages are pictures."""
    first, *others = [Image.new("RGB", (400, 600), colour) for colour in ("red", "green", "blue")[:pages]]
    out = io.BytesIO()
    first.save(out, "PDF", save_all=True, append_images=others)
    return out.getvalue()


@asynccontextmanager
async def opened(
    request: pytest.FixtureRequest, factory: pytest.TempPathFactory, settings: KnobSettings
) -> AsyncIterator[House]:
    """A house whose model server is as the knobs say, for one of SERVERS."""
    mode, api = request.param
    async with own_house(factory.mktemp("without"), mode, None, OPENAI_API=api) as house:
        house.playground.model.knobs.set(**settings)
        yield house


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=SERVERS, ids="-".join)
async def toolless(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(request, tmp_path_factory, {"no_tools": True}) as house:
        yield house


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=SERVERS, ids="-".join)
async def blind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Takes neither pictures nor files."""
    async with opened(request, tmp_path_factory, {"no_pictures": True, "no_files": True}) as house:
        yield house


async def test_without_tools_questions_are_answered_and_a_thread_is_told_once(toolless: House) -> None:
    for _ in range(2):  # the first thread teaches the bot what the server lacks, the second one finds it knowing
        ts = toolless.mention("echo: Hello.")
        (first,) = await toolless.settled(ts)
        assert first.text == "Hello.\n\n" + ENGLISH("turn.no_tools")
        toolless.say("echo: Again.", thread_ts=ts)
        second = (await toolless.settled(ts, answers=2))[-1]
        assert second.text == "Again."


async def test_without_tools_a_wish_to_draw_is_answered_in_words(toolless: House) -> None:
    ts = toolless.mention("draw a boat")
    (answer,) = await toolless.settled(ts)
    assert "offline model" in answer.text
    assert ENGLISH("turn.no_tools") in answer.text
    assert not answer.files


async def test_without_tools_pictures_of_earlier_turns_are_before_the_model(toolless: House) -> None:
    ts = toolless.attach("remember it", [("one.png", png(300, 100, "red"))])
    await toolless.settled(ts)
    toolless.say("what was on it?", thread_ts=ts)
    answer = (await toolless.settled(ts, answers=2))[-1]
    assert "300 x 100" in answer.text
    assert "red" in answer.text


async def test_without_tools_a_document_that_fits_is_read(toolless: House) -> None:
    ts = toolless.attach("what is on page 1?", [("note.txt", b"The word is heron.")])
    (answer,) = await toolless.settled(ts)
    assert "The word is heron." in str(toolless.playground.model.journal[-1].body)
    assert ENGLISH("turn.no_tools") in answer.text


async def test_without_tools_earlier_pictures_are_seen_right_after_a_restart(folder: Path, mode: str) -> None:
    async with Playground() as playground:
        playground.model.knobs.set(no_tools=True)
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            ts = house.attach("remember it", [("one.png", png(300, 100, "red"))])
            await house.settled(ts)
        async with running_bot(playground, folder, mode) as bot:
            house = House(playground, bot, mode)
            house.say("what was on it?", thread_ts=ts)
            answer = (await house.settled(ts, answers=2))[-1]
            assert "300 x 100" in answer.text


async def test_without_pictures_a_thread_is_told_once_and_answered(blind: House) -> None:
    for _ in range(2):
        ts = blind.attach("echo: Thanks.", [("shot.png", png(64, 48, "red"))])
        (first,) = await blind.settled(ts)
        assert first.text == "Thanks.\n\n" + ENGLISH("turn.no_pictures")
        blind.attach("echo: Another.", [("two.png", png(64, 48, "red"))], thread_ts=ts)
        second = (await blind.settled(ts, answers=2))[-1]
        assert second.text == "Another."


async def test_without_pictures_questions_in_words_say_nothing_of_it(blind: House) -> None:
    assert await blind.ask("echo: Plain.") == "Plain."


async def test_without_pictures_looking_again_is_answered(blind: House) -> None:
    ts = blind.attach("echo: Kept.", [("shot.png", png(64, 48, "red"))])
    await blind.settled(ts)
    blind.say("look at the first one", thread_ts=ts)
    answer = (await blind.settled(ts, answers=2))[-1]
    assert "offline model" in answer.text


async def test_a_scanned_document_goes_to_the_model_as_the_file(house: House) -> None:
    ts = house.attach("what is it?", [("scan.pdf", scan(3))])
    (answer,) = await house.settled(ts)
    assert "scan.pdf, application/pdf, 3 pages" in answer.text
    assert "⚠️" not in answer.text


async def test_without_tools_a_scanned_document_is_before_the_model_in_later_turns_too(toolless: House) -> None:
    ts = toolless.attach("what is it?", [("scan.pdf", scan(2))])
    await toolless.settled(ts)
    toolless.say("and once more?", thread_ts=ts)
    answer = (await toolless.settled(ts, answers=2))[-1]
    assert "scan.pdf, application/pdf, 2 pages" in answer.text


async def test_without_files_a_thread_is_told_once_that_the_scan_cannot_be_read(blind: House) -> None:
    for _ in range(2):
        ts = blind.attach("echo: Sorry.", [("scan.pdf", scan(2))])
        (first,) = await blind.settled(ts)
        assert first.text == "Sorry.\n\n" + ENGLISH("turn.no_documents")
        blind.say("echo: Still.", thread_ts=ts)
        second = (await blind.settled(ts, answers=2))[-1]
        assert second.text == "Still."


async def test_without_files_documents_with_text_are_read_all_the_same(blind: House) -> None:
    ts = blind.attach("echo: Read.", [("note.txt", b"The word is heron.")])
    (answer,) = await blind.settled(ts)
    assert answer.text == "Read."
    assert "The word is heron." in str(blind.playground.model.journal[-1].body)
