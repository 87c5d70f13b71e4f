"""Lanes: one `asyncio.Lock` per thread, its waiting line, and a watchdog that only reports.

A lane works one turn at a time. Nobody but the holder ever releases its lock. What waits is taken by the next turn
together, in order of ts, as long as it is consecutive and by one author. A lane without work is forgotten.
"""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from enum import Enum
from functools import partial

from base_client import Message, MessageKey, Observer, ThreadKey

log = logging.getLogger("threadwell.lanes")

BATCH_LIMIT = 10
"""Most messages that one turn answers together."""

Work = Callable[[ThreadKey, tuple[Message, ...]], Awaitable[None]]
"""One turn: answers the messages and handles every failure of its own."""

Runner = Callable[[ThreadKey, str, Callable[[], Awaitable[None]]], Awaitable[None]]
"""Runs one turn of an author to its end, at once or when a worker is free; the difference between the two modes."""


class Admission(Enum):
    """What became of a submitted message."""

    STARTED = "started"
    QUEUED = "queued"
    KNOWN = "known"  # it stands in line already
    FULL = "full"
    PERSON_FULL = "person_full"  # its author has too much under way, over all threads
    ALL_FULL = "all_full"  # everybody together has
    CLOSED = "closed"  # the process stops; the stored message is for the next one


async def run_at_once(_: ThreadKey, _author: str, turn: Callable[[], Awaitable[None]]) -> None:
    """The runner of the asynchronous mode."""
    await turn()


