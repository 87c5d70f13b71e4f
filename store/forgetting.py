"""A person is forgotten, in batches: every word of theirs goes, keys stay, and so do figures without a name.

A message and a turn of somebody who is forgotten have no author: that is how what still works on them finds out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import (
    Connection,
    Float,
    Row,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    literal_column,
    or_,
    select,
    update,
)

from base_client import MessageKey, ThreadKey
from budgets import Limit, Span
from store import deeds, file_lists, files, forgotten, history, spending, summaries
from store.forgotten import Forgetting
from store.keys import IN_INBOX, has_key, in_thread, key_parameters
from store.tables import facts, feedback, inbox, messages, preferences, turns
from store.tables import files as file_table
from store.values import InboxState

BATCH = 100
"""How many messages or turns one transaction takes."""
_SKEW = 5.0
"""Seconds by which the platform's clock and ours may differ."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a deletion met: turns that are to be stopped, messages that waited, each with its thread, and the uids of
    files whose bytes are to go.
    """

    turns: tuple[str, ...]
    waiting: tuple[tuple[ThreadKey, MessageKey], ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One batch: the uids of files whose bytes are to go, what was deleted so far, and whether that was all."""

    files: tuple[str, ...]
    counts: dict[str, int]
    done: bool


_theirs = (messages.c.team == bindparam("team")) & (messages.c.author == bindparam("person"))
_sent = cast(messages.c.ts, Float)
# By our clock where that is known; an old message that waits once more is still an old one.
_before = or_(
    inbox.c.received_at <= bindparam("at"),
    and_(inbox.c.received_at.is_(None), _sent <= bindparam("at")),
    _sent <= bindparam("long_before"),
)
_KEYS = select(messages.c.team, messages.c.channel, messages.c.ts, messages.c.thread_ts, messages.c.deleted)
_MESSAGES = _KEYS.outerjoin(inbox, IN_INBOX).where(_theirs, messages.c.own.is_(False), _before).limit(BATCH)
_WAITING = _KEYS.join(inbox, IN_INBOX).where(
    _theirs, inbox.c.state == literal_column(f"'{InboxState.ACCEPTED.value}'"), inbox.c.received_at <= bindparam("at")
)
_QUESTIONS = _KEYS.join(inbox, IN_INBOX).where(inbox.c.turn_id == bindparam("turn"), messages.c.own.is_(False))
_UNNAME = update(messages).where(has_key(messages)).values(author="")
_asked = (turns.c.team == bindparam("team")) & (turns.c.author == bindparam("person"))
_TURNS = select(turns).where(_asked, turns.c.created_at <= bindparam("at")).limit(BATCH)
_AT_WORK = select(turns).where(_asked, turns.c.ended_at.is_(None))
_CLEAR_TURN = update(turns).where(turns.c.id == bindparam("turn")).values(author="", text="")
_STOP = update(turns).where(turns.c.id == bindparam("turn")).values(stop_ts=bindparam("stop"))
_ANSWERS = select(messages.c.ts).where(
    in_thread(messages), messages.c.own.is_(True), messages.c.turn_id == bindparam("turn")
)
_MADE = select(file_table.c.uid).where(in_thread(file_table), file_table.c.turn_id == bindparam("turn"))
_SETTINGS = delete(preferences).where(
    preferences.c.team == bindparam("team"),
    preferences.c.changed_at <= bindparam("at"),
    or_(
        and_(preferences.c.scope == "user", preferences.c.place == bindparam("person")),
        and_(preferences.c.scope == "thread", preferences.c.changed_by == bindparam("person")),
    ),
)
_CHANGED = (
    update(preferences)
    .where(
        preferences.c.team == bindparam("of_team"),
        preferences.c.changed_by == bindparam("person"),
        preferences.c.changed_at <= bindparam("before"),
    )
    .values(changed_by="")
)
_FEEDBACK = delete(feedback).where(
    feedback.c.person == bindparam("person"),
    feedback.c.changed_at <= bindparam("at"),
    exists().where(turns.c.id == feedback.c.turn_id, turns.c.team == bindparam("team")),
)
_FACT = delete(facts).where(facts.c.name == bindparam("fact"))
_ASIDES = (
    update(facts)
    .where(facts.c.name >= bindparam("first"), facts.c.name < bindparam("beyond"), facts.c.value == bindparam("person"))
    .values(value="")
)


