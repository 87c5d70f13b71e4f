"""The turns at work, and how one of them is halted from beside its lane: a flag first, then a cancellation."""

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum

from base_client import MessageKey, ThreadKey
from message_processor.outcome import Outcome
from message_processor.turn import Turn

_AGAIN = 0.5
"""Seconds until a cancellation is repeated: on Python 3.11 `asyncio.wait_for` can swallow one."""
_END = 5.0
"""Seconds that a cancelled answer has to close its connections."""
_SKEW = 5.0
"""Seconds by which the platform's clock and ours may differ."""
_REMEMBERED = 1_000


class Halt(Enum):
    """Why a turn is to end before its time."""

    CHANGED = "changed"  # its question has other words now: it begins anew
    STOPPED = "stopped"


class Halted(Exception):
    """The turn was halted while its answer was made."""

    def __init__(self, halt: Halt) -> None:
        super().__init__(halt.value)
        self.halt = halt


@dataclass(eq=False)
class RunningTurn:
    """One turn that holds its lane. `began` is Unix time.

    Once it is `answered` nothing halts it; `changed` is set where a change comes that late.
    """

    turn: Turn
    began: float
    halt: Halt | None = None
    answered: bool = False
    changed: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _answering: asyncio.Task[Outcome] | None = field(default=None, init=False)

    def has(self, key: MessageKey) -> bool:
        """Whether the message is one of those that the turn answers."""
        return any(message.key == key for message in self.turn.messages)

    def request(self, halt: Halt) -> bool:
        """Halt it, if its answer is still to be made. A stop is not undone by a change."""
        if self.answered:
            return False
        if self.halt is not Halt.STOPPED:
            self.halt = halt
        if self._answering is not None:
            self._cancel(self._answering)
        return True

    def _cancel(self, task: asyncio.Task[Outcome]) -> None:
        if not task.done():
            task.cancel()
            asyncio.get_running_loop().call_later(_AGAIN, self._cancel, task)

    async def run(self, work: Coroutine[object, object, Outcome]) -> Outcome:
        """`work` to its end. Halted where the turn was halted meanwhile, also if the work then ended by itself."""
        task = self._answering = asyncio.create_task(work, name=f"answer {self.turn.id}")
        if self.halt is not None:
            task.cancel()
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task}, timeout=_END)
            raise
        finally:
            self._answering = None
        halt, self.halt = self.halt, None
        if halt is None:
            return task.result()
        if not task.cancelled():
            task.exception()  # whatever it was, it is not what ends the turn
        raise Halted(halt)


class Running:
    """All turns at work, one a thread."""

    def __init__(self) -> None:
        self._turns: dict[ThreadKey, RunningTurn] = {}
        self._stopped: OrderedDict[str, None] = OrderedDict()

    @contextmanager
    def at_work(self, turn: Turn, began: float) -> Iterator[RunningTurn]:
        """The thread's turn is at work; it may have been stopped before this was known."""
        halt = Halt.STOPPED if turn.id in self._stopped else None
        running = self._turns[turn.thread] = RunningTurn(turn, began, halt)
        try:
            yield running
        finally:
            running.ended.set()
            del self._turns[turn.thread]
            self._stopped.pop(turn.id, None)

    def threads_of(self, team: str, channel: str) -> list[ThreadKey]:
        """Threads of a channel that have a turn at work."""
        return [thread for thread in self._turns if (thread.team, thread.channel) == (team, channel)]

    def stop_older(self, thread: ThreadKey, ts: str) -> bool:
        """Stop the thread's turn, if it was begun and all it answers was written before the platform's `ts`."""
        running = self._turns.get(thread)
        if running is None or running.turn.messages[-1].key.ts >= ts or running.began > float(ts) + _SKEW:
            return False
        return running.request(Halt.STOPPED)

    def stop(self, turn_ids: Iterable[str]) -> bool:
        """Stop these turns, also one whose beginning is not known here yet; whether any was at work."""
        wanted, found = set(turn_ids), False
        for turn_id in wanted:
            self._stopped[turn_id] = None
        while len(self._stopped) > _REMEMBERED:
            self._stopped.popitem(last=False)
        for running in list(self._turns.values()):
            if running.turn.id in wanted:
                found = running.request(Halt.STOPPED) or found
        return found

    async def over(self, turn_ids: Iterable[str], seconds: float) -> None:
        """Wait until none of these turns is at work any more, `seconds` at most."""
        wanted = set(turn_ids)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                for running in [each for each in self._turns.values() if each.turn.id in wanted]:
                    await running.ended.wait()

    def change(self, key: MessageKey) -> bool:
        """A message has other words, or none any more: its turn begins anew. False where none is at work on it."""
        for running in list(self._turns.values()):
            if running.has(key):
                running.changed = not running.request(Halt.CHANGED)
                return True
        return False