@dataclass(slots=True, eq=False)
class Lane:
    """One thread's line. `task` lives as long as there is work; `since` is when its turn took the lock, `arrived` when
    each message joined the line.
    """

    key: ThreadKey
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: deque[Message] = field(default_factory=deque)
    arrived: dict[MessageKey, float] = field(default_factory=dict)
    task: asyncio.Task[None] | None = None
    since: float | None = None

    @property
    def next_author(self) -> str:
        """Whose messages the next turn answers."""
        return min(self.waiting, key=lambda message: message.key.ts).author

    def take(self) -> tuple[Message, ...]:
        """The next turn's messages: in order of ts, consecutive, by one author, ten at most."""
        line = sorted(self.waiting, key=lambda message: message.key.ts)
        batch = [line[0]]
        for message in line[1:BATCH_LIMIT]:
            if message.author != batch[0].author:
                break
            batch.append(message)
        self.waiting = deque(line[len(batch) :])
        return tuple(batch)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many messages may be under way: in one thread's line, of one person over all threads, and in all.

    The last two count what is being answered too.
    """

    thread: int
    person: int
    all: int


class Lanes:
    """All lanes of the process, and the owner of their tasks."""

    def __init__(
        self,
        work: Work,
        limits: Limits,
        observer: Observer,
        runner: Runner = run_at_once,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._work = work
        self._limits = limits
        self._observer = observer
        self._runner = runner
        self._clock = clock
        self._lanes: dict[ThreadKey, Lane] = {}
        self._closing = False
        self._under_way: Counter[str] = Counter()  # messages that wait or are being answered, by author

    def submit(self, message: Message, *, limited: bool = True) -> Admission:
        """Wake the message's lane. Never waits, so nothing can come between the check of the line and joining it.

        What an earlier process accepted is not `limited`: it has been acknowledged.
        """
        if self._closing:
            return Admission.CLOSED
        lane = self._lanes.get(message.thread) or Lane(message.thread)
        if any(waiting.key == message.key for waiting in lane.waiting):
            return Admission.KNOWN
        if limited and (full := self._full(lane, message.author)) is not None:
            return full
        lane.waiting.append(message)
        lane.arrived[message.key] = self._clock()
        self._under_way[message.author] += 1
        if lane.task is not None:
            return Admission.QUEUED
        self._lanes[message.thread] = lane
        lane.task = asyncio.create_task(self._drain(lane), name=f"lane {message.thread}")
        return Admission.STARTED

    def _full(self, lane: Lane, author: str) -> Admission | None:
        if self.under_way >= self._limits.all:
            return Admission.ALL_FULL
        if self._under_way[author] >= self._limits.person:
            return Admission.PERSON_FULL
        # Until its turn begins, the message that started the lane stands in line too.
        room = self._limits.thread + (0 if lane.since is not None else 1)
        return Admission.FULL if lane.task is not None and len(lane.waiting) >= room else None

    def _leave(self, messages: Iterable[Message]) -> None:
        """These messages are under way no longer."""
        self._under_way.subtract(message.author for message in messages)
        self._under_way = +self._under_way

    def withdraw(self, thread: ThreadKey, keys: Collection[MessageKey]) -> None:
        """Take messages out of a lane's line again."""
        lane = self._lanes.get(thread)
        if lane is not None:
            self._leave(message for message in lane.waiting if message.key in keys)
            lane.waiting = deque(message for message in lane.waiting if message.key not in keys)
            for key in keys:
                lane.arrived.pop(key, None)

    async def _drain(self, lane: Lane) -> None:
        try:
            while lane.waiting and not self._closing:
                await self._runner(lane.key, lane.next_author, partial(self._turn, lane))
        finally:
            lane.task = None
            if not lane.waiting or self._closing:
                self._lanes.pop(lane.key, None)

    async def _turn(self, lane: Lane) -> None:
        async with lane.lock:
            if not lane.waiting or self._closing:
                return
            batch = lane.take()
            lane.since = self._clock()
            arrived = min(lane.arrived.pop(message.key, lane.since) for message in batch)
            self._observer.observe("turn_wait_seconds", lane.since - arrived)
            try:
                await self._work(lane.key, batch)
            except Exception:
                # The end of a turn: whatever slipped through must not take the lane with it.
                log.exception("turn_crashed", extra={"lane": str(lane.key)})
                self._observer.count("turns_crashed")
            finally:
                lane.since = None
                self._leave(batch)

    @property
    def working(self) -> int:
        """Turns that hold their lane now."""
        return sum(lane.since is not None for lane in self._lanes.values())

    @property
    def under_way(self) -> int:
        """Messages that wait or are being answered, over all lanes."""
        return self._under_way.total()

    def at_work(self) -> list[tuple[str, float, int]]:
        """The lanes whose turn is at work: their name, its seconds so far, messages in line; the longest first."""
        now = self._clock()
        held = [(str(lane.key), now - lane.since, len(lane.waiting)) for lane in self._lanes.values() if lane.since]
        return sorted(held, key=lambda each: each[1], reverse=True)

    @property
    def waiting(self) -> int:
        """Messages in line now, over all lanes."""
        return sum(len(lane.waiting) for lane in self._lanes.values())

    def __len__(self) -> int:
        return len(self._lanes)

    async def watch(self, interval: float, warn_after: float) -> None:
        """Report, for ever, what holds its lane longer than `warn_after` seconds. It touches nothing."""
        while True:
            await asyncio.sleep(interval)
            self._observer.gauge("lanes_working", self.working)
            self._observer.gauge("lanes_waiting", self.waiting)
            for lane in list(self._lanes.values()):
                held = 0.0 if lane.since is None else self._clock() - lane.since
                if held > warn_after:
                    self._observer.count("lanes_held_long")
                    log.warning(
                        "lane_held_long",
                        extra={"lane": str(lane.key), "seconds": round(held), "waiting": len(lane.waiting)},
                    )

    async def close(self, grace: float, end: float = 10.0) -> None:
        """Take no more work; let running turns finish for `grace` seconds, then cancel them and wait `end` at most."""
        self._closing = True
        tasks = [lane.task for lane in self._lanes.values() if lane.task is not None]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=grace)
        for task in late:
            task.cancel()
        if late:
            _, stuck = await asyncio.wait(late, timeout=end)
            log.warning("turns_cut_by_stop", extra={"turns": len(late), "stuck": len(stuck)})
