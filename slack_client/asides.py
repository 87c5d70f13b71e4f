"""Small notes beside the answers, said to one person or to a thread. Nobody waits for them, and none is repeated."""

import logging
from collections.abc import Mapping, Sequence

from base_client import ThreadKey
from message_processor.small_tasks import SmallTasks
from message_processor.wording import Wording, wording_of
from slack_client.errors import Refused, SlackFailure
from slack_client.formatting.blocks import Block, actions, again_button, button, sections
from slack_client.messaging import notice_mark
from slack_client.people import People
from slack_client.web_api import WebApi

log = logging.getLogger("threadwell.slack")

OPEN_SETTINGS = "open_settings"
ANSWER_ASIDE = "answer_aside"
_PATIENCE = 120.0


def aside_mark(stop_ts: str) -> Mapping[str, object]:
    """The metadata of the line that tells of the stop at this ts."""
    return notice_mark("aside", stop=stop_ts)


class Asides:
    """Everybody is spoken to in the language they use Slack in."""

    def __init__(self, api: WebApi, people: People, tasks: SmallTasks) -> None:
        self._api = api
        self._people = people
        self._tasks = tasks

    async def words_for(self, person: str) -> Wording:
        """A person's language; English where it cannot be found out in time."""
        return wording_of(await self._people.locale(person))

    def welcome(self, thread: ThreadKey, person: str) -> None:
        """Show a person what the bot can do. Never waits."""
        self._tasks.start(self._welcome(thread, person), "welcome")

    async def _welcome(self, thread: ThreadKey, person: str) -> None:
        say = await self.words_for(person)
        note = say("welcome.note")
        settings = button(OPEN_SETTINGS, say("welcome.settings"), "user")
        await self.tell(thread, person, note, [*sections(note), actions(settings)])

    def whisper(self, thread: ThreadKey, person: str, line: str) -> None:
        """Show a line in the thread to one person only. Never waits."""
        self._tasks.start(self._whisper(thread, person, line), "whisper")

    async def _whisper(self, thread: ThreadKey, person: str, line: str) -> None:
        await self.tell(thread, person, line)

    def offer_again(self, thread: ThreadKey, person: str, turn_id: str) -> None:
        """Ask a person whether a turn is to be answered again. Never waits."""
        self._tasks.start(self._offer_again(thread, person, turn_id), "offer again")

    async def _offer_again(self, thread: ThreadKey, person: str, turn_id: str) -> None:
        say = await self.words_for(person)
        line = say("agent.again_edited")
        await self.tell(thread, person, line, [*sections(line), again_button(turn_id, say)])

    async def tell(self, thread: ThreadKey, person: str, text: str, blocks: Sequence[Block] = ()) -> bool:
        """Show something in the thread to one person only; false when Slack does not."""
        arguments = {
            "channel": thread.channel,
            "thread_ts": thread.thread_ts or None,
            "user": person,
            "text": text,
            "blocks": list(blocks) or None,
        }
        try:
            await self._api.call_surely("chat.postEphemeral", arguments, patience=_PATIENCE)
        except SlackFailure as failure:
            log.info("whisper_failed", extra={"lane": str(thread), "user": person, "reason": failure.reason})
            return False
        return True

    async def aside(self, thread: ThreadKey, person: str, messages: int, stop_ts: str) -> bool:
        """Tell the thread that so many waiting messages were set aside, with a button to answer them; false where it is
        worth trying again.
        """
        say = await self.words_for(person)
        line = say.counted("agent.aside", messages)
        answer = button(ANSWER_ASIDE, say("agent.answer_aside"), thread.thread_ts)
        return await self._post(thread, "aside", line, [*sections(line), actions(answer)], stop=stop_ts)

    async def answering_aside(self, thread: ThreadKey, ts: str, person: str) -> None:
        """What was set aside is being answered: the line at `ts` says so, and has no button any more."""
        line = (await self.words_for(person))("agent.answering_aside")
        arguments = {"channel": thread.channel, "ts": ts, "text": line, "blocks": sections(line)}
        try:
            await self._api.call_surely("chat.update", arguments, patience=_PATIENCE, repeatable=True)
        except SlackFailure as failure:  # it may have been deleted
            log.info("aside_not_updated", extra={"lane": str(thread), "reason": failure.reason})

    def not_taken_in(self, thread: ThreadKey, person: str) -> None:
        """Tell the thread that its last message could not be taken in. Never waits."""
        line = wording_of(self._people.known_locale(person))("turn.not_taken_in")
        self._tasks.start(self._say_not_taken_in(thread, line), "tell not taken in")

    async def _say_not_taken_in(self, thread: ThreadKey, line: str) -> None:
        await self._post(thread, "not_taken_in", line)

    async def _post(
        self, thread: ThreadKey, kind: str, line: str, blocks: Sequence[Block] = (), **details: str
    ) -> bool:
        """Post a marked line; false where Slack has not said that it can't be."""
        arguments = {
            "channel": thread.channel,
            "thread_ts": thread.thread_ts,
            "text": line,
            "blocks": list(blocks) or None,
            "metadata": notice_mark(kind, **details),
        }
        try:
            await self._api.call_surely("chat.postMessage", arguments, patience=_PATIENCE)
        except SlackFailure as failure:
            log.error("notice_failed", extra={"kind": kind, "lane": str(thread), "reason": failure.reason})
            return isinstance(failure, Refused)
        return True
