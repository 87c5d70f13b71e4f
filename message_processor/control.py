"""What people do beside the line: stop, change and delete questions, ask for another answer, judge one, forget."""

import asyncio
import logging
from dataclasses import dataclass
from enum import Enum

from base_client import (
    ChatUnavailable,
    Deletion,
    Edit,
    FileDeletion,
    Message,
    MessageKey,
    PastMessage,
    Stop,
    ThreadKey,
    TitleChange,
)
from database import Begun, OwedAside, Payer, StoredMessage, StoreUnavailable, TurnState
from message_processor import prompts
from message_processor.budget import BudgetSpent
from message_processor.collaborators import Collaborators
from message_processor.lines import Lines
from message_processor.patience import patiently
from message_processor.turn import hashed
from message_processor.window import people_in, said_by
from message_processor.wording import wording_of
from openai_client.errors import ModelError
from thread_manager import Lanes

log = logging.getLogger("threadwell.turn")

_ENDED = {TurnState.DONE, TurnState.FAILED, TurnState.STOPPED}
_TOLD_AGAIN_AFTER = (2.0, 15.0, 60.0)
"""Pauses before a thread is told once more what was set aside, in seconds."""
_HALTED = 20.0
"""Longest wait for turns that were halted, in seconds: how they end is recorded without words in any case."""
_DIGEST_CHARACTERS = 160_000
_DIGEST_TOKENS_PER_MESSAGE = 8_000


