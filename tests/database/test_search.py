"""Search in documents: languages with and without spaces, whatever is typed, and by meaning."""

import pytest

from database import FileKind, Hit, Store
from store import search
from tests.database.file_makers import document, page, ref, with_files
from tests.database.makers import THREAD


def numbers(hits: tuple[Hit, ...]) -> list[int]:
    return [hit.page.number for hit in hits]


async def found(store: Store, uid: str, query: str, limit: int = 9) -> list[int]:
    return numbers(await store.files.search([uid], query, limit))


async def test_the_page_that_says_most_of_it_comes_first(store: Store) -> None:
    filler = "words about nothing in particular " * 20
    uid = await document(store, filler, f"{filler} revenue", "revenue of the quarter: revenue grew", filler)
    assert await found(store, uid, "revenue in the quarter", limit=2) == [3, 2]
    hits = await store.files.search([uid], "revenue quarter", 9)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].page == page(3, "revenue of the quarter: revenue grew")


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("connecting", 1),  # the stem
        ("CONNECTION", 1),
        ("Kündigung", 2),
        ("kundigung", 2),
        ("Haftpflicht", 2),  # a part of a compound
        ("finance", 3),  # written with a ligature
        ("\uff21\uff14", 3),  # typed in full width
        ("resume", 3),  # written with combining accents
        ("foo_bar", 4),
        ("report.pdf", 4),
        ("what's", 4),
        ("Hauptstra\u00dfe", 4),
        ("page 5", 5),  # a page's label is searched too
    ],
)
async def test_words_are_found_in_their_other_forms(store: Store, query: str, hit: int) -> None:
    uid = await document(
        store,
        "Connections between the two sites",
        "Die fristlose Kündigung der Haftpflichtversicherung",
        "the \ufb01nance of A4 sheets, a re\u0301sume\u0301",
        "call foo_bar for report.pdf, that's what we said, Hauptstra\u00dfe 1",
        "nothing else",
    )
    assert (await found(store, uid, query))[0] == hit


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("解約条件", [1]),
        ("契約", [1]),  # too short for a trigram
        ("約", [1]),
        ("東京タワー", [2]),
        ("タワーの高さ", [2]),
        ("contract 東京タワー", [2]),
        ("계약", [3]),
        ("계약서", [3]),
        ("ค่าเช่า", [4]),
        ("PDFの容量", [5]),
        ("कीमत", [6]),
        ("大阪城", []),
    ],
)
async def test_scripts_without_spaces_are_found(store: Store, query: str, hits: list[int]) -> None:
    uid = await document(
        store,
        "この契約の解約条件は次のとおりです。",
        "東京タワーの高さは三百三十三メートル。",
        "이 계약서를 읽어 주십시오",
        "ราคาค่าเช่าต่อเดือน",
        "ファイルはPDFの容量制限を超えています",
        "किताब की कीमत",
    )
    assert await found(store, uid, query) == hits


OPERATORS = ['"', "'", '""', "NEAR(", "NEAR(cat cat, 33)", "*", "c*", "AND", "OR NOT", "text:cat", "-x", "^", "(", ";"]
NO_WORDS = ["", "   ", "\U0001f642", "\0", "\ud800", "%", "_", "__"]
LONG = ["a" * 100_000, "漢" * 10_000, " ".join(map(str, range(100, 10_000)))]


@pytest.mark.parametrize("query", [*OPERATORS, *NO_WORDS, *LONG])
async def test_whatever_is_typed_is_only_words(store: Store, query: str) -> None:
    uid = await document(store, "revenue", "weather")
    assert await found(store, uid, query) == []
    assert await found(store, uid, f"{query[:50]} revenue") == [1]


