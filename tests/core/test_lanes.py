"""Lanes: one turn at a time in a thread, nothing lost, nothing twice, and only the holder lets go."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from base_client import Message, ThreadKey
from tests.core.makers import THREAD, Counts, message
from thread_manager import BATCH_LIMIT, Admission, Lane, Lanes, Limits

PEOPLE = ("U0ADA00001", "U0GRACE001")


def within(thread: int, person: int = 1_000, everybody: int = 1_000) -> Limits:
    """Limits, of which most tests look at a thread's only."""
    return Limits(thread, person, everybody)


class Turns:
    """Work that notes its batches and waits until it is let go; `together` is the most there were in one thread."""

    def __init__(self, *, held: bool = False) -> None:
        self.batches: list[tuple[Message, ...]] = []
        self.together: Counter[ThreadKey] = Counter()
        self.most = 0
        self.go = asyncio.Event()
        if not held:
            self.go.set()

    async def __call__(self, thread: ThreadKey, batch: tuple[Message, ...]) -> None:
        self.together[thread] += 1
        self.most = max(self.most, self.together[thread])
        self.batches.append(batch)
        await asyncio.sleep(0)
        await self.go.wait()
        self.together[thread] -= 1

    def numbers(self) -> list[list[int]]:
        return [[int(each.text.split()[1]) for each in batch] for batch in self.batches]


async def idle(lanes: Lanes) -> None:
    async with asyncio.timeout(5):
        while len(lanes):
            await asyncio.sleep(0)


async def start_one(lanes: Lanes) -> None:
    """The first turn has begun and holds its lane."""
    assert lanes.submit(message(0)) is Admission.STARTED
    while not lanes.working:
        await asyncio.sleep(0)


posts = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(PEOPLE), st.booleans()), max_size=40)


@given(posts=posts, limit=st.integers(0, 6))
@settings(deadline=None)
def test_each_message_is_taken_once_or_refused(posts: list[tuple[int, str, bool]], limit: int) -> None:
    async def scene() -> None:
        turns = Turns()
        lanes = Lanes(turns, within(limit), Counts())
        taken: list[Message] = []
        refused: list[Message] = []
        for number, (thread, author, pause) in enumerate(posts):
            one = message(number, author, ThreadKey("T1", "C1", f"{thread}.0"))
            (refused if lanes.submit(one) is Admission.FULL else taken).append(one)
            if pause:
                await asyncio.sleep(0)
        await idle(lanes)
        worked = [each for batch in turns.batches for each in batch]
        assert sorted(worked, key=str) == sorted(taken, key=str)
        assert len(worked) + len(refused) == len(posts)
        assert turns.most <= 1
        for batch in turns.batches:
            assert 1 <= len(batch) <= BATCH_LIMIT
            assert len({(each.author, each.thread) for each in batch}) == 1
            assert list(batch) == sorted(batch, key=lambda each: each.key.ts)

    asyncio.run(scene())


@given(order=st.permutations(range(15)), authors=st.lists(st.sampled_from(PEOPLE), min_size=15, max_size=15))
def test_a_line_is_taken_in_order_of_ts_and_split_by_author(order: list[int], authors: list[str]) -> None:
    lane = Lane(THREAD)
    lane.waiting.extend(message(number, authors[number]) for number in order)
    batches = []
    while lane.waiting:
        batches.append(lane.take())
    flat = [each for batch in batches for each in batch]
    assert flat == [message(number, authors[number]) for number in range(15)]
    for batch, following in pairwise(batches):
        assert batch[0].author != following[0].author or len(batch) == BATCH_LIMIT


async def test_a_full_line_refuses_and_takes_again_later() -> None:
    turns = Turns(held=True)
    lanes = Lanes(turns, within(2), Counts())
    await start_one(lanes)
    assert [lanes.submit(message(number)) for number in (1, 2, 3)] == [
        Admission.QUEUED,
        Admission.QUEUED,
        Admission.FULL,
    ]
    turns.go.set()
    await idle(lanes)
    assert lanes.submit(message(4)) is Admission.STARTED
    await idle(lanes)
    assert turns.numbers() == [[0], [1, 2], [4]]


def in_thread(number: int, author: str = "U0ADA00001") -> Message:
    """A message in a thread of its own."""
    return message(number, author, ThreadKey("T1", "C1", str(number)))


async def test_a_person_with_too_much_under_way_is_refused_in_every_thread_until_some_of_it_is_done() -> None:
    turns = Turns(held=True)
    lanes = Lanes(turns, within(5, person=2), Counts())
    await start_one(lanes)
    assert lanes.submit(message(1)) is Admission.QUEUED
    assert lanes.submit(message(2)) is Admission.PERSON_FULL
    assert lanes.submit(in_thread(3)) is Admission.PERSON_FULL
    assert lanes.submit(in_thread(3, "U0GRACE001")) is Admission.STARTED
    turns.go.set()
    await idle(lanes)
    assert lanes.under_way == 0
    assert lanes.submit(in_thread(4)) is Admission.STARTED
    await idle(lanes)
    assert sorted(turns.numbers()) == [[0], [1], [3], [4]]


async def test_everybody_together_has_a_limit_too() -> None:
    turns = Turns(held=True)
    lanes = Lanes(turns, within(5, everybody=2), Counts())
    assert lanes.submit(in_thread(0)) is Admission.STARTED
    assert lanes.submit(in_thread(1, "U0GRACE001")) is Admission.STARTED
    assert lanes.submit(in_thread(2, "U0ALAN0001")) is Admission.ALL_FULL
    assert len(lanes) == 2, "a refused message leaves no lane behind"
    turns.go.set()
    await idle(lanes)


