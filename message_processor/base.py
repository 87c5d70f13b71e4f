"""The core: a message comes in, is stored, joins its thread's lane, and its turn runs one straight pipeline."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from base_client import Message, ThreadKey
from database import StoredMessage, UnfinishedTurn
from message_processor.limits import REFUSED, limits_of
from message_processor.own_data import OwnData
from message_processor.pipeline import Pipeline, Settling, unsettled
from message_processor.recovery import Resumption, too_old
from message_processor.settings import INSTRUCTIONS, MODEL
from message_processor.timeouts import Timeouts
from message_processor.turn import Turn
from thread_manager import Admission, Lanes, Runner, run_at_once

log = logging.getLogger("threadwell.turn")


@dataclass
class MessageProcessor(Pipeline):
    """The pipeline, with what comes before it; `runner` is the difference between the two modes."""

    runner: Runner = run_at_once
    lanes: Lanes = field(init=False)
    own_data: OwnData = field(init=False)

    def __post_init__(self) -> None:
        self.lanes = Lanes(self.process_message, limits_of(self.settings), self.observer, self.runner)
        self.timeouts = Timeouts(self.observer)
        self.own_data = OwnData(self.store, self.sweeper, self.halt_forgotten)

    # Before the acknowledgement

    async def takes_part(self, thread: ThreadKey) -> bool:
        """Whether the bot answers in this thread without being named."""
        return await self.store.knows_thread(thread)

    async def receive(self, message: Message, redelivered: bool = False) -> bool:
        """Store a message and let its lane know; false when it is known already. StoreUnavailable: not taken in."""
        fresh = await self.store.accept(message)
        # A delivery that was stored but not acknowledged in time comes again: its lane may never have heard of it.
        if message.wants_answer and (fresh or (redelivered and await self._still_waits(message))):
            await self.submit(message)
        return fresh

    async def _still_waits(self, message: Message) -> bool:
        """Whether no turn has taken up the message, nor was it refused."""
        return any(waiting.key == message.key for waiting in await self.store.unclaimed())

    async def submit(self, message: Message) -> None:
        """Wake the message's lane, and tell the thread where it cannot be taken."""
        admission = self.lanes.submit(message)
        self.observer.count("messages", admission=admission.value)
        if admission is Admission.QUEUED:
            self.chat.mark_waiting(message.key, True)
        elif (why := REFUSED.get(admission)) is not None:
            # In this order: once it is closed, a redelivery would find nothing left to tell people about.
            self.chat.refuse_busy(message.thread, message.author, why)
            await self.store.refuse([message.key])

    async def recover(self) -> int:
        """Take up what an earlier process left behind, before anything new comes in; how much there is."""
        await self.abilities.recall()
        await self.budget.settle_left()
        left_behind = await self.recovery.find(self.clock() - self.settings.RESUME_MAX_AGE_SECONDS)
        for message in left_behind:
            self.wake(message)
        await self.tell_owed_asides()
        self.tasks.start(self.own_data.resume(), "deletions")
        return len(left_behind)

    # The turn

    async def process_message(self, thread: ThreadKey, batch: tuple[Message, ...]) -> None:
        """Answer the messages of one turn, whatever happens; the end of every failure."""
        for message in batch:
            self.chat.mark_waiting(message.key, False)
        begun, fresh = self.recovery.take(batch)
        for unfinished in begun:
            await self._resume(unfinished)
        if fresh:
            await self._answer(thread, fresh)
        self.chat.busy_over(thread)

    async def _answer(self, thread: ThreadKey, fresh: Sequence[Message]) -> None:
        turn_id = self.new_id()
        keys = [message.key for message in fresh]
        chosen = await self.chosen_by(fresh[-1].author, thread, turn_id)
        bill = self.budget.bill(turn_id)
        words = "\n".join((*(message.text for message in fresh), chosen[INSTRUCTIONS]))
        held = bill.first(chosen[MODEL], partial(self.needs_of, words))
        claim = await self.patiently("claim", lambda: self.store.claim(turn_id, thread, keys, held))
        if not claim.messages:
            return
        settled: Settling = unsettled if claim.short is None else partial(self.over_budget, standing=claim.short)
        if self.recovery.are_old(claim.messages):
            settled = too_old
        await self.work(Turn(turn_id, thread, claim.messages, chosen, bill=bill), self.clock(), settled=settled)

    async def _resume(self, unfinished: UnfinishedTurn) -> None:
        """Go on with a turn that did not end: in the same messages, without the model if its text is complete."""
        turn_id, thread = unfinished.turn_id, unfinished.thread
        try:
            attempts = await self.patiently("attempt", lambda: self.store.attempt(turn_id))
        except LookupError:
            return  # it has come to its end meanwhile
        log.info("turn_resumed", extra={"turn": turn_id, "lane": str(thread), "attempt": attempts})
        self.observer.count("turns_resumed")
        messages = await self.store.turn_messages(turn_id)
        asked = messages or (StoredMessage(unfinished.keys[-1], thread, unfinished.author, False, "", turn_id),)
        age, longest = self.clock() - unfinished.created_at, self.settings.RESUME_MAX_AGE_SECONDS
        resumption = Resumption(unfinished, attempts, age, longest, deleted=not messages)
        earlier = await self.store.earlier(thread, turn_id)
        chosen = await self.chosen_by(asked[-1].author, thread, turn_id)
        turn = Turn(turn_id, thread, asked, chosen, bill=self.budget.bill(turn_id))
        await self.work(turn, unfinished.created_at, earlier, resumption.settled)
