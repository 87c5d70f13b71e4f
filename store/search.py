"""The one place that knows FTS5: pages put into the index, taken out, and found.

Two tables without content of their own: one of word stems, and one of trigrams for scripts without spaces. An entry's
rowid is made of its file's serial and its page's number, so a search reads only the files it is for. Parts of words are
looked for in the text itself: the files of one search are few, and trigrams of everything cost more than all the rest.
Another database brings the same four functions.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, TextClause, bindparam, func, select, text

from store.file_values import Page
from store.query import Query, folded, runs_of
from store.tables import files, pages

Entry = tuple[int, int]
"""A file's serial and a page's number."""

PAGE_BITS = 20
DEPTH = 50
"""How many pages of each ranking are looked at."""
MERGE_PAGES = 200
"""How much of the index one step rewrites, in pages of the database: other writes come between two steps."""
WITHIN_LIMIT = 8
"""How many pieces are looked for within words: each costs a reading of the text."""
_TRIGRAM = 3

_TABLES = ("page_words", "page_trigrams")


def _for_each(statement: str) -> tuple[TextClause, TextClause]:
    words, trigrams = (text(statement.replace("FTS", table)) for table in _TABLES)
    return words, trigrams


_INDEX = _for_each("INSERT INTO FTS (rowid, text) VALUES (:entry, :words)")
_DROP = _for_each("INSERT INTO FTS (FTS, rowid, text) VALUES ('delete', :entry, :words)")
_MERGE = _for_each("INSERT INTO FTS (FTS, rank) VALUES ('merge', :size)")
_CHANGES = text("SELECT total_changes()")
_HAS_WORD, _ = _for_each("SELECT 1 FROM FTS WHERE FTS MATCH :wanted AND rowid BETWEEN :lowest AND :highest LIMIT 1")
_BY_WORD, _BY_TRIGRAM = _for_each(
    "SELECT rowid, rank FROM FTS WHERE FTS MATCH :wanted AND rowid BETWEEN :lowest AND :highest"
    " ORDER BY rank LIMIT :depth"
)
_without = func.length(func.replace(func.lower(pages.c.text), bindparam("word"), ""))
_CONTAINING = (
    select(pages.c.number, (func.length(pages.c.text) - _without).label("weight"))
    .join(files, files.c.uid == pages.c.uid)
    .where(files.c.serial == bindparam("serial"), pages.c.text.contains(bindparam("word"), autoescape=False))
)


def index(connection: Connection, serial: int, added: Iterable[Page]) -> None:
    """Put pages into the index; none of them may be there already."""
    _each(connection, _INDEX, serial, added)


def drop(connection: Connection, serial: int, indexed: Iterable[Page]) -> None:
    """Take pages out of the index; each exactly as it was put in."""
    _each(connection, _DROP, serial, indexed)


def merge_step(connection: Connection, *, first: bool) -> bool:
    """Rewrite some of the index without what was dropped; false once nothing is left to do.

    A dropped page's words stay in the older segments of the index until these are merged.
    """
    more = False
    for statement in _MERGE:
        before = connection.execute(_CHANGES).scalar_one()
        connection.execute(statement, {"size": -MERGE_PAGES if first else MERGE_PAGES})
        more |= connection.execute(_CHANGES).scalar_one() - before >= 2
    return more


def search(connection: Connection, serials: Sequence[int], query: Query) -> list[list[Entry]]:
    """Rankings of pages, each best first: by words, by trigrams, by what stands within words."""
    trigrams = [run for run in query.runs if len(run) >= _TRIGRAM]
    missing = [word for word in query.plain if _has_parts(word) and not _known(connection, serials, word)]
    within = [*(run for run in query.runs if len(run) < _TRIGRAM), *missing]
    return [
        _ranked(connection, _BY_WORD, serials, query.plain),
        _ranked(connection, _BY_TRIGRAM, serials, trigrams),
        _containing(connection, serials, within[:WITHIN_LIMIT]),
    ]


def _each(connection: Connection, statements: tuple[TextClause, TextClause], serial: int, some: Iterable[Page]) -> None:
    # What is taken out has to be what was put in: another `folded` or `runs_of` needs the index built anew.
    texts = {_entry(serial, page.number): folded(f"{page.label}\n{page.text}") for page in some if not page.bad}
    runs = {entry: run for entry, words in texts.items() if (run := runs_of(words))}
    for statement, entries in zip(statements, (texts, runs), strict=True):
        if entries:
            connection.execute(statement, [{"entry": entry, "words": words} for entry, words in entries.items()])


def _has_parts(word: str) -> bool:
    return len(word) >= _TRIGRAM or not word.isascii()


def _entry(serial: int, number: int) -> int:
    return serial << PAGE_BITS | number


def _span(serial: int) -> dict[str, int]:
    return {"lowest": _entry(serial, 0), "highest": _entry(serial + 1, 0) - 1}


def _quoted(word: str) -> str:
    # Inside quotes nothing is an operator; `parse` leaves no quote within a word.
    return f'"{word}"'


def _known(connection: Connection, serials: Sequence[int], word: str) -> bool:
    wanted = {"wanted": _quoted(word)}
    return any(connection.execute(_HAS_WORD, wanted | _span(serial)).first() is not None for serial in serials)


def _ranked(connection: Connection, statement: TextClause, serials: Sequence[int], words: Sequence[str]) -> list[Entry]:
    if not words:
        return []
    wanted = {"wanted": " OR ".join(map(_quoted, words)), "depth": DEPTH}
    found = [row for serial in serials for row in connection.execute(statement, wanted | _span(serial))]
    found.sort(key=lambda row: row.rank)
    return [(row.rowid >> PAGE_BITS, row.rowid & (1 << PAGE_BITS) - 1) for row in found[:DEPTH]]


def _containing(connection: Connection, serials: Sequence[int], words: Sequence[str]) -> list[Entry]:
    weights: dict[Entry, float] = {}
    for serial in serials:
        for word in words:
            for number, weight in connection.execute(_CONTAINING, {"serial": serial, "word": word}):
                weights[serial, number] = weights.get((serial, number), 0.0) + weight
    return sorted(weights, key=lambda entry: -weights[entry])[:DEPTH]