async def test_only_the_files_that_are_named_are_searched(store: Store) -> None:
    first = await document(store, "revenue of one", file_id="F1", number=1)
    second = await document(store, "revenue of two", file_id="F2", number=2)
    third = await document(store, "revenue of three 売上", file_id="F3", number=3)
    hits = await store.files.search([first, third], "revenue 売上", 9)
    assert {hit.uid for hit in hits} == {first, third}
    assert {hit.uid for hit in await store.files.search([second], "revenue 売上", 9)} == {second}
    assert await store.files.search([], "revenue", 9) == ()
    assert await store.files.search(["ab"], "revenue", 9) == ()


async def test_no_more_is_returned_than_was_asked_for(store: Store) -> None:
    uid = await document(store, *["revenue"] * (search.DEPTH + 10))
    assert len(await store.files.search([uid], "revenue", 8)) == 8
    assert len(await store.files.search([uid], "revenue", 1_000)) == search.DEPTH
    assert await store.files.search([uid], "revenue", 0) == ()


async def test_pages_that_mean_the_same_are_found_by_their_vectors(store: Store) -> None:
    uid = await document(store, "income of the firm", "the firm has a dog", "weather")
    await store.files.set_embeddings(uid, "m", {1: [3.0, 0.1], 2: [0.2, 3.0], 3: [-1.0, -1.0]})
    assert await found(store, uid, "dog earnings") == [2]
    hits = await store.files.search([uid], "earnings", 1, vector=[1.0, 0.0], model="m")
    assert numbers(hits) == [1]


async def test_words_and_vectors_together_beat_either_alone(store: Store) -> None:
    uid = await document(
        store, "dog dog dog", "dog and the income of the firm in this long sentence", "earnings", "pay"
    )
    await store.files.set_embeddings(uid, "m", {1: [0.0, 1.0], 2: [0.9, 0.1], 3: [1.0, 0.0], 4: [0.8, 0.2]})
    assert numbers(await store.files.search([uid], "dog", 3)) == [1, 2]
    assert numbers(await store.files.search([uid], "dog", 4, vector=[1.0, 0.0])) == [2, 1, 3, 4]


async def test_vectors_of_another_model_or_length_are_left_out(store: Store) -> None:
    uid = await document(store, "one", "two")
    await store.files.set_embeddings(uid, "m", {1: [1.0, 0.0], 2: [0.0, 0.0]})
    assert await store.files.search([uid], "", 9, vector=[1.0, 0.0], model="n") == ()
    assert await store.files.search([uid], "", 9, vector=[1.0, 0.0, 0.0], model="m") == ()
    assert numbers(await store.files.search([uid], "", 9, vector=[1.0, 0.0], model="m")) == [1, 2]


async def test_pages_without_a_vector_are_named(store: Store) -> None:
    uid = await document(store, "one", "two", "three")
    await store.files.set_embeddings(uid, "m", {1: [1.0], 77: [1.0]})
    assert await store.files.lacking_embeddings(uid, "m") == (2, 3)
    assert await store.files.lacking_embeddings(uid, "n") == (1, 2, 3)
    await store.files.set_embeddings(uid, "n", {1: [1.0], 2: [1.0]})
    assert await store.files.lacking_embeddings(uid, "n") == (3,)
    await store.files.add_pages(uid, [page(2, "another text")])
    assert await store.files.lacking_embeddings(uid, "n") == (2, 3)


async def test_a_file_that_is_gone_takes_no_vectors(store: Store) -> None:
    uid = await document(store, "one")
    await store.files.set_embeddings(uid, "m", {1: [1.0]})
    await store.files.drop_content([uid])
    await store.files.set_embeddings(uid, "m", {1: [1.0]})
    assert await store.files.search([uid], "", 9, vector=[1.0]) == ()


async def test_a_document_is_found_in_while_it_is_still_indexed(store: Store) -> None:
    await store.accept(with_files(1, ref("F1")))
    (file,) = await store.files.of_thread(THREAD)
    await store.files.recognised(file.uid, FileKind.DOCUMENT, "application/pdf", parts=9)
    await store.files.add_pages(file.uid, [page(1, "revenue")])
    assert await found(store, file.uid, "revenue") == [1]
