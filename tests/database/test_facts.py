"""Small facts and the figures for health."""

from database import Store
from tests.database.makers import begin, message


async def test_a_fact_is_remembered_and_replaced(store: Store) -> None:
    assert await store.fact("is_agent") is None
    await store.set_fact("is_agent", "no")
    await store.set_fact("is_agent", "yes")
    assert await store.fact("is_agent") == "yes"
    assert await store.fact("other") is None


async def test_the_check_counts_what_is_not_ended(store: Store) -> None:
    await begin(store, "t", 1)
    await store.accept(message(2))
    await store.accept(message(3))
    found = await store.check()
    assert found.pop("file").endswith("/data/threadwell.db")
    assert found == {"schema": "1", "waiting": "2", "unfinished": "1", "writes_in_line": "0"}
