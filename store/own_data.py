"""What is kept of one person, read for them: their words, and what was answered to them, nobody else's."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, or_, select, tuple_

from store.file_rows import LIVES
from store.tables import feedback, files, messages, pages, preferences, summaries, turns, usage

PAGE = 500
"""How many rows one reading gives at most."""

Row = dict[str, Any]
"""Columns of one row, as JSON takes them."""

_theirs = (messages.c.team == bindparam("team")) & (messages.c.author == bindparam("person"))
_asked = (turns.c.team == bindparam("team")) & (turns.c.author == bindparam("person"))
_said = _theirs & messages.c.own.is_(False) & messages.c.deleted.is_(False)
_after_message = tuple_(messages.c.channel, messages.c.ts) > tuple_(bindparam("after_1"), bindparam("after_2"))
_MESSAGES = (
    select(messages.c.channel, messages.c.ts, messages.c.thread_ts, messages.c.text)
    .where(_said, _after_message)
    .order_by(messages.c.channel, messages.c.ts)
    .limit(PAGE)
)
_TURNS = (
    select(turns.c.created_at, turns.c.id, turns.c.channel, turns.c.thread_ts, turns.c.state, turns.c.ended_at)
    .where(_asked, tuple_(turns.c.created_at, turns.c.id) > tuple_(bindparam("after_1"), bindparam("after_2")))
    .order_by(turns.c.created_at, turns.c.id)
    .limit(PAGE)
)
_ANSWERS = select(messages.c.ts, messages.c.text).where(
    messages.c.team == bindparam("team"),
    messages.c.channel == bindparam("channel"),
    messages.c.thread_ts == bindparam("thread_ts"),
    messages.c.own.is_(True),
    messages.c.turn_id == bindparam("id"),
    messages.c.deleted.is_(False),
)
_CALLS = select(
    *(usage.c[name] for name in ("kind", "model", "input", "cached", "output", "reasoning", "images", "cost", "state"))
)
_USAGE = _CALLS.where(usage.c.turn_id == bindparam("id"))
_BESIDE = (
    _CALLS.add_columns(usage.c.channel, usage.c["at"])
    .where(
        usage.c.team == bindparam("team"),
        usage.c.person == bindparam("person"),
        # Calls outside any turn have no other attempt than this.
        usage.c.attempt == 0,
    )
    .order_by(usage.c["at"])
)
_SETTINGS = select(preferences.c.scope, preferences.c.place, preferences.c.name, preferences.c.value).where(
    preferences.c.team == bindparam("team"),
    or_(
        and_(preferences.c.scope == "user", preferences.c.place == bindparam("person")),
        preferences.c.changed_by == bindparam("person"),
    ),
)
_FEEDBACK = (
    select(feedback.c.turn_id, feedback.c.verdict, feedback.c.reason, feedback.c.changed_at)
    .join(turns, turns.c.id == feedback.c.turn_id)
    .where(turns.c.team == bindparam("team"), feedback.c.person == bindparam("person"))
)


def _in_thread_of(table: Any) -> ColumnElement[bool]:
    return and_(
        table.c.team == bindparam("team"),
        table.c.channel == bindparam("channel"),
        table.c.thread_ts == bindparam("thread_ts"),
    )


_FILES = select(files.c.uid, files.c.name, files.c.media_type, files.c.size, files.c.note, files.c.created_at).where(
    files.c.team == bindparam("team"),
    files.c.channel == bindparam("channel"),
    files.c.message_ts == bindparam("ts"),
    LIVES,
)
_MADE = select(files.c.uid, files.c.name, files.c.media_type, files.c.size, files.c.note, files.c.created_at).where(
    _in_thread_of(files), files.c.turn_id == bindparam("id"), LIVES
)
_PAGES = select(pages.c.number, pages.c.label, pages.c.text).where(pages.c.uid == bindparam("uid"))
_OTHERS = (
    select(messages.c.ts)
    .where(_in_thread_of(messages), messages.c.own.is_(False), messages.c.author != bindparam("person"))
    .limit(1)
)
_SUMMARY = select(summaries.c.channel, summaries.c.thread_ts, summaries.c.text).where(_in_thread_of(summaries))
_TEAMS: tuple[Select[str], ...] = (
    select(messages.c.team).where(messages.c.author == bindparam("person")).distinct(),
    select(turns.c.team).where(turns.c.author == bindparam("person")).distinct(),
    select(preferences.c.team).where(preferences.c.place == bindparam("person")).distinct(),
    select(preferences.c.team).where(preferences.c.changed_by == bindparam("person")).distinct(),
    select(turns.c.team)
    .join(feedback, feedback.c.turn_id == turns.c.id)
    .where(feedback.c.person == bindparam("person"))
    .distinct(),
    select(usage.c.team).where(usage.c.person == bindparam("person")).distinct(),
)


def teams(connection: Connection, person: str) -> tuple[str, ...]:
    """The workspaces in which something is kept of a person."""
    return tuple(sorted({team for each in _TEAMS for team in connection.execute(each, {"person": person}).scalars()}))


def counts(connection: Connection, team: str, person: str) -> dict[str, int]:
    """How much there is of each kind."""
    whose = {"team": team, "person": person}
    asked: Mapping[str, Select[Any]] = {
        "messages": select(func.count()).select_from(messages).where(_said),
        "turns": select(func.count()).select_from(turns).where(_asked),
        "settings": select(func.count()).select_from(_SETTINGS.subquery()),
        "feedback": select(func.count()).select_from(_FEEDBACK.subquery()),
        "calls": select(func.count()).select_from(_BESIDE.subquery()),
    }
    return {name: connection.execute(each, whose).scalar_one() for name, each in asked.items()}


def said(connection: Connection, team: str, person: str, after: Sequence[str]) -> list[Row]:
    """The next messages after a (channel, ts), with their files and what was read of those."""
    given = {"team": team, "person": person, "after_1": after[0], "after_2": after[1]}
    rows = _rows(connection, _MESSAGES, given)
    for row in rows:
        row["files"] = _files(connection, _FILES, {"team": team, "channel": row["channel"], "ts": row["ts"]})
        # A summary tells of all who wrote in the thread: it is theirs where nobody else did.
        if row["ts"] == row["thread_ts"]:
            place = {"team": team, "channel": row["channel"], "thread_ts": row["thread_ts"]}
            alone = connection.execute(_OTHERS, {**place, "person": person}).first() is None
            row["summary"] = next((each["text"] for each in _rows(connection, _SUMMARY, place)), "") if alone else ""
    return rows


def asked(connection: Connection, team: str, person: str, after: tuple[float, str]) -> list[Row]:
    """The next turns after a (created_at, id), with their answers, what these used, and the files made."""
    given = {"team": team, "person": person, "after_1": after[0], "after_2": after[1]}
    rows = _rows(connection, _TURNS, given)
    for row in rows:
        place = {"team": team, "channel": row["channel"], "thread_ts": row["thread_ts"], "id": row["id"]}
        row["answers"] = _rows(connection, _ANSWERS, place)
        row["usage"] = _rows(connection, _USAGE, {"id": row["id"]})
        row["files"] = _files(connection, _MADE, place)
    return rows


def settings(connection: Connection, team: str, person: str) -> list[Row]:
    """What they have set, for themselves and elsewhere."""
    return _rows(connection, _SETTINGS, {"team": team, "person": person})


def called(connection: Connection, team: str, person: str) -> list[Row]:
    """Model calls of theirs that belong to no turn."""
    return _rows(connection, _BESIDE, {"team": team, "person": person})


def judged(connection: Connection, team: str, person: str) -> list[Row]:
    """What they think of answers."""
    return _rows(connection, _FEEDBACK, {"team": team, "person": person})


def _files(connection: Connection, statement: Select[Any], given: Mapping[str, object]) -> list[Row]:
    found = _rows(connection, statement, given)
    for file in found:
        file["pages"] = _rows(connection, _PAGES, {"uid": file.pop("uid")})
    return found


def _rows(connection: Connection, statement: Select[Any], given: Mapping[str, object]) -> list[Row]:
    return [dict(row._mapping) for row in connection.execute(statement, given)]
