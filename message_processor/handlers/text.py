"""Answering in words: one streaming model call, its events to the reply, its failures to one clear line."""

import hashlib
import logging
from dataclasses import dataclass, field

from base_client import Reply
from database import TurnState, TurnUsage
from message_processor import lines
from message_processor.collaborators import Outcome
from message_processor.thread_management import ThreadManagement
from message_processor.turn import Turn
from message_processor.window import Window
from openai_client.errors import Failure, ModelError
from openai_client.events import (
    Commentary,
    Done,
    Event,
    ModelRequest,
    Reason,
    Refusal,
    TextDelta,
    Waiting,
)

log = logging.getLogger("threadwell.turn")


@dataclass(slots=True)
class Transcript:
    """What the model has said so far; every piece goes on to the reply at once."""

    reply: Reply
    pieces: list[str] = field(default_factory=list)
    commentary: str = ""

    def __call__(self, event: Event) -> None:
        match event:
            case TextDelta(text) | Refusal(text):
                self.pieces.append(text)
                self.reply.say(text)
            case Commentary(text):
                self.commentary += text
                self.reply.status(lines.commentary_status(self.commentary))
            case Waiting("slot"):
                self.reply.status(lines.WAITING_FOR_SLOT)
            case Waiting(seconds=seconds):
                self.reply.status(lines.retry_status(seconds))
            case _:
                pass  # tool calls and usage come with the end of the call

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing yet that people could see."""
        return not any(piece.strip() for piece in self.pieces)


def _hashed(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:32]


def _usage(done: Done) -> tuple[TurnUsage, ...]:
    used = done.usage
    return (TurnUsage(done.model, used.input, used.cached, used.output, used.reasoning),)


class TextHandler(ThreadManagement):
    """Uses `model`, `settings`, and the window of ThreadManagement."""

    async def answer(self, turn: Turn, reply: Reply, transcript: Transcript) -> Outcome:
        """Let the model answer; ModelError never gets out of here, other failures do."""
        window = await self.window(turn)
        if len(window.items) == 1 and not turn.question.text:
            return Outcome(TurnState.DONE, notice=lines.NOTHING_SAID)
        try:
            try:
                return await self._ask(turn, window, transcript)
            except ModelError as error:
                if error.failure is not Failure.CONTEXT_TOO_LONG or error.after_text:
                    raise
                log.info("window_halved", extra={"turn": turn.id, "tokens": window.tokens})
                return await self._ask(turn, await self.window(turn, at_most=window.tokens // 2), transcript)
        except ModelError as error:
            return self._failed(turn, error, transcript)

    async def _ask(self, turn: Turn, window: Window, transcript: Transcript) -> Outcome:
        done = await self.model.complete(self._request(turn, window), transcript)
        self.learn_size(turn, window, done.usage.input)
        notice = {Reason.LENGTH: lines.TOO_LONG, Reason.FILTERED: lines.FILTERED}.get(done.reason, "")
        if not notice and transcript.is_blank:
            # Blanks only, or a call of a tool that it was never offered: people would see nothing at all.
            raise ModelError(Failure.EMPTY, f"ended as {done.reason.value}", request_id=done.request_id)
        return Outcome(TurnState.DONE, transcript.text, notice, usage=_usage(done))

    def _request(self, turn: Turn, window: Window) -> ModelRequest:
        return ModelRequest(
            model=self.settings.OPENAI_MODEL,
            instructions=self.instructions,
            items=window.items,
            max_output_tokens=self.settings.MAX_OUTPUT_TOKENS,
            person=_hashed(turn.thread.team, turn.question.author),
            cache_key=_hashed(turn.thread.team, turn.thread.channel, turn.thread.thread_ts),
        )

    def _failed(self, turn: Turn, error: ModelError, transcript: Transcript) -> Outcome:
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
        if transcript.is_blank:
            notice = lines.failure_line(error.failure, self.settings.ADMIN_CONTACT)
        else:
            notice = lines.cut_line(error.failure)
        return Outcome(TurnState.FAILED, transcript.text, notice, error.failure.value)
