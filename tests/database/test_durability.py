"""What was reported as stored is on the disk, whatever happens to the process."""

import signal

from database import Store
from tests.database.makers import Figures, child, key, message

EXITS_AT_ONCE = """
import asyncio, os, sys
from database import Store
from tests.database.makers import Figures, begin, message

async def main():
    store = await Store.open(sys.argv[1], Figures())
    await begin(store, "t", 1)
    await store.save_text("t", "complete")
    await asyncio.gather(*(store.accept(message(number)) for number in range(2, 60)))
    os._exit(9)

asyncio.run(main())
"""

WRITES_UNTIL_KILLED = """
import asyncio, sys
from database import Store
from tests.database.makers import Figures, message

async def one(store, first):
    number = first
    while True:
        assert await store.accept(message(number))
        print(number, flush=True)
        number += 10

async def main():
    store = await Store.open(sys.argv[1], Figures())
    await asyncio.gather(*(one(store, 1_000 + first) for first in range(10)))

asyncio.run(main())
"""


async def test_commits_outlive_a_process_that_just_ends(url: str) -> None:
    process = await child(EXITS_AT_ONCE, url)
    assert await process.wait() == 9
    store = await Store.open(url, Figures())
    assert [(turn.turn_id, turn.text, turn.keys) for turn in await store.unfinished()] == [("t", "complete", (key(1),))]
    assert {one.key for one in await store.unclaimed()} == {key(number) for number in range(2, 60)}
    await store.close()


async def test_what_was_accepted_before_a_kill_is_known_after_it(url: str) -> None:
    process = await child(WRITES_UNTIL_KILLED, url)
    assert process.stdout is not None
    told = [int(await process.stdout.readline()) for _ in range(150)]
    process.send_signal(signal.SIGKILL)
    told += [int(line) for line in (await process.stdout.read()).splitlines() if line]
    await process.wait()
    store = await Store.open(url, Figures())
    assert not any([await store.accept(message(number)) for number in told])
    await store.close()
