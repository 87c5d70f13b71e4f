"""Answering: rounds of streaming model calls with tools between them, and every failure as one clear line."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from database import CallKind, Standing, TurnState
from message_processor.budget import BudgetSpent, Needs
from message_processor.ingestion.desk import TakenIn
from message_processor.lines import LEFT_OUT, NOT_PASSED, Lines
from message_processor.outcome import Outcome, Work
from message_processor.settings import EFFORT, MODEL, TEMPERATURE, TOP_P, VERBOSITY
from message_processor.thread_management import ThreadManagement
from message_processor.tools import ROUNDS
from message_processor.turn import Turn, hashed
from message_processor.window import Window
from openai_client.errors import Failure, ModelError
from openai_client.events import AssistantText, Done, Item, ModelRequest, Reason, ToolResult, ToolSpec
from openai_client.token_counter import PICTURE_TOKENS, estimate

log = logging.getLogger("threadwell.turn")

_CUT = {Reason.LENGTH: "turn.too_long", Reason.FILTERED: "turn.filtered"}


class TextHandler(ThreadManagement):
    """Uses `model`, `settings`, `desk`, `tools`, `abilities`, and the window of ThreadManagement."""

    async def answer(self, work: Work) -> Outcome:
        """Let the model answer; ModelError never gets out of here, other failures do."""
        turn, transcript = work.turn, work.transcript
        taken = await self.desk.take_in(turn, work.reply)
        problems = turn.lines.file_problems(taken.problems, self.settings.FILE_MAX_MB)
        window = await self.window(work, taken.shelf)
        work.opens = not any(isinstance(item, AssistantText) for item in window.items)
        if len(window.items) == 1 and not any(message.text for message in turn.messages):
            if problems or not taken.shelf.of_messages(message.key.ts for message in turn.messages):
                return Outcome(TurnState.DONE, notice=problems or turn.lines.say("turn.nothing_said"))
        try:
            outcome = await self._within_window(work, taken, window)
        except ModelError as error:
            outcome = self._failed(work, error)
        except BudgetSpent as spent:
            outcome = self.over_budget(work.turn.lines, spent.standing, transcript.text)
        if transcript.left_out or outcome.state is TurnState.DONE:  # a call that failed proves nothing
            await self.abilities.learn(turn.chosen[MODEL], transcript.left_out)
        notice = "\n".join(filter(None, [outcome.notice, problems, *self._told(work)]))
        return replace(outcome, notice=notice)

    def _told(self, work: Work) -> list[str]:
        """What people are told beside the answer; what stays as it is, once in a thread."""
        turn, transcript = work.turn, work.transcript
        say = turn.lines.say
        told = [say(LEFT_OUT[what]) for what in self.abilities.to_tell(turn.thread, transcript.left_out)]
        told += [say(NOT_PASSED[what]) for what in sorted(transcript.not_passed & NOT_PASSED.keys())]
        for stale in turn.chosen.stale:
            if stale.setting == MODEL.name and self.abilities.to_tell(turn.thread, {f"withdrawn {stale.value}"}):
                told.append(say("agent.model_withdrawn", model=stale.value, used=turn.chosen[MODEL]))
        return told

    async def _within_window(self, work: Work, taken: TakenIn, window: Window) -> Outcome:
        try:
            return await self._rounds(work, taken, window)
        except ModelError as error:
            if error.failure is not Failure.CONTEXT_TOO_LONG or not work.transcript.is_blank:
                raise
            log.info("window_halved", extra={"turn": work.turn.id, "tokens": window.tokens})
            smaller = await self.window(work, taken.shelf, at_most=window.tokens // 2)
            return await self._rounds(work, taken, smaller)

    async def _rounds(self, work: Work, taken: TakenIn, window: Window) -> Outcome:
        """Call the model, run the tools it asks for, and call it again, until it answers. Ends: rounds are counted."""
        turn, transcript = work.turn, work.transcript
        items: tuple[Item, ...] = window.items
        specs = self.tools.specs(taken.shelf)
        calls, size = 0, self.size_of(turn, window)
        for number in range(ROUNDS + 1):
            last_round = number == ROUNDS
            request = self._request(turn, items, () if last_round else specs)
            async with turn.bill.charge(
                CallKind.ANSWER, request.model, Needs(size, request.max_output_tokens)
            ) as charge:
                done = await self.model.complete(request, charge.listening(transcript))
                charge.reported(done.model, done.usage)
            if number == 0:
                self.learn_size(turn, window, done.usage.input)
            if done.reason is not Reason.TOOL_CALLS or not specs:
                return self._ended(done, work)
            if last_round:
                break
            transcript.next_round()
            # Anew for each round: what one round has drawn, the next one may change.
            shelf = await self.desk.shelf(turn.thread)
            ran = await self.tools.run(turn, shelf, transcript.reply, done.calls, calls)
            calls += len(ran)
            items = (*items, done.replay, *ran)
            size = (done.usage.input or size) + done.usage.output + sum(map(_size, ran))
        log.warning("tools_without_end", extra={"turn": turn.id, "calls": calls})
        notice = turn.lines.warning("turn.tools_without_end")
        return Outcome(TurnState.FAILED, transcript.text, notice, error="tools_without_end", again=True)

    def over_budget(self, lines: Lines, standing: Standing, text: str = "") -> Outcome:
        """The end of what no budget covers; `text` is what there is of an answer."""
        self.observer.count("budget_refusals", limit=standing.limit.span.value)
        return Outcome(TurnState.FAILED, text, lines.budget_spent(standing), "budget", again=True)

    @staticmethod
    def _ended(done: Done, work: Work) -> Outcome:
        cut = _CUT.get(done.reason)
        if not cut and work.transcript.is_blank:
            # Blanks only, or a call of a tool that it was never offered: people would see nothing at all.
            raise ModelError(Failure.EMPTY, f"ended as {done.reason.value}", request_id=done.request_id)
        return Outcome(TurnState.DONE, work.transcript.text, work.turn.lines.say(cut) if cut else "")

    def _request(self, turn: Turn, items: Sequence[Item], tools: tuple[ToolSpec, ...]) -> ModelRequest:
        return ModelRequest(
            model=turn.chosen[MODEL],
            instructions=self.instructions_for(turn),
            items=tuple(items),
            max_output_tokens=self.settings.MAX_OUTPUT_TOKENS,
            person=turn.person,
            cache_key=hashed(turn.thread.team, turn.thread.channel, turn.thread.thread_ts),
            tools=tools,
            effort=turn.chosen[EFFORT],
            verbosity=turn.chosen[VERBOSITY],
            temperature=turn.chosen[TEMPERATURE],
            top_p=turn.chosen[TOP_P],
        )

    @staticmethod
    def _failed(work: Work, error: ModelError) -> Outcome:
        turn, transcript = work.turn, work.transcript
        log.warning(
            "model_failed",
            extra={
                "turn": turn.id,
                "failure": error.failure.value,
                "detail": error.detail,
                "request_id": error.request_id,
                "partial": not transcript.is_blank,
            },
        )
        blank = transcript.is_blank
        notice = turn.lines.failure(error.failure, error.retry_after) if blank else turn.lines.cut(error.failure)
        return Outcome(TurnState.FAILED, transcript.text, notice, error.failure.value, again=True)


def _size(result: ToolResult) -> int:
    """Tokens of what a tool gave, roughly."""
    return estimate(result.output) + PICTURE_TOKENS * len(result.pictures)
