"""The store: everything that has to outlive the process. This is the door; the rooms are in `store/`.

Every method that writes returns after its commit, so what it reports is on the disk. Any method may raise
StoreUnavailable.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from base_client import Earlier, Edit, Message, MessageKey, Observer, Part, PastMessage, ThreadKey
from budgets import Limit
from store import accounts, asides, control, facts, history, inbox, memory, records, retention, turns
from store.backups import Backups
from store.errors import StoreInUse, StoreUnavailable, WrongBackup
from store.file_values import Deed, DeedState, FileKind, FileOrigin, FileState, Hit, Page, StoredFile
from store.files_door import Files
from store.forgetting import Begun
from store.inbox import Estimate
from store.inspection import Inspection, inspect, read
from store.opening import OpenFile, open_file
from store.own_data_door import OwnData
from store.people_door import People
from store.people_values import Rating, Summary, TurnLine, UsageSum
from store.readers import Readers
from store.retention import Removal
from store.spending_door import Spending
from store.spending_values import (
    CallKind,
    CallState,
    CallUsage,
    DayUsage,
    LeftCall,
    Payer,
    Standing,
    UsageLine,
)
from store.sqlite import file_of
from store.values import (
    Claim,
    Forgotten,
    OwedAside,
    Remembered,
    Stopping,
    StoredMessage,
    ThreadState,
    TurnRecord,
    TurnState,
    UnfinishedTurn,
)
from store.writer import QUEUE_LIMIT, Writer

__all__ = [
    "Backups",
    "Begun",
    "CallKind",
    "CallState",
    "CallUsage",
    "Claim",
    "DayUsage",
    "Deed",
    "DeedState",
    "FileKind",
    "FileOrigin",
    "FileState",
    "Files",
    "Forgotten",
    "Hit",
    "Inspection",
    "LeftCall",
    "OwedAside",
    "OwnData",
    "Page",
    "Payer",
    "People",
    "Rating",
    "Remembered",
    "Removal",
    "Spending",
    "Standing",
    "Stopping",
    "Store",
    "StoreInUse",
    "StoreUnavailable",
    "StoredFile",
    "StoredMessage",
    "Summary",
    "ThreadState",
    "TurnLine",
    "TurnRecord",
    "TurnState",
    "UnfinishedTurn",
    "UsageLine",
    "UsageSum",
    "WrongBackup",
    "folder_of_url",
    "inspect_url",
    "usage_of_url",
]

CLOSE_PATIENCE = 10.0
"""How long a stop waits for writes that were handed in, in seconds."""
_THREADS_REMEMBERED = 10_000


def folder_of_url(url: str) -> Path:
    """Where the database of `url` lies, and all that is kept beside it."""
    return file_of(url).parent


async def inspect_url(url: str, seconds: float) -> Inspection:
    """Look at the database of `url` from outside, also while a bot works on it.

    Nothing in it is changed; SQLite may leave its helper files beside it, empty.
    """
    return await asyncio.to_thread(inspect, url, seconds)


async def usage_of_url(url: str, of: str, start: float, end: float) -> tuple[UsageLine, ...]:
    """What was used from one Unix time to another, by "user", "channel" or "model", the most first.

    Read from outside, also while a bot works on the database of `url`.
    """
    return await asyncio.to_thread(read, url, lambda connection: accounts.by(connection, of, start, end))


class _KnownThreads:
    """Threads the bot was found to take part in, the latest ones."""

    def __init__(self) -> None:
        self._latest: OrderedDict[ThreadKey, None] = OrderedDict()

    def __contains__(self, thread: ThreadKey) -> bool:
        if thread not in self._latest:
            return False
        self._latest.move_to_end(thread)
        return True

    def drop(self, thread: ThreadKey) -> None:
        self._latest.pop(thread, None)

    def add(self, thread: ThreadKey) -> None:
        self._latest[thread] = None
        if len(self._latest) > _THREADS_REMEMBERED:
            self._latest.popitem(last=False)


class Store:
    """One database, opened by `open` and closed by `close`. What concerns files and people has a door each."""

    def __init__(
        self, file: OpenFile, observer: Observer, clock: Callable[[], float], limits: Sequence[Limit] = ()
    ) -> None:
        self._path = file.path
        self._closing: AsyncExitStack = file.closing
        self._writer = Writer(file.writing, observer)
        self._readers = Readers(file.reading)
        self._known = _KnownThreads()
        self._clock = clock
        self.files = Files(self._writer, self._readers, clock)
        self.people = People(self._writer, self._readers, clock)
        self.spending = Spending(self._writer, self._readers, limits, clock)
        self.own_data = OwnData(self._writer, self._readers, self.files, clock, self.spending.limits)

    @classmethod
    async def open(
        cls, url: str, observer: Observer, clock: Callable[[], float] = time.time, limits: Sequence[Limit] = ()
    ) -> "Store":
        """Open the database of `url`, its folder and schema made where they are missing; one process at a time.

        `clock` gives Unix time in seconds. `limits` are those that claims and reservations are held against.
        """
        return cls(await open_file(url, clock(), limits), observer, clock, limits)

    async def close(self) -> None:
        """Write what was handed in, close the file and let the next process in; bounded, also on a hanging disk."""
        await self._writer.close(CLOSE_PATIENCE)
        await self._closing.aclose()

    @property
    def folder(self) -> Path:
        """Where the database lies; files are kept beside it."""
        return self._path.parent

    # The way of a message

    async def accept(self, message: Message) -> bool:
        """Store a message before it is acknowledged. False: its key is known (or deleted), and nothing is to be done.

        With `wants_answer` it waits for a turn from now on, and the bot takes part in its thread. Its files are kept
        with it, at most 100.
        """
        now, known = self._clock(), message.thread in self._known
        fresh = await self._writer.run(lambda connection: inbox.accept(connection, message, now, known))
        if fresh and message.wants_answer:
            self._known.add(message.thread)
        return fresh

    async def knows_thread(self, thread: ThreadKey) -> bool:
        """Whether the bot takes part in the thread."""
        if thread in self._known:
            return True
        known = await self._readers.run(lambda connection: inbox.knows_thread(connection, thread))
        if known:
            self._known.add(thread)
        return known

    async def claim(
        self, turn_id: str, thread: ThreadKey, keys: Sequence[MessageKey], estimate: Estimate | None = None
    ) -> Claim:
        """Begin a turn with those of `keys` that still wait: in order of ts, with their present text.

        Deleted ones are left out. Where none is left there is no turn. What `estimate` says is held for its first call,
        given the tokens of the newest call in the thread; the turn is begun also where a limit has no room for that.
        """
        now, limits = self._clock(), self.spending.limits
        return await self._writer.run(
            lambda connection: inbox.claim(connection, turn_id, thread, keys, estimate, limits, now)
        )

    async def attempt(self, turn_id: str) -> int:
        """Count another attempt at a turn and return their number; LookupError where no such turn is unfinished."""
        now = self._clock()
        return await self._writer.run(lambda connection: turns.attempt(connection, turn_id, now))

    async def turn_messages(self, turn_id: str) -> tuple[StoredMessage, ...]:
        """What a begun turn answers: in order of ts, with their present text; deleted ones are left out."""
        return await self._readers.run(lambda connection: turns.messages_of(connection, turn_id))

    async def refuse(self, keys: Sequence[MessageKey]) -> None:
        """Close messages that did not fit the line of their thread."""
        await self._writer.run(lambda connection: inbox.refuse(connection, keys))

    async def record_part(self, turn_id: str, part: Part) -> None:
        """Remember what the platform holds of one message of an answer; the newest record of a part counts."""
        await self._writer.run(lambda connection: turns.record_part(connection, turn_id, part))

    async def parts(self, turn_id: str) -> tuple[Part, ...]:
        """The recorded messages of an answer, by number."""
        return await self._readers.run(lambda connection: turns.parts(connection, turn_id))

    async def earlier(self, thread: ThreadKey, turn_id: str) -> Earlier:
        """The same, with the ts of what is recorded of the thread's other answers."""
        return await self._readers.run(lambda connection: turns.earlier(connection, thread, turn_id))

    async def save_text(self, turn_id: str, text: str, error: str = "") -> None:
        """Keep the complete text before its final delivery, and what ended the answer early, if anything did."""
        await self._writer.run(lambda connection: turns.save_text(connection, turn_id, text, error))

    async def finish(
        self, turn_id: str, state: TurnState, text: str, error: str, usage: Sequence[CallUsage]
    ) -> tuple[Standing, ...]:
        """End a turn: its state, its messages, the answer in the history, what it used. LookupError: no such turn.

        May be called again for a turn that did not end (INTERRUPTED, UNDELIVERED); the latest text counts. Returns how
        its author's limits stand then.
        """
        now, limits = self._clock(), self.spending.limits
        ending = turns.TurnEnding(state, text, error, tuple(usage))
        return await self._writer.run(lambda connection: turns.finish(connection, turn_id, ending, limits, now))

    async def unfinished(self) -> tuple[UnfinishedTurn, ...]:
        """Turns that have not ended, the oldest first."""
        return await self._readers.run(turns.unfinished)

    async def unclaimed(self) -> tuple[Message, ...]:
        """Accepted messages that no turn has taken up, in order of ts."""
        return await self._readers.run(inbox.unclaimed)

    async def unclaimed_before(self, time: float) -> frozenset[MessageKey]:
        """The keys of those that came before a Unix time."""
        return await self._readers.run(lambda connection: inbox.old(connection, time))

    # Beside the lane

    async def stop(self, thread: ThreadKey, ts: str, person: str = "") -> Stopping:
        """Stop a thread: mark its turns that have not ended, and set aside what waits.

        Only what is older than `ts`, the platform's time of the stop: a turn all of whose messages are, and that was
        not begun once more since. Where something was set aside the thread is owed a line about it, until `told_aside`.
        """
        return await self._writer.run(lambda connection: control.stop(connection, thread, ts, person))

    async def owed_asides(self) -> tuple[OwedAside, ...]:
        """Threads that were not told yet what a stop has set aside."""
        return await self._readers.run(asides.owed)

    async def told_aside(self, thread: ThreadKey, stop_ts: str) -> None:
        """The thread knows what the stop of that time has set aside."""
        await self._writer.run(lambda connection: asides.settle(connection, thread, stop_ts))

    async def take_back(self, thread: ThreadKey) -> tuple[Message, ...]:
        """Let what was set aside wait again, in order of ts; a second call gets nothing."""
        now = self._clock()
        return await self._writer.run(lambda connection: control.take_back(connection, thread, now))

    async def accept_again(self, key: MessageKey) -> Message | None:
        """Let a message wait that was refused or set aside; None for any other."""
        now = self._clock()
        return await self._writer.run(lambda connection: control.accept_again(connection, key, now))

    async def repeat(self, turn_id: str) -> tuple[Message, ...]:
        """Let the questions of an ended turn wait again, in order of ts, for a turn and an answer of their own.

        Nothing where there is no such turn, none of them is left, or one is under way: it waits, or a turn that has
        not ended has it.
        """
        now = self._clock()
        return await self._writer.run(lambda connection: control.repeat(connection, turn_id, now))

    async def turn_of(self, key: MessageKey) -> str | None:
        """The turn that a message is a part of the answer of, or else the newest one that answers it."""
        return await self._readers.run(lambda connection: records.turn_of(connection, key))

    async def turn(self, turn_id: str) -> TurnRecord | None:
        """A turn, or None where there is no such turn."""
        return await self._readers.run(lambda connection: records.turn(connection, turn_id))

    # History

    async def thread_state(self, thread: ThreadKey) -> ThreadState:
        """What is known of a thread."""
        return await self._readers.run(lambda connection: history.thread_state(connection, thread))

    async def history(self, thread: ThreadKey, before_turn: str | None = None) -> tuple[StoredMessage, ...]:
        """What was said, oldest first, each answer right behind what it answers.

        At most the first message and the newest 1,000. Left out: deleted messages, those that wait, those of the turn
        `before_turn`, and earlier answers to them.
        """
        return await self._readers.run(lambda connection: history.history(connection, thread, before_turn))

    async def import_past(self, thread: ThreadKey, messages: Sequence[PastMessage]) -> None:
        """Store what is unknown of a thread's past as the platform has it, and mark the thread read."""
        now = self._clock()
        await self._writer.run(lambda connection: history.import_past(connection, thread, messages, now))

    async def edit(self, edit: Edit) -> bool:
        """Give a stored message new text; false where it is unknown or deleted."""
        return await self._writer.run(lambda connection: history.edit(connection, edit))

    async def delete(self, key: MessageKey) -> bool:
        """Blank a message and keep its key, also where it was never seen; false where nothing was stored under it.

        Its files are gone with it; `files.of_message` names those whose bytes are to be removed.
        """
        now = self._clock()
        deleted = await self._writer.run(lambda connection: history.delete(connection, key, now))
        await self.files.clear_traces(deleted.files)
        return deleted.stored

    async def remembered(self, thread: ThreadKey) -> Remembered:
        """What is kept of a thread's messages."""
        return await self._readers.run(lambda connection: memory.remembered(connection, thread))

    async def forget(self, thread: ThreadKey) -> Forgotten:
        """Remove a thread's words, files, summary and settings, but for what waits or is being answered.

        It stays known, and its past counts as read. The bytes of the files named are the caller's to remove.
        """
        now = self._clock()
        forgotten = await self._writer.run(lambda connection: memory.forget(connection, thread, now))
        await self.files.clear_traces(forgotten.files)
        return forgotten

    # What is too old

    async def quiet_threads(self, after: ThreadKey, before: float) -> tuple[ThreadKey | None, Sequence[ThreadKey]]:
        """Some threads behind `after` that are silent since a Unix time, and where the next look begins, if at all."""
        return await self._readers.run(lambda connection: retention.quiet(connection, after, before))

    async def remove_thread(self, thread: ThreadKey, before: float) -> Removal | None:
        """Remove some of a thread that is silent since then; None where something has begun there.

        Its usage stays, and so does who asked when. A question that names the bot begins it anew.
        """
        step = await self._writer.run(lambda connection: retention.remove(connection, thread, before))
        if step is not None:
            self._known.drop(thread)
            await self.files.clear_traces(step.files)
        return step

    async def idle_keys(self, after: MessageKey, before: float) -> tuple[MessageKey | None, Sequence[MessageKey]]:
        """Some keys of removed messages that came before a Unix time, and where the next look begins, if at all."""
        return await self._readers.run(lambda connection: retention.idle_keys(connection, after, before))

    async def drop_keys(self, keys: Sequence[MessageKey]) -> None:
        """Remove such keys."""
        await self._writer.run(lambda connection: retention.drop_keys(connection, keys))

    # Small facts and figures

    async def fact(self, name: str) -> str | None:
        """What was found out once, or None."""
        return await self._readers.run(lambda connection: facts.fact(connection, name))

    async def set_fact(self, name: str, value: str) -> None:
        """Remember what was found out; a newer value replaces the older one."""
        await self._writer.run(lambda connection: facts.set_fact(connection, name, value))

    async def renew_fact(self, name: str, value: str) -> bool:
        """The same; false where it was remembered already with this value."""
        return await self._writer.run(lambda connection: facts.renew(connection, name, value))

    async def first_time(self, name: str) -> bool:
        """True once ever for a name, which is a fact from then on."""
        return await self._writer.run(lambda connection: facts.first_time(connection, name))

    @property
    def writable(self) -> bool:
        """Whether the latest writes reached the disk."""
        return not self._writer.failing

    def pool(self) -> dict[str, int]:
        """The connections: writes in line and how many there may be, readers at work and how many there are."""
        return {
            "writes_waiting": self._writer.waiting,
            "writes_limit": QUEUE_LIMIT,
            "readers_busy": self._readers.busy,
            "readers": self._readers.size,
        }

    async def check(self) -> dict[str, str]:
        """For health: the file, its schema, messages that wait, turns not ended, files by state, writes in line."""
        figures = await self._readers.run(facts.figures)
        return {"file": str(self._path), **figures, "writes_in_line": str(self._writer.waiting)}
