"""Search by meaning, where a model for embeddings is named: what it adds, and that nothing is lost where it fails."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from playground.model.journal import Api, ModelCall
from tests.ingestion.samples import pdf
from tests.wire.conftest import MODES
from tests.wire.harness import House
from tests.wire.model_side import Calls, own_house

pytestmark = pytest.mark.asyncio(loop_scope="session")

BIRDS = ("cormorants", "flamingoes", "hummingbirds", "kingfishers", "nightingales", "oystercatchers")
MISSPELT = "hummngbirdz"
"""No page has this word, and only vectors tell what it is near to."""
DOCUMENT = pdf([f"Chapter {n}, all about {bird}. Their code word is heron{n}." for n, bird in enumerate(BIRDS, 1)])


@dataclass(frozen=True)
class Library:
    """A house with a model for embeddings, and its database."""

    house: House
    database: Path

    def vectors(self) -> int:
        """How many pages have a vector."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            (count,) = connection.execute("SELECT count(*) FROM embeddings").fetchone()
        return int(count)

    async def searched(self, query: str) -> str:
        """The answer to a search in a new thread with the document; it quotes what was found, the best first."""
        ts = self.house.attach("keep this", [("birds.pdf", DOCUMENT)])
        await self.house.settled(ts)
        self.house.say(f"search for {query}", thread_ts=ts)
        return (await self.house.settled(ts, answers=2))[-1].text


def embedded(calls: Calls) -> list[ModelCall]:
    """Calls of the Embeddings API among them."""
    return [call for call in calls() if call.api is Api.EMBEDDINGS]


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=MODES)
async def shared_library(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Library]:
    folder = tmp_path_factory.mktemp("library")
    async with own_house(folder, request.param, None, EMBEDDING_MODEL="text-embedding-4-small") as house:
        yield Library(house, folder / "bot.db")


@pytest.fixture
def library(shared_library: Library) -> Iterator[Library]:
    yield shared_library
    shared_library.house.playground.model.knobs.reset()


async def test_every_page_of_a_document_is_embedded_in_few_calls(library: Library) -> None:
    calls, before = Calls(library.house), library.vectors()
    ts = library.house.attach("keep this", [("birds.pdf", DOCUMENT)])
    await library.house.settled(ts)
    (call,) = embedded(calls)
    assert call.body["model"] == "text-embedding-4-small"
    assert all(bird in str(call.body["input"]) for bird in BIRDS)
    assert library.vectors() - before == len(BIRDS)


async def test_what_has_its_vectors_is_not_embedded_again(library: Library) -> None:
    ts = library.house.attach("keep this", [("birds.pdf", DOCUMENT)])
    await library.house.settled(ts)
    calls = Calls(library.house)
    library.house.say("and thanks", thread_ts=ts)
    await library.house.settled(ts, answers=2)
    assert embedded(calls) == []


async def test_a_search_finds_by_nearness_what_no_word_finds(library: Library) -> None:
    calls = Calls(library.house)
    answer = await library.searched(MISSPELT)
    assert MISSPELT in str(embedded(calls)[-1].body["input"])
    first = next(line for line in answer.splitlines() if line.startswith("- **page"))
    assert first.startswith("- **page 3:**")
    assert "hummingbirds" in first


async def test_words_count_beside_vectors(library: Library) -> None:
    answer = await library.searched("heron5")
    first = next(line for line in answer.splitlines() if line.startswith("- **page"))
    assert first.startswith("- **page 5:**")


@pytest.mark.parametrize("status", [404, 500])
async def test_a_search_by_words_works_where_embeddings_fail(library: Library, status: int) -> None:
    before = library.vectors()
    calls = Calls(library.house)
    knobs = library.house.playground.model.knobs
    knobs.set(status=status)
    knobs.next(5, status=0)  # answers are no embeddings: these come, and use up what is queued
    answer = await library.searched("heron5")
    assert embedded(calls), "it was tried"
    assert {call.status for call in embedded(calls)} == {status}
    assert library.vectors() == before
    assert "heron5" in answer
    assert "⚠️" not in answer


async def test_what_could_not_be_embedded_is_not_found_by_nearness(library: Library) -> None:
    knobs = library.house.playground.model.knobs
    knobs.set(status=404)
    knobs.next(5, status=0)
    answer = await library.searched(MISSPELT)
    assert "Nothing found" in answer
    assert "hummingbirds" not in answer


async def test_without_a_model_for_embeddings_none_is_asked(house: House) -> None:
    calls = Calls(house)
    ts = house.attach("keep this", [("birds.pdf", DOCUMENT)])
    await house.settled(ts)
    house.say("search for heron4", thread_ts=ts)
    answer = (await house.settled(ts, answers=2))[-1]
    assert "heron4" in answer.text
    assert embedded(calls) == []