async def test_what_an_earlier_process_accepted_counts_and_is_not_refused() -> None:
    turns = Turns(held=True)
    lanes = Lanes(turns, within(5, person=1), Counts())
    assert lanes.submit(in_thread(0), limited=False) is Admission.STARTED
    assert lanes.submit(in_thread(1), limited=False) is Admission.STARTED
    assert lanes.submit(in_thread(2)) is Admission.PERSON_FULL
    turns.go.set()
    await idle(lanes)


async def test_a_withdrawn_message_is_under_way_no_longer() -> None:
    turns = Turns(held=True)
    lanes = Lanes(turns, within(5, person=2), Counts())
    await start_one(lanes)
    lanes.submit(message(1))
    lanes.withdraw(THREAD, [message(1).key])
    assert lanes.under_way == 1
    assert lanes.submit(in_thread(2)) is Admission.STARTED
    turns.go.set()
    await idle(lanes)


async def test_without_a_line_only_the_turn_itself_is_taken() -> None:
    turns = Turns(held=True)
    lanes = Lanes(turns, within(0), Counts())
    await start_one(lanes)
    assert lanes.submit(message(1)) is Admission.FULL
    turns.go.set()
    await idle(lanes)


async def test_a_message_stands_in_line_once() -> None:
    turns = Turns(held=True)
    lanes = Lanes(turns, within(5), Counts())
    await start_one(lanes)
    assert lanes.submit(message(1)) is Admission.QUEUED
    assert lanes.submit(message(1)) is Admission.KNOWN
    assert lanes.waiting == 1
    turns.go.set()
    await idle(lanes)


async def test_what_an_earlier_process_accepted_is_never_refused() -> None:
    turns = Turns(held=True)
    lanes = Lanes(turns, within(0), Counts())
    assert lanes.submit(message(0), limited=False) is Admission.STARTED
    assert lanes.submit(message(1), limited=False) is Admission.QUEUED
    turns.go.set()
    await idle(lanes)
    assert turns.numbers() == [[0, 1]]


async def test_threads_do_not_wait_for_each_other() -> None:
    turns = Turns(held=True)
    lanes = Lanes(turns, within(5), Counts())
    for number in range(3):
        lanes.submit(message(number, thread=ThreadKey("T1", "C1", str(number))))
    await asyncio.sleep(0.01)
    assert lanes.working == 3
    turns.go.set()
    await idle(lanes)


async def test_a_crash_does_not_take_the_lane_with_it(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[int] = []

    async def work(_: ThreadKey, batch: tuple[Message, ...]) -> None:
        seen.append(len(batch))
        await asyncio.sleep(0)
        if len(seen) == 1:
            raise RuntimeError("the first turn breaks")

    counts = Counts()
    lanes = Lanes(work, within(5), counts)
    with caplog.at_level(logging.CRITICAL, "threadwell.lanes"):
        await start_one(lanes)
        lanes.submit(message(1))
        await idle(lanes)
    assert seen == [1, 1]
    assert counts.counted == ["turns_crashed"]


async def test_the_watchdog_reports_and_touches_nothing(caplog: pytest.LogCaptureFixture) -> None:
    turns, counts = Turns(held=True), Counts()
    lanes = Lanes(turns, within(5), counts)
    await start_one(lanes)
    lanes.submit(message(1))
    watchdog = asyncio.create_task(lanes.watch(interval=0.01, warn_after=0.0))
    async with asyncio.timeout(5):
        while "lanes_held_long" not in counts.counted:
            await asyncio.sleep(0.01)
    watchdog.cancel()
    assert counts.gauges == {"lanes_working": 1, "lanes_waiting": 1}
    assert [record.message for record in caplog.records][:1] == ["lane_held_long"]
    assert (lanes.working, lanes.waiting) == (1, 1)
    turns.go.set()
    await idle(lanes)
    assert turns.numbers() == [[0], [1]]


async def test_a_stop_lets_the_turn_end_and_leaves_what_waits() -> None:
    turns = Turns(held=True)
    lanes = Lanes(turns, within(5), Counts())
    await start_one(lanes)
    lanes.submit(message(1))
    closing = asyncio.create_task(lanes.close(grace=5))
    await asyncio.sleep(0)
    assert lanes.submit(message(2)) is Admission.CLOSED
    turns.go.set()
    await closing
    assert turns.numbers() == [[0]]
    assert len(lanes) == 0


async def test_a_stop_cuts_a_turn_that_outlives_its_grace() -> None:
    cancelled = asyncio.Event()

    async def work(_: ThreadKey, __: tuple[Message, ...]) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    lanes = Lanes(work, within(5), Counts())
    await start_one(lanes)
    await lanes.close(grace=0.01)
    assert cancelled.is_set()
    assert len(lanes) == 0


async def test_a_turn_begins_when_its_runner_lets_it() -> None:
    free, turns = asyncio.Event(), Turns()

    async def later(_: ThreadKey, _author: str, turn: Callable[[], Awaitable[None]]) -> None:
        await free.wait()
        await turn()

    lanes = Lanes(turns, within(1), Counts(), later)
    assert [lanes.submit(message(number)) for number in range(3)] == [
        Admission.STARTED,
        Admission.QUEUED,
        Admission.FULL,
    ]
    free.set()
    await idle(lanes)
    assert turns.numbers() == [[0, 1]]
