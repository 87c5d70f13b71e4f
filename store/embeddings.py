"""Vectors of pages: kept as float32 of length 1, compared one by one, which is enough for the files of one thread."""

from array import array
from collections.abc import Mapping, Sequence
from math import hypot
from operator import mul

from sqlalchemy import Connection, bindparam, delete, select

from store.sqlite import insert
from store.tables import embeddings, pages

_new = insert(embeddings)
_SET = _new.on_conflict_do_update(
    index_elements=[embeddings.c.uid, embeddings.c.number],
    set_={name: _new.excluded[name] for name in ("model", "vector")},
)
_LACKING = (
    select(pages.c.number)
    .outerjoin(
        embeddings,
        (embeddings.c.uid == pages.c.uid)
        & (embeddings.c.number == pages.c.number)
        & (embeddings.c.model == bindparam("model")),
    )
    .where(pages.c.uid == bindparam("uid"), pages.c.bad.is_(False), embeddings.c.uid.is_(None))
    .order_by(pages.c.number)
)
_OF_PAGES = select(pages.c.number).where(
    pages.c.uid == bindparam("uid"), pages.c.number.in_(bindparam("numbers", expanding=True))
)
_VECTORS = select(embeddings.c.number, embeddings.c.model, embeddings.c.vector).where(
    embeddings.c.uid == bindparam("uid")
)
_DROP = delete(embeddings).where(embeddings.c.uid == bindparam("file"))
_DROP_PAGE = delete(embeddings).where(embeddings.c.uid == bindparam("file"), embeddings.c.number == bindparam("page"))


def put(connection: Connection, uid: str, model: str, vectors: Mapping[int, Sequence[float]]) -> None:
    """Keep vectors by page number; those of pages that are not there are left out."""
    present = set(connection.execute(_OF_PAGES, {"uid": uid, "numbers": list(vectors)}).scalars())
    rows = [
        {"uid": uid, "number": number, "model": model, "vector": _unit(vector).tobytes()}
        for number, vector in vectors.items()
        if number in present
    ]
    if rows:
        connection.execute(_SET, rows)


def lacking(connection: Connection, uid: str, model: str) -> tuple[int, ...]:
    """Numbers of the readable pages that have no vector of `model`."""
    return tuple(connection.execute(_LACKING, {"uid": uid, "model": model}).scalars())


def drop(connection: Connection, uid: str) -> None:
    """Remove the vectors of a file."""
    connection.execute(_DROP, {"file": uid})


def drop_pages(connection: Connection, uid: str, numbers: Sequence[int]) -> None:
    """Remove the vectors of some pages."""
    if numbers:
        connection.execute(_DROP_PAGE, [{"file": uid, "page": number} for number in numbers])


def nearest(
    connection: Connection, uids: Sequence[str], vector: Sequence[float], model: str, depth: int
) -> list[tuple[str, int]]:
    """Uid and number of the pages nearest to `vector`, best first. An empty `model` stands for any."""
    wanted, found = _unit(vector), []
    for uid in uids:
        for number, its_model, blob in connection.execute(_VECTORS, {"uid": uid}):
            if len(blob) == len(wanted) * wanted.itemsize and (not model or model == its_model):
                found.append((sum(map(mul, wanted, array("f", blob))), uid, number))
    found.sort(key=lambda one: -one[0])
    return [(uid, number) for _, uid, number in found[:depth]]


def _unit(vector: Sequence[float]) -> "array[float]":
    length = hypot(*vector) or 1.0
    return array("f", [value / length for value in vector])
