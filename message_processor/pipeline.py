"""A turn from its reply's first sign to its record: answer, delivery, history, and what follows it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from base_client import ChatUnavailable, Earlier, Offer, Part, ThreadKey
from database import Standing, Store, StoredMessage, StoreUnavailable, TurnState
from message_processor.control import Control
from message_processor.handlers.text import TextHandler
from message_processor.lines import Lines
from message_processor.outcome import Outcome, Work
from message_processor.patience import Result, patiently
from message_processor.running import Halt, Halted, RunningTurn
from message_processor.settings import STREAMING, Chosen, resolve
from message_processor.transcript import Transcript
from message_processor.turn import Turn
from message_processor.wording import wording_of

log = logging.getLogger("threadwell.turn")

_OVER = {"stopped", "too_old", "given_up"}
_LAST_WORDS = 8.0
"""Seconds that a turn cut by a stop has for its closing line."""


@dataclass(frozen=True, slots=True)
class TurnRecords:
    """Implements `base_client.DeliveryLog` for one turn."""

    store: Store
    turn_id: str

    async def record(self, part: Part) -> None:
        await self.store.record_part(self.turn_id, part)


Settling = Callable[[Lines], Outcome | None]
"""How a turn comes out, in a person's language, where that needs no model; None where it does."""


def unsettled(_: Lines) -> None:
    """The model is asked."""


