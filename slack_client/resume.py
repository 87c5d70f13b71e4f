"""What an earlier process wrote of a reply: found again, its stream ended, so that it is written anew in place."""

import logging

from base_client import ChatUnavailable, Earlier, Message
from slack_client.errors import SlackFailure
from slack_client.messaging import Messaging
from slack_client.offers import offer_mark
from slack_client.parts import Label, Parts, labelled_turn
from slack_client.web_api import WebApi

log = logging.getLogger("threadwell.delivery")

_PATIENCE = 120.0


class EarlierMessages:
    """The messages of one turn that Slack holds already, in the order in which they were written."""

    def __init__(self, api: WebApi, messaging: Messaging, question: Message, turn_id: str, recorded: Earlier) -> None:
        self._api = api
        self._messaging = messaging
        self._question = question
        self._turn_id = turn_id
        self._recorded = recorded
        self._left: list[str] = []
        self.offer: str | None = None
        """The ts of the message below the answer that offers what the answer's own could not."""

    async def find(self, parts: Parts) -> None:
        """Look for them in the records and in the thread, which knows what was written and not recorded any more.

        A message of ours behind the question that carries no mark and no file is a stream: its start takes none.
        """
        found = {part.ts for part in self._recorded.parts}
        try:
            thread = await self._messaging.replies(
                self._question.thread, oldest=self._question.key.ts, metadata=True, patience=_PATIENCE, strict=True
            )
        except ChatUnavailable as failure:
            log.warning("thread_not_read", extra={"turn": self._turn_id, "reason": failure.reason})
        else:
            mark = offer_mark(self._turn_id)
            self.offer = next((message.ts for message in thread if message.bears(mark)), None)
            present = {
                message.ts: message for message in thread if message.own and message.ts not in self._recorded.others
            }
            found = {ts for ts in found if ts in present} | {
                ts
                for ts, message in present.items()
                if message.may_be_stream or labelled_turn(message) == self._turn_id
            }
            for message in present.values():
                if message.ts in found and message.may_be_stream:
                    await parts.stop(message.ts, "", Label(self._turn_id, 1))
        self._left = sorted(found)

    def next(self) -> str | None:
        """The ts of the next message to write anew, or None when there is none left."""
        return self._left.pop(0) if self._left else None

    async def remove_rest(self) -> None:
        """Delete the messages that the new answer does not need."""
        for ts in self._left:
            try:
                arguments = {"channel": self._question.thread.channel, "ts": ts}
                await self._api.call_surely("chat.delete", arguments, patience=_PATIENCE, repeatable=True)
            except SlackFailure as failure:
                log.warning("message_not_removed", extra={"turn": self._turn_id, "reason": failure.reason})
        self._left = []