def begin(connection: Connection, team: str, person: str, by: str, now: float) -> Begun:
    """Take a person's work away from those who do it: turns at work lose their words, what waits is removed."""
    earlier = forgotten.under_way(connection, team, person)
    counts = Counter(earlier.counts if earlier else {})
    whose = {"team": team, "person": person, "at": now}
    waiting = connection.execute(_WAITING, whose).all()
    gone = _clear_messages(connection, waiting, counts, now)
    at_work = connection.execute(_AT_WORK, whose).all()
    for turn in at_work:
        gone += _clear_messages(connection, connection.execute(_QUESTIONS, {"turn": turn.id}).all(), counts, now)
        gone += _clear_turn(connection, turn, counts, now)
        connection.execute(_STOP, {"turn": turn.id, "stop": f"{now:.6f}"})
    forgotten.begin(connection, Forgetting(team, person, now, by, counts))
    return Begun(tuple(turn.id for turn in at_work), tuple((_thread(row), _key(row)) for row in waiting), gone)


def step(connection: Connection, team: str, person: str, limits: Sequence[Limit], now: float) -> Step:
    """The next batch: messages first, then turns, then the rest, which ends it."""
    forgetting = forgotten.under_way(connection, team, person)
    if forgetting is None:
        return Step((), {}, done=True)
    counts = Counter(forgetting.counts)
    whose = {"team": team, "person": person, "at": forgetting.at, "long_before": forgetting.at - _SKEW}
    found = connection.execute(_MESSAGES, whose).all()
    asked = [] if found else connection.execute(_TURNS, whose).all()
    gone = _clear_messages(connection, found, counts, now)
    for turn in asked:
        gone += _clear_turn(connection, turn, counts, now)
        spending.forget_turn(connection, str(turn._mapping["id"]), limits)
    done = not (found or asked)
    if done:
        _clear_rest(connection, forgetting, counts)
        spending.forget(connection, team, person, forgetting.at, limits)
        forgotten.note(connection, "delete", team, person, forgetting.by, counts, now)
    forgotten.progress(connection, replace(forgetting, counts=counts), dict(counts), done)
    return Step(gone, dict(counts), done)


def _clear_messages(
    connection: Connection, rows: Sequence[Row[*tuple[object, ...]]], counts: Counter[str], now: float
) -> tuple[str, ...]:
    keys = [_key(row) for row in rows]
    counts["messages"] += sum(not row._mapping["deleted"] for row in rows)
    for row, key in zip(rows, keys, strict=True):
        summaries.outdate(connection, key)
        thread = _thread(row)
        if thread.thread_ts == key.ts:
            connection.execute(_FACT, {"fact": f"title:{thread.team}/{thread}"})
    gone = files.bury(connection, [uid for key in keys for uid in file_lists.of_message(connection, key)])
    counts["files"] += len(gone)
    _blank(connection, keys, now)
    return gone


def _blank(connection: Connection, keys: Sequence[MessageKey], now: float) -> None:
    history.blank(connection, keys, now)
    if keys:
        connection.execute(_UNNAME, [key_parameters(key) for key in keys])


def _clear_turn(
    connection: Connection, turn: Row[*tuple[object, ...]], counts: Counter[str], now: float
) -> tuple[str, ...]:
    given = turn._mapping
    turn_id, thread = str(given["id"]), _thread(turn)
    place = {"team": thread.team, "channel": thread.channel, "thread_ts": thread.thread_ts, "turn": turn_id}
    answers = [
        MessageKey(thread.team, thread.channel, ts) for ts in connection.execute(_ANSWERS, place).scalars().all()
    ]
    history.blank(connection, answers, now)
    gone = files.bury(connection, connection.execute(_MADE, place).scalars().all())
    deeds.drop(connection, turn_id)
    connection.execute(_CLEAR_TURN, {"turn": turn_id})
    counts.update({"turns": 1, "answers": len(answers), "files": len(gone)})
    return gone


def _clear_rest(connection: Connection, forgetting: Forgetting, counts: Counter[str]) -> None:
    team, person = forgetting.team, forgetting.person
    whose = {"team": team, "person": person, "at": forgetting.at}
    counts["settings"] += connection.execute(_SETTINGS, whose).rowcount
    connection.execute(_CHANGED, {"of_team": team, "person": person, "before": forgetting.at})
    counts["feedback"] += connection.execute(_FEEDBACK, whose).rowcount
    for fact in ("welcome", "refused", *(f"budget:{span.value}" for span in Span)):
        connection.execute(_FACT, {"fact": f"{fact}:{team}:{person}"})
    connection.execute(_ASIDES, {"first": f"aside:{team}/", "beyond": f"aside:{team}0", "person": person})


def _key(row: Row[*tuple[object, ...]]) -> MessageKey:
    given = row._mapping
    return MessageKey(str(given["team"]), str(given["channel"]), str(given["ts"]))


def _thread(row: Row[*tuple[object, ...]]) -> ThreadKey:
    given = row._mapping
    return ThreadKey(str(given["team"]), str(given["channel"]), str(given["thread_ts"]))
