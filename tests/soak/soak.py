"""A soak: people write in many threads while everything goes wrong, and in the end nothing is lost or doubled."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

from playground.model.knobs import KnobSettings
from playground.server import Playground
from playground.slack.wire import SlackError
from tests.soak import records
from tests.soak.crew import Crew
from tests.soak.figures import Figures
from tests.soak.ledger import Ledger, Written, wanted_text
from tests.soak.plan import Deed, Size, Step, steps
from tests.soak.troubles import trouble_model, trouble_slack, trouble_sockets
from tests.soak.verdict import grown, judge, restless
from tests.wire.harness import BOT

AT_ONCE = 60
"""Messages on their way at a time: as many as the machine carries."""
_PACE: KnobSettings = {"total_seconds": 0.3, "chunk_count": 4}
_QUIET_SECONDS = 90.0
_IDLE_SECONDS = 150.0
"""Connections that are kept alive are looked at once a minute, and closed when they were idle for a minute."""
_LOOK_SECONDS = 0.1


class Stuck(Exception):
    """Something did not come to an end."""


@dataclass
class Soak:
    """One soak, from an idle bot to an idle bot."""

    playground: Playground
    crew: Crew
    seed: int
    size: Size
    say: Callable[[str], None]
    ledger: Ledger = field(default_factory=Ledger)
    _people: list[str] = field(default_factory=list, init=False)
    _places: list[str] = field(default_factory=list, init=False)
    _roots: dict[int, tuple[str, str]] = field(default_factory=dict, init=False)
    _sent: list[Written] = field(default_factory=list, init=False)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1), init=False)

    async def run(self) -> list[str]:
        """Everything; what is wrong in the end, one line each."""
        began = time.monotonic()
        self._settle_in()
        await self.crew.start()
        idle = await self._warm_up()
        written = 0
        for step in steps(self.seed, self.size):
            await self._do(step)
            written += step.deed is Deed.WRITE
            if step.deed is Deed.WRITE and written % 100 == 0:
                self.crew.note_memory()
                self.say(f"{written} written after {time.monotonic() - began:.0f} s")
        self.playground.faults.rules.clear()
        self.playground.model.knobs.reset()
        problems = await self._until_quiet()
        problems += judge(self.ledger, self.playground.workspace, records.read(self.crew.database))
        problems += grown(self.crew.resident)
        problems += await self._until_idle(idle)
        self.say(f"{written} messages in {time.monotonic() - began:.0f} s")
        return problems + await self.crew.end()

    def _settle_in(self) -> None:
        workspace, faults = self.playground.workspace, self.playground.faults
        self._people = [workspace.add_person(f"person{number}").id for number in range(self.size.people)]
        self._places = [workspace.add_channel(f"room{number}").id for number in range(10)]
        faults.retry_pauses = (1.0, 3.0, 6.0)
        self.playground.model.knobs.set(**_PACE)

    async def _warm_up(self) -> Figures:
        """What an idle process holds that has worked before."""
        for number in range(AT_ONCE):
            self._write(Random(number), thread=-1 - number)  # noqa: S311  as everywhere here
        await self._until_taken(0)
        await self._until_quiet()
        figures = await self.crew.figures()
        self.say(f"idle: {figures}")
        return figures

    # Deeds

    async def _do(self, step: Step) -> None:
        roll = step.roll
        match step.deed:
            case Deed.WRITE:
                await self._until_taken(AT_ONCE)
                self._write(roll)
            case Deed.EDIT:
                self._edit(roll)
            case Deed.DELETE:
                self._delete(roll)
            case Deed.STOP:
                self._stop(roll)
            case Deed.SLACK:
                trouble_slack(self.playground, roll)
            case Deed.MODEL:
                trouble_model(self.playground, roll)
            case Deed.SOCKETS:
                trouble_sockets(self.playground, roll)
            case Deed.KILL:
                await self.crew.kill()
            case Deed.RESTART:
                await self.crew.restart()

    def _write(self, roll: Random, thread: int | None = None) -> None:
        """A message in one of the threads; the first one of each begins it."""
        number = roll.randrange(self.size.threads) if thread is None else thread
        # Most threads have one author; sometimes another person joins in.
        author = self._people[number % len(self._people)] if roll.random() < 0.8 else roll.choice(self._people)
        wanted = wanted_text(next(self._numbers), 1, roll)
        channel, root = self._roots.get(number, (self._places[number % len(self._places)], ""))
        ts = self.playground.workspace.post(author, channel, f"<@{BOT}> echo: {wanted}", root or None)
        self._roots.setdefault(number, (channel, ts))
        message = Written(channel, root or ts, ts, author, [wanted])
        self.ledger.add(message)
        self._sent.append(message)

    def _edit(self, roll: Random) -> None:
        message = self.ledger.recent(roll)
        if message is not None:
            number = int(message.wanted[0][1:7])
            message.wanted.append(wanted_text(number, len(message.wanted) + 1, roll))
            self.playground.workspace.edit(message.channel, message.ts, f"<@{BOT}> echo: {message.wanted[-1]}")

    def _delete(self, roll: Random) -> None:
        message = self.ledger.recent(roll)
        # A thread whose beginning is gone takes no answer: that is a test of its own.
        if message is not None and message.ts != message.thread_ts:
            message.deleted = True
            self.playground.workspace.delete(message.channel, message.ts)

    def _stop(self, roll: Random) -> None:
        message = self.ledger.recent(roll)
        if message is not None:
            with suppress(SlackError):
                self.playground.workspace.press_stop(message.author, message.channel, message.thread_ts)

    # Waiting

    async def _until_taken(self, at_once: int) -> None:
        """Wait until no more than so many messages are on their way."""
        deadline = time.monotonic() + _QUIET_SECONDS
        while self._on_their_way() > at_once:
            if time.monotonic() > deadline:
                raise Stuck(f"{self._on_their_way()} messages on their way for {_QUIET_SECONDS:.0f} s")
            await asyncio.sleep(_LOOK_SECONDS)

    def _on_their_way(self) -> int:
        """Messages that are not taken in yet, and those that are and wait."""
        taken, waiting = records.pending(self.crew.database, [one.key for one in self._sent])
        self._sent = [one for one in self._sent if not one.deleted and one.key not in taken]
        return len(self._sent) + waiting

    async def _until_quiet(self) -> list[str]:
        """Wait until everything is answered and nothing moves; what still does after the patience."""
        deadline = time.monotonic() + _QUIET_SECONDS
        while problems := restless(self.playground, self._on_their_way()):
            if time.monotonic() > deadline:
                return problems
            await asyncio.sleep(_LOOK_SECONDS)
        return []

    async def _until_idle(self, idle: Figures) -> list[str]:
        """Wait until the process holds no more than an idle one; what it still does after the patience."""
        deadline = time.monotonic() + _IDLE_SECONDS
        while problems := (figures := await self.crew.figures()).over(
            idle, spare=2, spare_threads=self.crew.spare_threads
        ):
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(1.0)
        self.say(f"in the end: {figures}")
        return problems


async def soak(seed: int, size: Size, mode: str, folder: Path, say: Callable[[str], None] = print) -> list[str]:
    """What is wrong after a soak, one line each."""
    async with Playground() as playground:
        crew = Crew(playground, folder, mode)
        try:
            return await Soak(playground, crew, seed, size, say).run()
        finally:
            await crew.abandon()
