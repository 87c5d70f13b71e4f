"""The numbered migrations: each is frozen once released, and additive within its major version.

They are plain SQL that SQLite and PostgreSQL both take, because the tables of `tables.py` go on changing. What only one
of them can do stands apart, under the name of its dialect.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, inspect, select, update

from store import tables
from store.errors import StoreUnavailable


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema. A release runs on a file whose newest migration has the same `major`.

    `only` holds statements for one dialect, by SQLAlchemy's name of it; they come after `statements`.
    """

    number: int
    major: int
    name: str
    statements: tuple[str, ...]
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        1,
        1,
        "the way of a message",
        (
            "CREATE TABLE inbox (team TEXT NOT NULL, channel TEXT NOT NULL, ts TEXT NOT NULL, turn_id TEXT,"
            " state TEXT NOT NULL, received_at DOUBLE PRECISION NOT NULL, PRIMARY KEY (team, channel, ts))",
            "CREATE INDEX inbox_turn ON inbox (turn_id) WHERE turn_id IS NOT NULL",
            "CREATE INDEX inbox_waiting ON inbox (received_at) WHERE state = 'accepted'",
            "CREATE TABLE messages (team TEXT NOT NULL, channel TEXT NOT NULL, ts TEXT NOT NULL,"
            " thread_ts TEXT NOT NULL, author TEXT NOT NULL, own BOOLEAN NOT NULL, text TEXT NOT NULL, turn_id TEXT,"
            " anchor TEXT NOT NULL, deleted BOOLEAN NOT NULL, PRIMARY KEY (team, channel, ts))",
            "CREATE INDEX messages_thread ON messages (team, channel, thread_ts, ts)",
            "CREATE TABLE threads (team TEXT NOT NULL, channel TEXT NOT NULL, thread_ts TEXT NOT NULL,"
            " read BOOLEAN NOT NULL, known_since DOUBLE PRECISION NOT NULL, PRIMARY KEY (team, channel, thread_ts))",
            "CREATE TABLE turns (id TEXT NOT NULL PRIMARY KEY, team TEXT NOT NULL, channel TEXT NOT NULL,"
            " thread_ts TEXT NOT NULL, author TEXT NOT NULL, anchor TEXT NOT NULL, state TEXT NOT NULL,"
            " attempts INTEGER NOT NULL, text TEXT NOT NULL, error TEXT NOT NULL, created_at DOUBLE PRECISION NOT NULL,"
            " started_at DOUBLE PRECISION NOT NULL, ended_at DOUBLE PRECISION)",
            "CREATE INDEX turns_thread ON turns (team, channel, thread_ts)",
            "CREATE INDEX turns_unfinished ON turns (created_at) WHERE ended_at IS NULL",
            "CREATE TABLE deliveries (turn_id TEXT NOT NULL, part INTEGER NOT NULL, ts TEXT NOT NULL,"
            " kind TEXT NOT NULL, confirmed INTEGER NOT NULL, open BOOLEAN NOT NULL, PRIMARY KEY (turn_id, part))",
            "CREATE TABLE usage (turn_id TEXT NOT NULL, attempt INTEGER NOT NULL, number INTEGER NOT NULL,"
            " model TEXT NOT NULL, input INTEGER NOT NULL, cached INTEGER NOT NULL, output INTEGER NOT NULL,"
            " reasoning INTEGER NOT NULL, PRIMARY KEY (turn_id, attempt, number))",
            "CREATE TABLE facts (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
        ),
    ),
    Migration(
        2,
        1,
        "files",
        (
            "CREATE TABLE files (uid TEXT NOT NULL PRIMARY KEY, serial BIGINT NOT NULL UNIQUE, id TEXT NOT NULL,"
            " team TEXT NOT NULL, channel TEXT NOT NULL, thread_ts TEXT NOT NULL, message_ts TEXT NOT NULL,"
            " turn_id TEXT, origin TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, name TEXT NOT NULL,"
            " url TEXT NOT NULL, trouble TEXT NOT NULL, size BIGINT NOT NULL, detail TEXT NOT NULL,"
            " media_type TEXT NOT NULL, note TEXT NOT NULL, dimensions TEXT NOT NULL, parts INTEGER NOT NULL,"
            " done INTEGER NOT NULL, number INTEGER, kept BOOLEAN NOT NULL, created_at DOUBLE PRECISION NOT NULL,"
            " UNIQUE (team, channel, thread_ts, id))",
            "CREATE INDEX files_message ON files (team, channel, message_ts)",
            "CREATE INDEX files_platform ON files (team, id)",
            "CREATE INDEX files_state ON files (state, serial)",
            "CREATE INDEX files_age ON files (created_at) WHERE state <> 'gone'",
            "CREATE TABLE pages (uid TEXT NOT NULL, number INTEGER NOT NULL, label TEXT NOT NULL, text TEXT NOT NULL,"
            " bad BOOLEAN NOT NULL, PRIMARY KEY (uid, number))",
            "CREATE TABLE embeddings (uid TEXT NOT NULL, number INTEGER NOT NULL, model TEXT NOT NULL,"
            " vector BYTEA NOT NULL, PRIMARY KEY (uid, number))",
            "CREATE TABLE deeds (turn_id TEXT NOT NULL, ordinal INTEGER NOT NULL, file_id TEXT NOT NULL,"
            " state TEXT NOT NULL, uid TEXT NOT NULL, PRIMARY KEY (turn_id, ordinal))",
        ),
        {
            "sqlite": (
                "CREATE VIRTUAL TABLE page_words USING fts5 (text, content='',"
                " tokenize='porter unicode61 remove_diacritics 2')",
                "CREATE VIRTUAL TABLE page_trigrams USING fts5 (text, content='', tokenize='trigram')",
            )
        },
    ),
    Migration(
        3,
        1,
        "people and control",
        (
            "ALTER TABLE turns ADD COLUMN stop_ts TEXT",
            "ALTER TABLE inbox ADD COLUMN again_at DOUBLE PRECISION",
            "CREATE INDEX turns_person ON turns (team, author, created_at)",
            "CREATE INDEX deliveries_ts ON deliveries (ts)",
            "CREATE TABLE preferences (team TEXT NOT NULL, scope TEXT NOT NULL, place TEXT NOT NULL,"
            " name TEXT NOT NULL, value TEXT NOT NULL, changed_by TEXT NOT NULL, changed_at DOUBLE PRECISION NOT NULL,"
            " PRIMARY KEY (team, scope, place, name))",
            "CREATE TABLE feedback (turn_id TEXT NOT NULL, person TEXT NOT NULL, verdict TEXT NOT NULL,"
            " reason TEXT NOT NULL, changed_at DOUBLE PRECISION NOT NULL, PRIMARY KEY (turn_id, person))",
            "CREATE TABLE summaries (team TEXT NOT NULL, channel TEXT NOT NULL, thread_ts TEXT NOT NULL,"
            " text TEXT NOT NULL, until_ts TEXT NOT NULL, changed_at DOUBLE PRECISION NOT NULL,"
            " PRIMARY KEY (team, channel, thread_ts))",
        ),
    ),
    Migration(4, 1, "the order of edits", ("ALTER TABLE messages ADD COLUMN edited_ts TEXT",)),
    Migration(
        5,
        1,
        "people's own data",
        (
            'CREATE TABLE forgotten (team TEXT NOT NULL, person TEXT NOT NULL, "at" DOUBLE PRECISION NOT NULL,'
            ' "by" TEXT NOT NULL, done BOOLEAN NOT NULL, counts TEXT NOT NULL, PRIMARY KEY (team, person))',
            'CREATE TABLE audit (id TEXT NOT NULL PRIMARY KEY, "at" DOUBLE PRECISION NOT NULL, action TEXT NOT NULL,'
            ' team TEXT NOT NULL, person TEXT NOT NULL, "by" TEXT NOT NULL, counts TEXT NOT NULL)',
            "CREATE INDEX messages_author ON messages (team, author, channel, ts)",
            "CREATE INDEX feedback_person ON feedback (person)",
        ),
    ),
    Migration(
        6,
        1,
        "what calls cost, and whom",
        (
            "ALTER TABLE usage ADD COLUMN kind TEXT NOT NULL DEFAULT 'answer'",
            "ALTER TABLE usage ADD COLUMN state TEXT NOT NULL DEFAULT 'reported'",
            "ALTER TABLE usage ADD COLUMN images INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE usage ADD COLUMN cost BIGINT",
            "ALTER TABLE usage ADD COLUMN team TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE usage ADD COLUMN person TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE usage ADD COLUMN channel TEXT NOT NULL DEFAULT ''",
            'ALTER TABLE usage ADD COLUMN "at" DOUBLE PRECISION NOT NULL DEFAULT 0',
            # With all that is added up: a month of it is read without its rows.
            'CREATE INDEX usage_time ON usage ("at", team, person, state, input, output, cost)',
            'CREATE INDEX usage_person ON usage (team, person, "at")',
            "CREATE INDEX usage_reserved ON usage (turn_id) WHERE state = 'reserved'",
            "CREATE INDEX turns_newest ON turns (team, channel, thread_ts, created_at)",
        ),
    ),
)

