"""The messages a reply consists of: started, appended to, ended, posted, rewritten, and found again when in doubt."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from base_client import ChatUnavailable, Message
from slack_client.errors import Ambiguous, RateLimited, Refused, SlackFailure, Unreachable
from slack_client.messaging import Messaging, SlackMessage
from slack_client.web_api import Answer, WebApi

log = logging.getLogger("threadwell.delivery")

EVENT_TYPE = "threadwell_reply"
_CONFLICT = "streaming_state_conflict"
_ATTEMPTS = 4
_REMOVAL_PATIENCE = 60.0


class Undeliverable(Exception):
    """Slack will not take the reply here, whatever is tried: `reason` is its error code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Label:
    """What marks one of our messages in Slack's metadata, so that it is found again after an ambiguous write."""

    turn_id: str
    part: int
    final: bool = False

    def metadata(self) -> dict[str, object]:
        return {
            "event_type": EVENT_TYPE,
            "event_payload": {"turn": self.turn_id, "part": self.part, "final": self.final},
        }

    def marks(self, message: SlackMessage) -> bool:
        """Whether the message carries this label."""
        return labelled_turn(message) == self.turn_id and _payload(message).get("part") == self.part


def _payload(message: SlackMessage) -> Mapping[str, object]:
    payload = message.metadata.get("event_payload")
    return payload if message.metadata.get("event_type") == EVENT_TYPE and isinstance(payload, Mapping) else {}


def labelled_turn(message: SlackMessage) -> object:
    """The turn that the message's label names; None where it carries none."""
    return _payload(message).get("turn")


def _ts(answer: Answer) -> str:
    return str(answer.get("ts", ""))


@dataclass(frozen=True, slots=True)
class Started:
    """A stream that has begun. `doubtful`: the call's answer was lost, the stream was found in the thread."""

    ts: str
    doubtful: bool


class Parts:
    """Writes the messages of one reply. Every method ends with what Slack holds, or raises Undeliverable.

    What may have been carried out is sent again only after a look at the thread, or in a form that repeats well.
    """

    def __init__(self, api: WebApi, messaging: Messaging, question: Message, patience: float) -> None:
        self._api = api
        self._messaging = messaging
        self._question = question
        self._patience = patience
        self._place = {"channel": question.thread.channel, "thread_ts": question.thread.thread_ts}
        self._known: set[str] = set()

    async def start(self, text: str) -> Started | None:
        """Begin a stream with `text`, or None when there is none to be had now."""
        arguments = {
            **self._place,
            "markdown_text": text,
            "recipient_user_id": self._question.author,
            "recipient_team_id": self._question.thread.team,
        }
        try:
            started = Started(_ts(await self._api.call("chat.startStream", arguments)), doubtful=False)
        except (RateLimited, Refused, Unreachable) as failure:
            log.info("stream_not_started", extra={"reason": failure.reason})
            return None
        except Ambiguous:
            # A stream takes no metadata: ours is the message of our own without any, and newer than the question.
            found = await self._find(lambda message: not message.metadata and message.ts not in self._known)
            if found is None:
                return None
            started = Started(found, doubtful=True)
        self._known.add(started.ts)
        return started

    async def append(self, ts: str, text: str) -> None:
        """Add to a live stream, once. Raises RateLimited, Unreachable (not taken), Ambiguous, Refused (ended)."""
        await self._api.call("chat.appendStream", {"channel": self._place["channel"], "ts": ts, "markdown_text": text})

    async def stop(self, ts: str, text: str, label: Label) -> bool:
        """End a stream with a last piece; false when the piece was not taken, or nobody knows."""
        arguments = {
            "channel": self._place["channel"],
            "ts": ts,
            "markdown_text": text or None,
            "metadata": label.metadata(),
        }
        try:
            await self._api.call_surely("chat.stopStream", arguments, patience=self._patience)
        except (Ambiguous, Refused) as failure:
            log.warning("stream_end_in_doubt", extra={"reason": failure.reason, "turn": label.turn_id})
            return False
        return True

    async def rewrite(self, ts: str, text: str, label: Label) -> str:
        """Make the message at `ts` hold exactly `text`, or, where Slack refuses, post it anew. The ts that holds it."""
        arguments = {
            "channel": self._place["channel"],
            "ts": ts,
            "markdown_text": text,
            "metadata": label.metadata(),
        }
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                await self._api.call_surely("chat.update", arguments, patience=self._patience, repeatable=True)
            except Refused as refusal:
                if refusal.reason != _CONFLICT:
                    log.warning("message_not_updated", extra={"reason": refusal.reason, "turn": label.turn_id})
                    break
                # It still streams: its end was the ambiguous call, or a person stopped it.
                if not await self.stop(ts, "", label):
                    await self._api.pause(attempt)
            else:
                return ts
        anew = await self.post(text, label)
        await self._remove(ts)
        return anew

    async def _remove(self, ts: str) -> None:
        """Take away what another message has replaced: nobody should read an answer twice. Best effort."""
        arguments = {"channel": self._place["channel"], "ts": ts}
        try:
            await self._api.call_surely("chat.delete", arguments, patience=_REMOVAL_PATIENCE, repeatable=True)
        except SlackFailure as failure:
            log.info("message_not_removed", extra={"reason": failure.reason})

    async def post(self, text: str, label: Label) -> str:
        """Post a complete message; its ts."""
        try:
            async with asyncio.timeout(self._patience):
                return await self._post_once(text, label)
        except TimeoutError:
            raise Undeliverable("no clear answer to chat.postMessage") from None

    async def _post_once(self, text: str, label: Label) -> str:
        """Post, and after an ambiguous end look for the message before it is posted again."""
        arguments = {
            **self._place,
            "markdown_text": text,
            "metadata": label.metadata(),
            "unfurl_links": False,
            "unfurl_media": False,
        }
        attempt, ts = 0, None
        while ts is None:
            try:
                ts = _ts(await self._api.call_surely("chat.postMessage", arguments, patience=self._patience))
            except Refused as refusal:
                raise Undeliverable(refusal.reason) from None
            except Ambiguous:
                ts = await self._find(label.marks)
            if ts is None:
                attempt += 1
                await self._api.pause(attempt)
        self._known.add(ts)
        return ts

    async def _find(self, matches: Callable[[SlackMessage], bool]) -> str | None:
        """The ts of our own message in the thread, newer than the question, that matches; None when there is none."""
        try:
            messages = await self._messaging.replies(
                self._question.thread, oldest=self._question.key.ts, metadata=True, patience=self._patience
            )
        except ChatUnavailable as failure:
            raise Undeliverable(failure.reason) from None
        return next((message.ts for message in messages if message.own and matches(message)), None)
