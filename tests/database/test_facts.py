"""Small facts and the figures for health."""

import asyncio

from database import Store
from store.migrations import MIGRATIONS
from tests.database.makers import begin, message


async def test_a_fact_is_remembered_and_replaced(store: Store) -> None:
    assert await store.fact("is_agent") is None
    await store.set_fact("is_agent", "no")
    await store.set_fact("is_agent", "yes")
    assert await store.fact("is_agent") == "yes"
    assert await store.fact("other") is None


async def test_a_first_time_comes_once_ever_for_each_name(store: Store) -> None:
    assert await store.first_time("welcome U1")
    assert not await store.first_time("welcome U1")
    assert await store.first_time("welcome U2")
    assert await store.fact("welcome U1") is not None


async def test_of_many_first_times_at_once_one_is_the_first(store: Store) -> None:
    assert sum(await asyncio.gather(*(store.first_time("welcome U1") for _ in range(20)))) == 1


async def test_the_check_counts_what_is_not_ended(store: Store) -> None:
    await begin(store, "t", 1)
    await store.accept(message(2))
    await store.accept(message(3))
    found = await store.check()
    assert found.pop("file").endswith("/data/threadwell.db")
    files = {name: found.pop(name) for name in list(found) if name.startswith("files_")}
    assert found == {"schema": str(MIGRATIONS[-1].number), "waiting": "2", "unfinished": "1", "writes_in_line": "0"}
    assert files == dict.fromkeys(("files_new", "files_indexing", "files_read", "files_unreadable", "files_gone"), "0")
