"""Taking files in: what breaks off half-way keeps what was read, and people are told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from base_client import ChatClient, FileRef, FileTrouble
from database import FileState, Page, Store, StoredMessage
from message_processor.ingestion.cabinet import Cabinet
from message_processor.ingestion.child import FileUnreadable, Found, OnFound, OnPages, Reader, Unreadable
from message_processor.ingestion.desk import FileDesk
from message_processor.ingestion.meaning import Meaning
from message_processor.ingestion.web import Web
from message_processor.lines import Lines
from message_processor.shelf import PARTLY
from message_processor.turn import Turn
from message_processor.wording import wording_of
from openai_client.base import ModelClient
from tests.core.test_tools import Cards
from tests.database.makers import Clock, Figures, address, message

LONG = FileRef("F1", "long.pdf", 5, "https://files.slack.com/x")


class Chat:
    """A platform that has every file."""

    async def fetch_file(self, file: FileRef, limit: int) -> bytes:
        return b"bytes"


class Breaking(Reader):
    """Gives one page of two, then takes too long."""

    async def read(self, path: Path, name: str, start: int = 1, *, on_found: OnFound, on_pages: OnPages) -> Found:
        await on_found(Found("application/pdf", parts=2))
        await on_pages([Page(1, "page 1", "About herons.")])
        raise FileUnreadable(Unreadable.TOO_SLOW)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(address(tmp_path / "data" / "threadwell.db"), Figures(), Clock(1_700_000_000.0))
    yield opened
    await opened.close()


def desk_of(store: Store, folder: Path) -> FileDesk:
    """A desk whose reader breaks off after one page of two."""
    meaning = Meaning(cast(ModelClient, None), store, "")
    chat, web = cast(ChatClient, Chat()), cast(Web, None)
    return FileDesk(chat, web, store, Cabinet(folder / "files"), Breaking(), meaning, 1_000_000)


async def asking(store: Store, file: FileRef, locale: str = "") -> Turn:
    """A turn whose question has the file."""
    question = replace(message(1), files=(file,))
    await store.accept(question)
    asked = StoredMessage(question.key, question.thread, question.author, False, question.text, "turn")
    return Turn("turn", question.thread, (asked,), lines=Lines(wording_of(locale)))


async def test_a_document_whose_reading_breaks_off_keeps_what_was_read(store: Store, tmp_path: Path) -> None:
    taken = await desk_of(store, tmp_path).take_in(await asking(store, LONG), Cards())
    (file,) = taken.shelf.documents
    assert (file.state, file.detail, file.done, file.parts) == (FileState.READ, PARTLY, 1, 2)
    assert taken.problems == (("long.pdf", PARTLY),)
    assert [page.text for page in await store.files.pages(file.uid, 1, 2)] == ["About herons."]


@pytest.mark.parametrize(
    ("locale", "fetching", "reading", "title", "details"),
    [
        ("en-US", "fetching long.pdf…", "reading long.pdf: 1 of 2…", "long.pdf: partly", "1 of 2 parts"),
        ("de-DE", "holt long.pdf…", "liest long.pdf: 1 von 2…", "long.pdf: teilweise gelesen", "1 von 2 Teilen"),
    ],
)
async def test_people_read_of_their_files_in_their_language(
    store: Store, tmp_path: Path, locale: str, fetching: str, reading: str, title: str, details: str
) -> None:
    cards = Cards()
    await desk_of(store, tmp_path).take_in(await asking(store, LONG, locale), cards)
    assert cards.statuses == [fetching, reading]
    assert (cards.shown[-1].title, cards.shown[-1].details) == (title, details)


async def test_the_card_of_a_file_that_cannot_be_had_says_why(store: Store, tmp_path: Path) -> None:
    cards = Cards()
    elsewhere = replace(LONG, trouble=FileTrouble.EXTERNAL.value)
    await desk_of(store, tmp_path).take_in(await asking(store, elsewhere), cards)
    assert cards.shown[-1].title == "long.pdf: unreadable"
    assert cards.shown[-1].details == "it is kept with another service; upload it here"
