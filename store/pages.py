"""The text of documents, page by page, and what is derived from it."""

from collections.abc import Sequence
from itertools import islice

from sqlalchemy import Connection, Row, bindparam, delete, func, select

from store import embeddings, search
from store.file_values import Page
from store.sqlite import insert
from store.tables import pages
from store.text import storable

NUMBERS = range(1, 1 << search.PAGE_BITS)
_DROP_STEP = 200
_Columns = Row[*tuple[int, str, str, bool]]

_page = select(pages.c.number, pages.c.label, pages.c.text, pages.c.bad)
_BETWEEN = _page.where(
    pages.c.uid == bindparam("uid"), pages.c.number.between(bindparam("first"), bindparam("last"))
).order_by(pages.c.number)
_NUMBERED = _page.where(pages.c.uid == bindparam("uid"), pages.c.number == bindparam("number"))
_SIZE = select(func.coalesce(func.sum(func.length(pages.c.text)), 0)).where(pages.c.uid == bindparam("uid"))
_new = insert(pages)
_PUT = _new.on_conflict_do_update(
    index_elements=[pages.c.uid, pages.c.number],
    set_={name: _new.excluded[name] for name in ("label", "text", "bad")},
)
_DROP = delete(pages).where(pages.c.uid == bindparam("file"))


def put(connection: Connection, uid: str, serial: int, batch: Sequence[Page]) -> None:
    """Keep and index a batch, in place of earlier pages of the same numbers; ValueError for a number out of range."""
    wanted = {page.number: _storable(page) for page in batch}
    if any(number not in NUMBERS for number in wanted):
        raise ValueError("no page has such a number")
    old = {page.number: page for page in between(connection, uid, min(wanted), max(wanted)) if page.number in wanted}
    changed = [page for page in wanted.values() if page != old.get(page.number)]
    if not changed:
        return
    replaced = [old[page.number] for page in changed if page.number in old]
    search.drop(connection, serial, replaced)
    embeddings.drop_pages(connection, uid, [page.number for page in replaced])
    connection.execute(
        _PUT, [{"uid": uid, "number": p.number, "label": p.label, "text": p.text, "bad": p.bad} for p in changed]
    )
    search.index(connection, serial, changed)


def between(connection: Connection, uid: str, first: int, last: int) -> tuple[Page, ...]:
    """The stored pages with these numbers, both inclusive."""
    rows = connection.execute(_BETWEEN, {"uid": uid, "first": first, "last": last})
    return tuple(Page(row.number, row.label, row.text, row.bad) for row in rows)


def one(connection: Connection, uid: str, number: int) -> Page | None:
    """A stored page, or None."""
    row = connection.execute(_NUMBERED, {"uid": uid, "number": number}).one_or_none()
    return Page(row.number, row.label, row.text, row.bad) if row else None


def size(connection: Connection, uid: str) -> int:
    """Characters of all stored pages."""
    found: int = connection.execute(_SIZE, {"uid": uid}).scalar_one()
    return found


def drop(connection: Connection, uid: str, serial: int) -> None:
    """Remove a file's pages, their entries in the index and their vectors."""
    rows = connection.execute(_BETWEEN, {"uid": uid, "first": NUMBERS.start, "last": NUMBERS.stop})
    while some := [Page(row.number, row.label, row.text, row.bad) for row in islice(rows, _DROP_STEP)]:
        search.drop(connection, serial, some)
    connection.execute(_DROP, {"file": uid})
    embeddings.drop(connection, uid)


def _storable(page: Page) -> Page:
    return Page(page.number, storable(page.label), storable(page.text), page.bad)
