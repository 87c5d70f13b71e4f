"""The tables, as statements see them. The migrations make them; a test compares the two."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, LargeBinary, MetaData, Table, Text

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
    # When it was last accepted once more, by our clock: a stop from before that time does not concern it.
    Column("again_at", Float),
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
    # The platform's ts of the newest edit: an older one that arrives later does not count.
    Column("edited_ts", Text),
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
    # The platform's time at which a person stopped it.
    Column("stop_ts", Text),
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

# One row for each model call; where it belongs to no turn, `turn_id` is an id of its own.
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
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("images", Integer, nullable=False),
    # Billionths of a dollar; null where there was no price.
    Column("cost", BigInteger),
    Column("team", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("channel", Text, nullable=False),
    # When the call was reserved, in Unix time. 0 where an earlier release wrote the row, until it is completed.
    Column("at", Float, nullable=False),
)

facts = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

files = Table(
    "files",
    metadata,
    Column("uid", Text, primary_key=True),
    # The order of arrival; the search index names a file by it.
    Column("serial", Integer, nullable=False),
    Column("id", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread_ts", Text, nullable=False),
    Column("message_ts", Text, nullable=False),
    Column("turn_id", Text),
    Column("origin", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("trouble", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("detail", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("dimensions", Text, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("number", Integer),
    Column("kept", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
)

pages = Table(
    "pages",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("label", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("bad", Boolean, nullable=False),
)

embeddings = Table(
    "embeddings",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("model", Text, nullable=False),
    # Float32 of this machine's byte order, of length 1.
    Column("vector", LargeBinary, nullable=False),
)

deeds = Table(
    "deeds",
    metadata,
    Column("turn_id", Text, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("file_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("uid", Text, nullable=False),
)

preferences = Table(
    "preferences",
    metadata,
    Column("team", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", Float, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("turn_id", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_at", Float, nullable=False),
)

summaries = Table(
    "summaries",
    metadata,
    Column("team", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("thread_ts", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("until_ts", Text, nullable=False),
    Column("changed_at", Float, nullable=False),
)

# A person who had everything deleted: until `done` the deletion goes on. What began before `at` is not written back.
forgotten = Table(
    "forgotten",
    metadata,
    Column("team", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("at", Float, nullable=False),
    Column("by", Text, nullable=False),
    Column("done", Boolean, nullable=False),
    # What was deleted so far, as JSON: numbers by kind.
    Column("counts", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Float, nullable=False),
    Column("action", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("counts", Text, nullable=False),
)

migrations = Table(
    "migrations",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("major", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("applied_at", Float, nullable=False),
)
