"""Several rankings of pages made into one, by reciprocal rank: their scores need not be comparable."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from store import embeddings, pages, search
from store.file_lists import living
from store.file_values import Hit
from store.query import parse

T = TypeVar("T")

_RANK_OFFSET = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched: words, and their vector by `model` where there is one (an empty `model` stands for any)."""

    query: str
    limit: int
    vector: Sequence[float] | None = None
    model: str = ""


def fused(rankings: Iterable[Sequence[T]]) -> list[tuple[T, float]]:
    """Everything ranked, the best first, with its score."""
    scores: dict[T, float] = {}
    for ranking in rankings:
        for rank, one in enumerate(ranking, start=1):
            scores[one] = scores.get(one, 0.0) + 1 / (_RANK_OFFSET + rank)
    return sorted(scores.items(), key=lambda item: -item[1])


def find(connection: Connection, uids: Sequence[str], wanted: Wanted) -> tuple[Hit, ...]:
    """The pages of these files that answer best, at most `limit`."""
    serials = living(connection, uids)
    names = {serial: uid for uid, serial in serials.items()}
    by_words = search.search(connection, list(names), parse(wanted.query))
    rankings = [[(names[serial], number) for serial, number in ranking] for ranking in by_words]
    if wanted.vector:
        rankings.append(embeddings.nearest(connection, list(serials), wanted.vector, wanted.model, search.DEPTH))
    hits = []
    for (uid, number), score in fused(rankings)[: wanted.limit]:
        if (page := pages.one(connection, uid, number)) is not None:
            hits.append(Hit(uid, page, score))
    return tuple(hits)
