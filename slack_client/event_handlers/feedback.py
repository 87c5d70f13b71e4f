"""What people think of an answer: two thumbs under it, and a window for what was wrong."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from message_processor.wording import Wording
from slack_client.event_handlers.agent import is_turn_id
from slack_client.event_handlers.fields import text_of
from slack_client.event_handlers.interaction import Acknowledgement, Handler, Interaction, Kind
from slack_client.event_handlers.responses import Responses
from slack_client.formatting.blocks import Block, input_field, text_input
from slack_client.views import modal, note

FEEDBACK = "feedback"
REASON_WINDOW = "feedback_reason"
_REASON = "reason"
_LONGEST_REASON = 3_000
_VERSION = "1"
_UP, _DOWN = "up", "down"


class FeedbackCore(Protocol):
    """Where it is kept; false where there is no such answer. StoreUnavailable."""

    async def rate(self, turn_id: str, channel: str, person: str, verdict: str, reason: str = "") -> bool: ...


@dataclass(frozen=True, slots=True)
class _Judged:
    """The answer a window is about."""

    turn_id: str
    channel: str
    thread_ts: str

    def metadata(self) -> str:
        return json.dumps({"v": _VERSION, "turn": self.turn_id, "channel": self.channel, "thread": self.thread_ts})


def _judged(metadata: str) -> _Judged | None:
    try:
        kept = json.loads(metadata)
    except ValueError:
        return None
    found = _Judged(text_of(kept, "turn"), text_of(kept, "channel"), text_of(kept, "thread"))
    return found if text_of(kept, "v") == _VERSION and is_turn_id(found.turn_id) and found.channel else None


def reason_window(judged: _Judged, say: Wording) -> Block:
    """The form for what was wrong."""
    field = input_field(_REASON, say("agent.feedback_reason"), text_input(_REASON, "", _LONGEST_REASON), optional=False)
    words = (say("agent.feedback_title"), say("settings.cancel"))
    return modal(REASON_WINDOW, *words, [field], submit=say("agent.feedback_send"), metadata=judged.metadata())


class FeedbackHandlers:
    """Keeps a verdict at once; the reason is asked for beside it."""

    def __init__(self, core: FeedbackCore, responses: Responses) -> None:
        self._core = core
        self._responses = responses

    def handlers(self) -> Mapping[tuple[Kind, str], Handler]:
        """By what is done and its name."""
        return {
            (Kind.CLICK, FEEDBACK): self._responses.after(self._judge),
            (Kind.SUBMISSION, REASON_WINDOW): self._submitted,
        }

    async def _judge(self, done: Interaction) -> None:
        verdict, _, turn_id = done.value.partition(":")
        if verdict not in {_UP, _DOWN} or not is_turn_id(turn_id) or not done.channel:
            await self._responses.refuse(done)
            return
        window = None
        if verdict == _DOWN:  # before anything that may take its time: the trigger lives for three seconds
            judged = _Judged(turn_id, done.channel, done.thread_ts)
            window = await self._responses.views.open(
                done.trigger, reason_window(judged, self._responses.known_words(done))
            )
        if await self._core.rate(turn_id, done.channel, done.person, verdict):
            return
        await self._responses.refuse(done)
        if window is not None:
            say = await self._responses.words(done)
            outdated = note(say, say("agent.click_outdated"), title="agent.feedback_title")
            await self._responses.views.update(window, outdated)

    async def _submitted(self, done: Interaction) -> Acknowledgement:
        judged = _judged(done.view.metadata) if done.view is not None else None
        if judged is None or done.view is None:
            self._responses.warn(done)
            line = self._responses.known_words(done)("agent.click_outdated")
            return Acknowledgement({"response_action": "errors", "errors": {_REASON: line}})
        reason = done.view.values.get(_REASON, "")[:_LONGEST_REASON].strip()
        keep = self._responses.after(lambda sent: self._keep(sent, judged, reason))
        return await keep(_in_thread(done, judged))

    async def _keep(self, done: Interaction, judged: _Judged, reason: str) -> None:
        if await self._core.rate(judged.turn_id, judged.channel, done.person, _DOWN, reason):
            await self._responses.say(done, "agent.feedback_thanks")
        else:
            await self._responses.refuse(done)


def _in_thread(done: Interaction, judged: _Judged) -> Interaction:
    """The submission as done in the answer's thread."""
    return Interaction(
        done.kind, done.name, done.team, done.person, judged.channel, judged.thread_ts, trigger=done.trigger
    )
