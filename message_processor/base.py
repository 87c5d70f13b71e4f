"""The core: a message comes in, is stored, joins its thread's lane, and its turn runs one straight pipeline."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from base_client import ChatUnavailable, Deletion, Edit, Message, Part, Reply, ThreadKey
from database import Store, StoreUnavailable, TurnState, UnfinishedTurn
from message_processor import lines
from message_processor.collaborators import Outcome
from message_processor.handlers.text import TextHandler, Transcript
from message_processor.patience import Result, patiently
from message_processor.recovery import ATTEMPTS
from message_processor.turn import Turn
from thread_manager import Admission, Lanes, Runner, run_at_once

log = logging.getLogger("threadwell.turn")

_LAST_WORDS = 8.0
"""Seconds that a turn cut by a stop has for its closing line."""


@dataclass(frozen=True, slots=True)
class TurnRecords:
    """Implements `base_client.DeliveryLog` for one turn."""

    store: Store
    turn_id: str

    async def record(self, part: Part) -> None:
        await self.store.record_part(self.turn_id, part)


@dataclass
class MessageProcessor(TextHandler):
    """The pipeline, laid out over its mixins; `runner` is the difference between the two modes."""

    runner: Runner = run_at_once
    lanes: Lanes = field(init=False)

    def __post_init__(self) -> None:
        self.lanes = Lanes(self.process_message, self.settings.THREAD_QUEUE_LIMIT, self.observer, self.runner)

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

    async def edit(self, edit: Edit) -> None:
        """Follow an edit of a stored message."""
        await self.store.edit(edit)

    async def delete(self, deletion: Deletion) -> None:
        """Follow a deletion: a waiting message leaves the line, an old one the history."""
        await self.store.delete(deletion.key)

    async def submit(self, message: Message) -> None:
        """Wake the message's lane, and tell the thread where it cannot be taken."""
        admission = self.lanes.submit(message)
        self.observer.count("messages", admission=admission.value)
        if admission is Admission.QUEUED:
            self.chat.mark_waiting(message.key, True)
        elif admission is Admission.FULL:
            # In this order: once it is closed, a redelivery would find nothing left to tell people about.
            self.chat.refuse_busy(message.thread)
            await self.store.refuse([message.key])

    async def recover(self) -> int:
        """Take up what an earlier process left behind, before anything new comes in; how much there is."""
        left_behind = await self.recovery.find()
        for message in left_behind:
            self.lanes.submit(message, limited=False)
        return len(left_behind)

    # The turn

    async def process_message(self, thread: ThreadKey, batch: tuple[Message, ...]) -> None:
        """Answer the messages of one turn, whatever happens; the end of every failure."""
        for message in batch:
            self.chat.mark_waiting(message.key, False)
        begun, fresh = self.recovery.take(batch)
        for unfinished in begun:
            await self._resume(unfinished)
        turn_id = self.new_id()
        keys = [message.key for message in fresh]
        messages = await self._patiently("claim", lambda: self.store.claim(turn_id, thread, keys))
        if messages:
            turn = Turn(turn_id, thread, messages)
            reply = self.chat.open_reply(turn_id, turn.question, TurnRecords(self.store, turn_id))
            await self._work(turn, reply)
        self.chat.busy_over(thread)

    async def _resume(self, unfinished: UnfinishedTurn) -> None:
        """Go on with a turn of an earlier process: in the same messages, without the model if its text is complete."""
        attempts = await self._patiently("attempt", lambda: self.store.attempt(unfinished.turn_id))
        messages = await self.store.turn_messages(unfinished.turn_id)
        turn = Turn(unfinished.turn_id, unfinished.thread, messages)
        last = unfinished.keys[-1]
        question = turn.question if messages else Message(last, turn.thread, unfinished.author, "")
        log.info("turn_resumed", extra={"turn": turn.id, "lane": str(turn.thread), "attempt": attempts})
        self.observer.count("turns_resumed")
        earlier = await self.store.parts(turn.id)
        reply = self.chat.open_reply(turn.id, question, TurnRecords(self.store, turn.id), earlier)
        prepared = None
        if not messages:
            prepared = Outcome(TurnState.FAILED, error="deleted")
        elif unfinished.text:
            prepared = Outcome(TurnState.DONE, unfinished.text)
            reply.say(unfinished.text)
        elif attempts > ATTEMPTS:
            line = lines.warning(lines.GIVEN_UP, self.settings.ADMIN_CONTACT)
            prepared = Outcome(TurnState.FAILED, notice=line, error="given_up")
        await self._work(turn, reply, prepared)

    async def _work(self, turn: Turn, reply: Reply, prepared: Outcome | None = None) -> None:
        """One turn from its reply's first sign to its record; `prepared` when the model is not needed."""
        began = self.clock()
        transcript = Transcript(reply)
        try:
            outcome = prepared or await self._outcome(turn, reply, transcript)
            state = await self._deliver(turn, reply, outcome)
        except asyncio.CancelledError:
            await self._interrupted(turn, reply, transcript)
            raise
        seconds = round(self.clock() - began, 3)
        self.observer.count("turns", state=state.value)
        self.observer.observe("turn_seconds", seconds)
        log.info(
            "turn_done",
            extra={
                "turn": turn.id,
                "lane": str(turn.thread),
                "user": turn.messages[-1].author if turn.messages else "",
                "messages": len(turn.messages),
                "state": state.value,
                "error": outcome.error,
                "seconds": seconds,
            },
        )

    async def _outcome(self, turn: Turn, reply: Reply, transcript: Transcript) -> Outcome:
        try:
            async with asyncio.timeout(self.settings.TURN_TIMEOUT_SECONDS):
                return await self.answer(turn, reply, transcript)
        except TimeoutError:
            return self._own_failure("turn_timeout", lines.TURN_TOO_LONG, transcript)
        except ChatUnavailable as failure:
            log.warning("thread_not_read", extra={"turn": turn.id, "reason": failure.reason})
            return self._own_failure("thread_unreadable", lines.THREAD_UNREADABLE, transcript)
        except StoreUnavailable as failure:
            log.error("store_unavailable", extra={"turn": turn.id, "reason": failure.reason})
            return self._own_failure("store_unavailable", lines.STORE_UNAVAILABLE, transcript)
        except Exception:
            # The end of a turn: people get a line, the log the cause, the lane its next turn.
            log.exception("turn_failed", extra={"turn": turn.id})
            return self._own_failure("internal", lines.INTERNAL, transcript)

    def _own_failure(self, error: str, line: str, transcript: Transcript) -> Outcome:
        return Outcome(TurnState.FAILED, transcript.text, lines.warning(line, self.settings.ADMIN_CONTACT), error=error)

    async def _deliver(self, turn: Turn, reply: Reply, outcome: Outcome) -> TurnState:
        """The last writes, between two records: the complete text before them, how it came out after them."""
        if outcome.text:
            await self._keep(turn, f"{outcome.text}\n\n{outcome.notice}".strip())
        delivered = await reply.close(outcome.notice)
        state = outcome.state if delivered else TurnState.UNDELIVERED
        ending = (turn.id, state, outcome.text, outcome.error, outcome.usage)
        await self._patiently("finish", lambda: self.store.finish(*ending))
        return state

    async def _patiently(self, what: str, commit: Callable[[], Awaitable[Result]]) -> Result:
        return await patiently(commit, what, self.settings.timings)

    async def _keep(self, turn: Turn, text: str) -> None:
        """From here on the answer can be delivered without the model; without the store it is delivered as well."""
        try:
            await self.store.save_text(turn.id, text)
        except StoreUnavailable as failure:
            log.error("store_unavailable", extra={"turn": turn.id, "reason": failure.reason})

    async def _interrupted(self, turn: Turn, reply: Reply, transcript: Transcript) -> None:
        """The process stops: say so, and leave the turn for the next process."""
        try:
            async with asyncio.timeout(_LAST_WORDS):
                await reply.close(lines.RESTARTING)
                await self.store.finish(turn.id, TurnState.INTERRUPTED, transcript.text, "stopped", ())
        except (TimeoutError, StoreUnavailable):
            log.warning("turn_left_open", extra={"turn": turn.id})
