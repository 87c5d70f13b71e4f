"""What people do to answers and threads: stop, answer again, answer what was set aside, sum up."""

import asyncio
import re
from collections.abc import Mapping
from typing import Protocol

from base_client import MessageKey, Stop, ThreadKey
from message_processor.control import Again
from slack_client.asides import ANSWER_ASIDE, Asides
from slack_client.event_handlers.fields import is_ts
from slack_client.event_handlers.interaction import Handler, Interaction, Kind
from slack_client.event_handlers.responses import Responses, thread_of
from slack_client.formatting.mrkdwn import markdown_sections
from slack_client.views import modal, note

ANSWER_AGAIN = "answer_again"

_TURN_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
_SUMMARY_SECONDS = 240.0
_MOST_SECTIONS = 40
_AGAIN_LINES = {
    Again.UNKNOWN: "agent.again_unknown",
    Again.DELETED: "agent.again_deleted",
    Again.RUNNING: "agent.again_running",
}
"""Where nothing is to be said the new answer says it, or the one that the button's first press began."""


class AgentCore(Protocol):
    """What it comes to. StoreUnavailable."""

    async def stop(self, stop: Stop) -> bool: ...

    async def again(self, turn_id: str, channel: str, once: str) -> Again: ...

    async def again_of(self, key: MessageKey) -> Again: ...

    async def answer_aside(self, thread: ThreadKey) -> int: ...

    async def summarise(self, thread: ThreadKey, person: str) -> str: ...


def is_turn_id(value: str) -> bool:
    """Whether the text may be a turn's id."""
    return _TURN_ID.fullmatch(value) is not None


class AgentHandlers:
    """All of them act after the acknowledgement."""

    def __init__(self, core: AgentCore, responses: Responses, asides: Asides) -> None:
        self._core = core
        self._responses = responses
        self._asides = asides

    def handlers(self) -> Mapping[tuple[Kind, str], Handler]:
        """By what is done and its name."""
        after = self._responses.after
        return {
            (Kind.SHORTCUT, "stop_answer"): after(self._stop),
            (Kind.SHORTCUT, ANSWER_AGAIN): after(self._again_of),
            (Kind.SHORTCUT, "summarise_thread"): after(self._summarise),
            (Kind.CLICK, ANSWER_AGAIN): after(self._again),
            (Kind.CLICK, ANSWER_ASIDE): after(self._answer_aside),
        }

    async def _stop(self, done: Interaction) -> None:
        if not (done.channel and is_ts(done.thread_ts) and is_ts(done.ts)):
            await self._responses.refuse(done)
        elif not await self._core.stop(Stop(done.team, done.channel, done.thread_ts, done.person, done.ts)):
            await self._responses.say(done, "agent.nothing_runs")

    async def _again_of(self, done: Interaction) -> None:
        if not (done.channel and is_ts(done.message_ts)):
            await self._responses.refuse(done)
            return
        again = await self._core.again_of(MessageKey(done.team, done.channel, done.message_ts))
        if again in _AGAIN_LINES:
            await self._responses.say(done, _AGAIN_LINES[again])

    async def _again(self, done: Interaction) -> None:
        if not (is_turn_id(done.value) and done.channel and is_ts(done.message_ts)):
            await self._responses.refuse(done)
            return
        again = await self._core.again(done.value, done.channel, done.message_ts)
        if again is Again.UNKNOWN:
            await self._responses.refuse(done)
        elif again in _AGAIN_LINES:
            await self._responses.say(done, _AGAIN_LINES[again])

    async def _answer_aside(self, done: Interaction) -> None:
        # The line was posted in the thread that it is about; of a deleted one only its own ts may be known.
        elsewhere = done.thread_ts not in {done.value, done.message_ts}
        if not (done.channel and is_ts(done.value)) or elsewhere:
            await self._responses.refuse(done)
            return
        thread = ThreadKey(done.team, done.channel, done.value)
        await self._core.answer_aside(thread)
        await self._asides.answering_aside(thread, done.message_ts, done.person)

    async def _summarise(self, done: Interaction) -> None:
        say = self._responses.known_words(done)
        waiting = note(say, say("summary.working"), "loading", "summary.title")
        window = await self._responses.views.open(done.trigger, waiting)
        text = await self._summary(done)
        say = await self._responses.words(done)
        blocks = markdown_sections(text, _MOST_SECTIONS)
        summary = modal("summary", say("summary.title"), say("settings.close"), blocks)
        if window is None or not await self._responses.views.update(window, summary):
            await self._responses.show(done, say("summary.title"), blocks)  # it was closed meanwhile

    async def _summary(self, done: Interaction) -> str:
        try:
            async with asyncio.timeout(_SUMMARY_SECONDS):
                return await self._core.summarise(thread_of(done), done.person)
        except TimeoutError:
            return (await self._responses.words(done))("summary.failed")