class Pipeline(TextHandler, Control):
    """Uses everything of Collaborators; holds no state of its own."""

    async def work(
        self,
        turn: Turn,
        began: float,
        earlier: Earlier | None = None,
        settled: Settling = unsettled,
    ) -> None:
        """One turn to its record; `began` is Unix time. `earlier` is for a turn that was begun before, `settled` for
        what was left behind.
        """
        with self.running.at_work(turn, began) as running:
            work = await self._begin(turn, earlier)
            try:
                await self._speak_their_language(work)
                outcome = settled(work.turn.lines)
                if outcome is None:
                    outcome = await self._until_answered(work, running)
                elif outcome.text:
                    work.reply.say(outcome.text)
                running.answered = True
                state, standings = await self._deliver(work, outcome, began)
            except asyncio.CancelledError:
                await self._interrupted(work)
                raise
            self._report(work.turn, outcome, state, self.clock() - work.began)
            # Still at work: a deletion of the person's data waits for what is written about them.
            await self._tell_of_budgets(work.turn, standings)
        await self._afterwards(work, running, outcome, state)

    async def _begin(self, turn: Turn, earlier: Earlier | None = None) -> Work:
        """The reply is begun first: what people are to see at once waits for nothing but their settings."""
        records, streams = TurnRecords(self.store, turn.id), turn.chosen[STREAMING]
        reply = self.chat.open_reply(turn.id, turn.question, records, earlier, streams=streams)
        return Work(turn, reply, Transcript(reply, turn.lines), self.clock())

    async def _speak_their_language(self, work: Work) -> None:
        locale = await self.chat.locale(work.turn.question.author)
        lines = Lines(wording_of(locale), self.settings.ADMIN_CONTACT)
        work.turn = replace(work.turn, locale=locale, lines=lines)
        work.transcript.lines = lines

    async def chosen_by(self, author: str, thread: ThreadKey, turn_id: str) -> Chosen:
        """What a person has set, for a turn in a thread; what the operators have, where that cannot be read."""
        try:
            return await self.preferences.of(thread, author)
        except StoreUnavailable as failure:
            log.error("store_unavailable", extra={"turn": turn_id, "reason": failure.reason})
            return resolve({}, (self.settings.OPENAI_MODEL,), frozenset())

    def _report(self, turn: Turn, outcome: Outcome, state: TurnState, seconds: float) -> None:
        self.observer.count("turns", state=state.value)
        self.observer.observe("turn_seconds", seconds)
        if outcome.error:
            self.observer.count("turn_errors", kind=outcome.error)
        self.timeouts.ended(turn.thread, state, outcome.error)
        log.info(
            "turn_done",
            extra={
                "turn": turn.id,
                "lane": str(turn.thread),
                "user": turn.question.author,
                "messages": len(turn.messages),
                "state": state.value,
                "error": outcome.error,
                "seconds": round(seconds, 3),
            },
        )

    async def _until_answered(self, work: Work, running: RunningTurn) -> Outcome:
        """An answer to the question as it stands in the end. Ends: each round but the last is a person's change."""
        while True:
            try:
                return await running.run(self._outcome(work))
            except Halted as halted:
                if halted.halt is Halt.STOPPED:
                    return self._stopped(work, "agent.stopped", "stopped")
            try:
                messages = await self.store.turn_messages(work.turn.id)
                if not messages:
                    return self._stopped(work, "agent.stopped_deleted", "deleted")
                await self._anew(work, running, messages)
            except StoreUnavailable as failure:
                log.error("store_unavailable", extra={"turn": work.turn.id, "reason": failure.reason})
                return self._own_failure(work, "store_unavailable", "turn.store_unavailable")

    @staticmethod
    def _stopped(work: Work, key: str, error: str) -> Outcome:
        text, deleted = work.transcript.text, error == "deleted"
        notice = "" if deleted and work.transcript.is_blank else work.turn.lines.say(key)
        return Outcome(TurnState.STOPPED, text, notice, error, again=not deleted)

    async def _anew(self, work: Work, running: RunningTurn, messages: tuple[StoredMessage, ...]) -> None:
        """Begin the attempt again with other words, in the messages that people see already."""
        log.info("turn_begins_anew", extra={"turn": work.turn.id})
        self.observer.count("turns_begun_anew")
        notice = "" if work.transcript.is_blank else work.turn.lines.say("agent.question_changed")
        await work.reply.close(notice)
        await self.store.files.drop_deeds(work.turn.id)
        earlier = await self.store.earlier(work.turn.thread, work.turn.id)
        turn = work.turn
        chosen = await self.chosen_by(messages[-1].author, turn.thread, turn.id)
        anew = await self._begin(replace(turn, messages=messages, chosen=chosen), earlier if earlier.parts else None)
        work.turn, work.reply, work.transcript = anew.turn, anew.reply, anew.transcript
        running.turn = work.turn

    async def _outcome(self, work: Work) -> Outcome:
        turn = work.turn
        try:
            async with asyncio.timeout(self.settings.TURN_TIMEOUT_SECONDS):
                return await self.answer(work)
        except TimeoutError:
            return self._own_failure(work, "turn_timeout", "turn.took_too_long")
        except ChatUnavailable as failure:
            log.warning("thread_not_read", extra={"turn": turn.id, "reason": failure.reason})
            return self._own_failure(work, "thread_unreadable", "turn.thread_unreadable")
        except StoreUnavailable as failure:
            log.error("store_unavailable", extra={"turn": turn.id, "reason": failure.reason})
            return self._own_failure(work, "store_unavailable", "turn.store_unavailable")
        except Exception:
            # The end of a turn: people get a line, the log the cause, the lane its next turn.
            log.exception("turn_failed", extra={"turn": turn.id})
            return self._own_failure(work, "internal", "turn.internal")

    @staticmethod
    def _own_failure(work: Work, error: str, key: str) -> Outcome:
        notice = work.turn.lines.warning(key)
        return Outcome(TurnState.FAILED, work.transcript.text, notice, error, again=True)

    async def _deliver(self, work: Work, outcome: Outcome, began: float) -> tuple[TurnState, tuple[Standing, ...]]:
        """The last writes, between two records: the complete text before them, how it came out after them.

        What the platform refuses is offered to it again later, unless the turn is too old for that. With the turn's
        state it gives how the limits stand then.
        """
        if outcome.text:
            await self._keep(work.turn, f"{outcome.text}\n\n{outcome.notice}".strip(), outcome.error)
        delivered = await work.reply.close(outcome.notice, _offers(outcome))
        too_late = self.clock() - began > self.settings.RESUME_MAX_AGE_SECONDS
        state = outcome.state if delivered else TurnState.FAILED if too_late else TurnState.UNDELIVERED
        # What was stopped or given up counts as answered: the next turn must not take it up.
        said = outcome.text or (outcome.notice if outcome.error in _OVER else "")
        ending = (work.turn.id, state, said, outcome.error, tuple(work.turn.bill.ended))
        return state, await self.patiently("finish", lambda: self.store.finish(*ending))

    async def patiently(self, what: str, commit: Callable[[], Awaitable[Result]]) -> Result:
        """A commit that has to succeed before the turn can go on."""
        return await patiently(commit, what, self.settings.timings)

    async def _keep(self, turn: Turn, text: str, error: str) -> None:
        """From here on the answer can be delivered without the model; without the store it is delivered as well."""
        try:
            await self.store.save_text(turn.id, text, error)
        except StoreUnavailable as failure:
            log.error("store_unavailable", extra={"turn": turn.id, "reason": failure.reason})

    async def _afterwards(self, work: Work, running: RunningTurn, outcome: Outcome, state: TurnState) -> None:
        """What follows an answer and nobody waits for: each of it once, or not at all."""
        turn = work.turn
        try:
            if running.changed:
                await self.offer_again(turn.id)
            # Who had everything deleted meanwhile is a newcomer with the next question, not with this one.
            if state is not TurnState.STOPPED and await self.store.first_time(
                f"welcome:{turn.thread.team}:{turn.question.author}"
            ):
                self.chat.welcome(turn.thread, turn.question.author)
        except StoreUnavailable as failure:
            log.warning("afterwards_left_out", extra={"turn": turn.id, "reason": failure.reason})
        if work.opens and state is TurnState.DONE and outcome.text and self.titles.wanted:
            self.tasks.start(self.titles.name(turn, outcome.text), "title")

    async def _tell_of_budgets(self, turn: Turn, standings: Sequence[Standing]) -> None:
        """Where a good part of a limit is used, the person is told, once in its day or month."""
        person = turn.question.author
        try:
            for standing in self.budget.near(standings):
                span = standing.limit.span
                fact, period = f"budget:{span.value}:{turn.thread.team}:{person}", span.period(standing.at)
                if await self.store.fact(fact) != period and await self.store.renew_fact(fact, period):
                    log.warning(
                        "budget_nearly_spent",
                        extra={"limit": span.value, "percent": standing.percent, "user": person, "turn": turn.id},
                    )
                    self.chat.whisper(turn.thread, person, turn.lines.budget_near(standing))
        except StoreUnavailable as failure:
            log.warning("budget_not_told", extra={"turn": turn.id, "reason": failure.reason})

    async def _interrupted(self, work: Work) -> None:
        """The process stops: say so, and leave the turn for the next process."""
        turn = work.turn
        try:
            async with asyncio.timeout(_LAST_WORDS):
                await work.reply.close(turn.lines.say("turn.restarting"))
                text = work.transcript.text
                await self.store.finish(turn.id, TurnState.INTERRUPTED, text, "", tuple(turn.bill.ended))
        except (TimeoutError, StoreUnavailable):
            log.warning("turn_left_open", extra={"turn": turn.id})


def _offers(outcome: Outcome) -> frozenset[Offer]:
    offers = {Offer.FEEDBACK} if outcome.text.strip() else set()
    return frozenset(offers | {Offer.AGAIN} if outcome.again else offers)