_REGISTER = (
    "CREATE TABLE IF NOT EXISTS migrations (number INTEGER NOT NULL PRIMARY KEY, major INTEGER NOT NULL,"
    " name TEXT NOT NULL, applied_at DOUBLE PRECISION NOT NULL)"
)


@dataclass(frozen=True, slots=True)
class Schema:
    """The schema of an opened file: the newest migration in it, and those of ours that it lacks."""

    newest: int
    pending: tuple[Migration, ...]


def schema_of(connection: Connection, known: Sequence[Migration]) -> Schema:
    """Read the file's schema; StoreUnavailable where it is not ours or its major version is newer."""
    present = set(inspect(connection).get_table_names())
    if not present:
        return Schema(0, tuple(known))
    if not {"migrations", "inbox", "turns"} <= present:
        raise StoreUnavailable("the file is another program's database", wrong_configuration=True)
    rows = connection.execute(select(tables.migrations.c.number, tables.migrations.c.major)).all()
    major, ours = max((row.major for row in rows), default=0), known[-1].major
    if major > ours:
        raise StoreUnavailable(
            f"the file has schema version {major}, and this release knows only {ours}: use the newer release",
            wrong_configuration=True,
        )
    applied = {row.number for row in rows}
    return Schema(max(applied, default=0), tuple(step for step in known if step.number not in applied))


def prove_writable(connection: Connection) -> None:
    """Fail here, at the opening, where the file may only be read: a transaction begins and ends there all the same."""
    connection.execute(update(tables.migrations).where(tables.migrations.c.number == 0).values(number=0))


def migrate(connection: Connection, pending: Sequence[Migration], now: float) -> None:
    """Apply `pending` in the caller's transaction, so that all of them stand or none."""
    connection.exec_driver_sql(_REGISTER)
    for step in pending:
        for statement in (*step.statements, *step.only.get(connection.dialect.name, ())):
            connection.exec_driver_sql(statement)
        connection.execute(
            insert(tables.migrations),
            {"number": step.number, "major": step.major, "name": step.name, "applied_at": now},
        )
