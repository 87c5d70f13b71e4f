"""Conversations in which nothing has happened for long are removed; usage stays, and what is alive is left alone."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from base_client import ChatClient, ThreadKey
from database import Store, TurnState
from message_processor.ingestion.cabinet import Cabinet
from message_processor.ingestion.sweeper import Sweeper
from message_processor.past import ThreadPast
from message_processor.retention import Retention
from tests.database.makers import THREAD, Clock, answer, begin, key, message, past, texts

DAY = 86_400.0
NOW = 400 * DAY
OLD = int(NOW - 100 * DAY)
NEW = int(NOW - 1 * DAY)
OTHER = ThreadKey("T1", "C1", f"{OLD}.000000")


class NoChat:
    """Nothing is asked of the platform here."""


def retaining(store: Store, folder: Path, days: float) -> Retention:
    past = ThreadPast(store, cast(ChatClient, NoChat()))
    return Retention(store, Sweeper(store, Cabinet(folder / "files"), 30), past, days, lambda: NOW)


@pytest.fixture
def retention(store: Store, clock: Clock, tmp_path: Path) -> Retention:
    clock.now = NOW - 200 * DAY
    return retaining(store, tmp_path, 90)


def rows(url: str, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(url.removeprefix("sqlite+aiosqlite:///"))) as connection:
        return connection.execute(sql).fetchall()


async def test_an_old_conversation_leaves_and_its_usage_stays(store: Store, retention: Retention, url: str) -> None:
    await answer(store, "t", OLD, posted=OLD + 1)
    assert await retention.sweep() == 1
    assert await store.history(THREAD) == ()
    assert not await store.knows_thread(THREAD)
    assert rows(url, "SELECT * FROM inbox") == rows(url, "SELECT * FROM deliveries") == []
    assert rows(url, "SELECT id, author, text FROM turns") == [("t", "U1", "")]
    assert await retention.sweep() == 0


async def test_what_is_younger_stays(store: Store, retention: Retention) -> None:
    await answer(store, "t", OLD, posted=OLD + 1)
    await answer(store, "u", NEW, posted=NEW + 1)
    assert await retention.sweep() == 0
    assert len(texts(await store.history(THREAD))) == 4, "the whole of a conversation that is alive"


async def test_what_is_under_way_stays(store: Store, retention: Retention) -> None:
    await begin(store, "t", OLD)
    await store.accept(message(OLD + 1, thread=OTHER))
    assert await retention.sweep() == 0
    assert len(await store.unfinished()) == 1
    assert len(await store.unclaimed()) == 1
    await store.finish("t", TurnState.DONE, "late", "", ())
    assert texts(await store.history(THREAD))[-1] == "late"


async def test_something_that_begins_between_the_look_and_the_removal_stays(store: Store, retention: Retention) -> None:
    await answer(store, "t", OLD, posted=OLD + 1)
    before = NOW - 90 * DAY
    _, silent = await store.quiet_threads(ThreadKey("", "", ""), before)
    assert silent == [THREAD]
    await store.accept(message(NEW))
    assert await store.remove_thread(THREAD, before) is None
    assert len(await store.history(THREAD)) == 2
    assert len(await store.unclaimed()) == 1


async def test_more_threads_than_one_look_takes_and_an_interruption(
    store: Store, retention: Retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.retention.LOOKED_AT", 200)
    monkeypatch.setattr("message_processor.retention._PAUSE", 0.0)
    threads = [ThreadKey("T1", "C1", f"{OLD + number}.000000") for number in range(450)]
    for number, thread in enumerate(threads):
        await store.accept(message(OLD + number, thread=thread))
        await store.claim(f"t{number}", thread, [key(OLD + number, thread)])
        await store.finish(f"t{number}", TurnState.DONE, "a", "", ())
    for thread in threads[:7]:
        await store.remove_thread(thread, NOW - 90 * DAY)  # an earlier sweep came so far
    assert await retention.sweep() == 443
    assert not any([await store.knows_thread(thread) for thread in threads])


async def test_a_very_long_conversation_leaves_in_steps(
    store: Store, retention: Retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.import_past(THREAD, [past(OLD + number) for number in range(1_200)])
    before = NOW - 90 * DAY
    steps = [await store.remove_thread(THREAD, before) for _ in range(2)]
    assert [step and step.done for step in steps] == [False, False]
    assert await retention.sweep() == 1
    assert await store.history(THREAD) == ()


async def test_keys_outlive_their_messages_and_leave_in_the_end(
    store: Store, retention: Retention, clock: Clock, url: str
) -> None:
    await answer(store, "t", OLD, posted=OLD + 1)
    await store.delete(key(OLD + 5))
    clock.now = NOW - 10 * DAY
    await store.accept(message(OLD + 7))
    await store.claim("u", THREAD, [key(OLD + 7)])
    await store.finish("u", TurnState.DONE, "a", "", ())
    await store.delete(key(NEW))
    assert await retention.sweep() == 1
    assert rows(url, "SELECT ts FROM inbox ORDER BY ts") == [(f"{OLD + 7}.000000",), (f"{NEW}.000000",)]
    assert not await store.accept(message(OLD + 7)), "it is no new message"


async def test_for_ever(store: Store, clock: Clock, tmp_path: Path) -> None:
    clock.now = 0.0
    await answer(store, "t", 1, posted=2)
    assert await retaining(store, tmp_path, 0).sweep() == 0
    assert len(await store.history(THREAD)) == 2
