"""Waiting for changes and listening to them."""

import asyncio

import pytest

from playground.server import Playground


async def test_a_wait_ends_with_the_change_it_waits_for(playground: Playground) -> None:
    workspace = playground.workspace
    waiting = asyncio.create_task(workspace.wait_for(lambda: workspace.channel("general").messages))
    await asyncio.sleep(0)
    ts = workspace.post("ada", "general", "hello")
    assert list(await waiting) == [ts]


async def test_a_wait_for_one_thread_looks_at_that_thread_only(playground: Playground) -> None:
    workspace = playground.workspace
    ts = workspace.post("ada", "general", "hello")
    looks = 0

    def answered() -> bool:
        nonlocal looks
        looks += 1
        return len(workspace.thread("general", ts)) == 2

    waiting = asyncio.create_task(workspace.wait_for(answered, thread=("C0GENERAL1", ts)))
    for _ in range(5):
        await asyncio.sleep(0)
        workspace.post("ada", "general", "elsewhere")
    await asyncio.sleep(0)
    assert looks == 1
    workspace.post("ada", "general", "here", ts)
    assert await waiting is True
    assert looks == 2


async def test_a_wait_is_bounded_and_passes_errors_on(playground: Playground) -> None:
    workspace = playground.workspace
    with pytest.raises(TimeoutError):
        await workspace.wait_for(lambda: False, timeout=0.01)
    looks = [0]
    failing = asyncio.create_task(workspace.wait_for(looks.pop))
    await asyncio.sleep(0)
    workspace.post("ada", "general", "hello")
    with pytest.raises(IndexError):
        await failing


async def test_a_listener_hears_what_changed(playground: Playground) -> None:
    with playground.workspace.subscribe() as changes:
        ts = playground.workspace.post("ada", "general", "hello")
        playground.workspace.react("ada", "general", ts, "tada")
        playground.workspace.edit("general", ts, "two")
        playground.workspace.delete("general", ts)
        heard = [await changes.get() for _ in range(4)]
    assert [change.kind for change in heard] == ["message", "reaction", "changed", "deleted"]
    assert {(change.channel, change.thread_ts, change.ts) for change in heard} == {("C0GENERAL1", ts, ts)}


async def test_a_listener_that_falls_behind_is_told_so(playground: Playground) -> None:
    with playground.workspace.subscribe(size=3) as changes:
        for number in range(4):
            playground.workspace.post("ada", "general", f"line {number}")
        assert (await changes.get()).kind == "lost"
        playground.workspace.post("ada", "general", "after")
        assert (await changes.get()).kind == "message"