class Again(Enum):
    """What became of the wish to have a question answered again."""

    STARTED = "started"
    UNKNOWN = "unknown"
    DELETED = "deleted"
    RUNNING = "running"
    USED = "used"  # this very button was pressed before


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is kept of a thread. The ts are empty where there are no messages."""

    messages: int
    oldest_ts: str
    newest_ts: str
    summary: str
    files: tuple[str, ...]


class Control(Collaborators):
    """Uses `store`, `running`, `chat`, `sweeper`, `titles`, `summaries`, and the lanes. StoreUnavailable goes on."""

    lanes: Lanes

    def wake(self, message: Message) -> None:
        """Let a message that was accepted before join its lane, whatever waits there."""
        self.lanes.submit(message, limited=False)

    # Stop

    async def stop(self, stop: Stop) -> bool:
        """End what runs and set aside what waits, as far as it is older than the stop; whether there was anything."""
        if stop.thread_ts is not None:
            threads = [ThreadKey(stop.team, stop.channel, stop.thread_ts)]
        else:
            threads = self.running.threads_of(stop.team, stop.channel)
        found = False
        for thread in threads:
            found = await self._stop(thread, stop) or found
        if stop.said and not found:
            thread_ts = stop.thread_ts or stop.ts
            say = wording_of(await self.chat.locale(stop.person))
            self.chat.whisper(ThreadKey(stop.team, stop.channel, thread_ts), stop.person, say("agent.nothing_runs"))
        return found

    async def _stop(self, thread: ThreadKey, stop: Stop) -> bool:
        halted = self.running.stop_older(thread, stop.ts)
        stopping = await self.store.stop(thread, stop.ts, stop.person)
        halted = self.running.stop(stopping.turns) or halted
        self.lanes.withdraw(thread, stopping.aside)
        for key in stopping.aside:
            self.chat.mark_waiting(key, False)
        if stopping.aside:
            self._tell_aside(OwedAside(thread, stop.ts, stop.person, len(stopping.aside)), in_doubt=False)
        if halted or stopping.turns or stopping.aside:
            self.observer.count("turns_stopped")
            fields = {"lane": str(thread), "user": stop.person, "turns": len(stopping.turns)}
            log.info("stopped", extra={**fields, "aside": len(stopping.aside)})
            return True
        return halted

    def _tell_aside(self, aside: OwedAside, *, in_doubt: bool) -> None:
        self.tasks.start(self._say_aside(aside, in_doubt), "aside")

    async def _say_aside(self, aside: OwedAside, in_doubt: bool) -> None:
        """Tell the thread, and then the store that it knows; a process that dies between the two leaves it in doubt.

        So does a broken connection. What cannot be told here is left to the next process.
        """
        for pause in (0.0, *_TOLD_AGAIN_AFTER):
            await asyncio.sleep(pause)
            told = not aside.messages or await self.chat.aside(
                aside.thread, aside.person, aside.messages, aside.stop_ts, in_doubt=in_doubt or pause > 0
            )
            if told:
                await patiently(
                    lambda: self.store.told_aside(aside.thread, aside.stop_ts), "told aside", self.settings.timings
                )
                return

    async def tell_owed_asides(self) -> None:
        """Tell threads what a stop has set aside, where an earlier process could not. Does not wait for the lines."""
        for aside in await self.store.owed_asides():
            self._tell_aside(aside, in_doubt=True)

    async def answer_aside(self, thread: ThreadKey) -> int:
        """Take what a stop set aside back into the line; how much there was."""
        messages = await self.store.take_back(thread)
        for message in messages:
            self.wake(message)
        return len(messages)

    # Questions that change

    async def edit(self, edit: Edit) -> None:
        """Follow an edit of a stored message: what works on it begins anew, an answer may be given again."""
        if not await self.store.edit(edit) or self.running.change(edit.key):
            return
        turn_id = await self.store.turn_of(edit.key)
        if turn_id is not None:
            await self.offer_again(turn_id, edit.key)

    async def offer_again(self, turn_id: str, changed: MessageKey | None = None) -> None:
        """Offer the author of an answered question to have it answered again."""
        record = await self.store.turn(turn_id)
        if record is None or record.state not in _ENDED or (changed is not None and changed not in record.keys):
            return
        self.chat.offer_again(record.thread, record.author, turn_id)

    async def delete(self, deletion: Deletion) -> None:
        """Follow a deletion: a waiting message leaves the line, one that is answered stops, an old one is forgotten."""
        await self.store.delete(deletion.key)
        self.running.change(deletion.key)
        await self.sweeper.forget_message(deletion.key)

    async def forget_file(self, deletion: FileDeletion) -> None:
        """Follow the deletion of a file: nothing of it is kept."""
        await self.sweeper.forget(deletion)

    # Another answer

    async def again_of(self, key: MessageKey) -> Again:
        """Answer again what a message asks, or what the bot's own message answers."""
        turn_id = await self.store.turn_of(key)
        if turn_id is not None:
            return await self._repeat(turn_id)
        message = await self.store.accept_again(key)  # one that was set aside, or did not fit the line
        if message is None:
            return Again.UNKNOWN
        self.wake(message)
        return Again.STARTED

    async def again(self, turn_id: str, channel: str, once: str) -> Again:
        """Answer a turn of this channel again, by a button whose name `once` works a single time."""
        record = await self.store.turn(turn_id)
        if record is None or record.thread.channel != channel:
            return Again.UNKNOWN
        if not await self.store.first_time(f"again:{turn_id}:{once}"):
            return Again.USED
        return await self._repeat(turn_id)

    async def _repeat(self, turn_id: str) -> Again:
        messages = await self.store.repeat(turn_id)
        for message in messages:
            self.wake(message)
        if messages:
            self.observer.count("turns_repeated")
            return Again.STARTED
        record = await self.store.turn(turn_id)
        return Again.UNKNOWN if record is None else Again.RUNNING if record.keys else Again.DELETED

    # Judging, naming, remembering

    async def rate(self, turn_id: str, channel: str, person: str, verdict: str, reason: str = "") -> bool:
        """Keep what a person thinks of an answer of this channel; false where there is no such answer."""
        record = await self.store.turn(turn_id)
        if record is None or record.thread.channel != channel:
            return False
        self.observer.count("feedback", verdict=verdict)
        return await self.store.people.rate(turn_id, person, verdict, reason)

    async def title_changed(self, change: TitleChange) -> None:
        """A person named a thread: that name stays."""
        await self.titles.changed(change)

    async def forget(self, thread: ThreadKey) -> int:
        """Keep nothing of what was said in a thread; how many messages there were."""
        forgotten = await self.store.forget(thread)
        await self.sweeper.remove(forgotten.files)
        log.info("thread_forgotten", extra={"lane": str(thread), "messages": forgotten.messages})
        return forgotten.messages

    async def halt_forgotten(self, begun: Begun) -> None:
        """End what is under way for a person who is being forgotten; waits for its turns, but not for ever."""
        for thread, key in begun.waiting:
            self.lanes.withdraw(thread, {key})
            self.chat.mark_waiting(key, False)
        self.running.stop(begun.turns)
        await self.running.over(begun.turns, _HALTED)

    async def remembered(self, thread: ThreadKey) -> Remembered:
        """What is kept of a thread."""
        kept = await self.store.remembered(thread)
        summary = await self.store.people.summary(thread)
        shelf = await self.desk.shelf(thread)
        names = tuple(file.name for file in (*shelf.pictures, *shelf.documents))
        text = summary.text if summary else ""
        return Remembered(kept.messages, kept.oldest_ts or "", kept.newest_ts or "", text, names)

    async def summarise(self, thread: ThreadKey, person: str) -> str:
        """A summary of a thread that the bot may read, for one person; or a line that says why there is none."""
        payer = Payer(thread.team, person, thread.channel, self.clock())
        locale = await self.chat.locale(person)
        say = wording_of(locale)
        try:
            past = await self.chat.read_whole(thread)
            messages = [_stored(thread, each) for each in past if each.text]
            if not messages:
                return say("summary.empty")
            names = await self.chat.names(sorted(people_in(messages)))
            said = list(said_by(messages, names, _DIGEST_TOKENS_PER_MESSAGE))
            # The newest ones, where there are more than a call takes.
            while len(said) > 1 and sum(map(len, said)) > _DIGEST_CHARACTERS:
                said = said[len(said) // 8 + 1 :]
            whom = hashed(thread.team, person)
            bill = self.budget.bill_outside(payer)
            try:
                return await self.summaries.digest(prompts.digest(locale), "", said, whom, bill)
            finally:
                await bill.settle()
        except BudgetSpent as spent:
            return Lines(say, self.settings.ADMIN_CONTACT).budget_spent(spent.standing)
        except ChatUnavailable as failure:
            log.info("thread_not_read", extra={"lane": str(thread), "reason": failure.reason})
            return say("summary.unreadable")
        except ModelError as failure:
            log.warning("thread_not_summed_up", extra={"lane": str(thread), "failure": failure.failure.value})
            return Lines(say, self.settings.ADMIN_CONTACT).failure(failure.failure, failure.retry_after)
        except StoreUnavailable:
            return say("summary.failed")


def _stored(thread: ThreadKey, past: PastMessage) -> StoredMessage:
    return StoredMessage(past.key, thread, past.author, past.own, past.text, past.key.ts)
