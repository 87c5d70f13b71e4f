"""The tables, as statements see them. The migrations make them; a test compares the two."""

from sqlalchemy import Boolean, Column, Float, Integer, MetaData, Table, Text

metadata = MetaData()

inbox = Table(
    "inbox",
    metadata,
    Column("team", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("ts", Text, primary_key=True),
    Column("turn_id", Text),
    Column("state", Text, nullable=False),
    Column("received_at", Float, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("team", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("ts", Text, primary_key=True),
    Column("thread_ts", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("own", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("turn_id", Text),
    # The ts of the first message of its turn: an answer stands right behind what it answers, whatever came meanwhile.
    Column("anchor", Text, nullable=False),
    Column("deleted", Boolean, nullable=False),
)

threads = Table(
    "threads",
    metadata,
    Column("team", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("thread_ts", Text, primary_key=True),
    Column("read", Boolean, nullable=False),
    Column("known_since", Float, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("id", Text, primary_key=True),
    Column("team", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread_ts", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("anchor", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("ended_at", Float),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("turn_id", Text, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("ts", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("confirmed", Integer, nullable=False),
    Column("open", Boolean, nullable=False),
)

usage = Table(
    "usage",
    metadata,
    Column("turn_id", Text, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("model", Text, nullable=False),
    Column("input", Integer, nullable=False),
    Column("cached", Integer, nullable=False),
    Column("output", Integer, nullable=False),
    Column("reasoning", Integer, nullable=False),
)

facts = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

migrations = Table(
    "migrations",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("major", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("applied_at", Float, nullable=False),
)
