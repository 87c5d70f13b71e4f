"""The messages a reply consists of: started, appended to, ended, posted, rewritten, and found again when in doubt."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from base_client import ChatUnavailable, Message
from slack_client.cards import Chunk
from slack_client.errors import Ambiguous, RateLimited, Refused, SlackFailure, Unreachable
from slack_client.messaging import Messaging, SlackMessage
from slack_client.offers import Offering, Row
from slack_client.web_api import Answer, WebApi

log = logging.getLogger("threadwell.delivery")

EVENT_TYPE = "threadwell_reply"
_LONGEST_UPDATE = 4_000
"""Characters that the text of an update may have."""
STREAM_IS_OVER = {"message_not_found", "message_not_in_streaming_state", "stopped_by_user"}
_CONFLICT = "streaming_state_conflict"
_NOT_THERE = {"message_not_found", "cant_update_message", "edit_window_closed"}
_NO_PLACE = {
    "account_inactive", "cannot_reply_to_message", "channel_not_found", "invalid_auth", "is_archived", "not_authed",
    "not_in_channel", "restricted_action", "thread_not_found", "token_revoked",
}  # fmt: skip
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


def _content(text: str, cards: Sequence[Chunk]) -> Mapping[str, object]:
    """Text and cards as the arguments of a stream's methods: the text stands before the cards."""
    if not cards:
        return {"markdown_text": text or None}
    return {"chunks": [*([{"type": "markdown_text", "text": text}] if text else []), *cards]}


def _whole(text: str, row: Row) -> Mapping[str, object]:
    """A complete message as arguments: `text` beside blocks is what notifications and other apps read."""
    if not row:
        return {"markdown_text": text}
    return {"text": text, "blocks": [{"type": "markdown", "text": text}, *row]}


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
        self.shows_row = False
        """Whether the message that was written last has the row that it was to have."""

    async def start(self, text: str, cards: Sequence[Chunk] = ()) -> Started | None:
        """Begin a stream with `text` and `cards`, or None when there is none to be had now.

        Raises Refused where there are cards, because it may be them that Slack does not like.
        """
        arguments = {
            **self._place,
            **_content(text, cards),
            "recipient_user_id": self._question.author,
            "recipient_team_id": self._question.thread.team,
        }
        try:
            started = Started(_ts(await self._api.call("chat.startStream", arguments)), doubtful=False)
        except (RateLimited, Refused, Unreachable) as failure:
            log.info("stream_not_started", extra={"reason": failure.reason})
            if cards and isinstance(failure, Refused):
                raise
            return None
        except Ambiguous:
            # A stream takes no metadata: ours is the message of our own without any, and newer than the question.
            found = await self._find(lambda message: message.may_be_stream and message.ts not in self._known)
            if found is None:
                return None
            started = Started(found, doubtful=True)
        self._known.add(started.ts)
        return started

    async def append(self, ts: str, text: str, cards: Sequence[Chunk] = ()) -> None:
        """Add to a live stream, once. Raises RateLimited, Unreachable (not taken), Ambiguous, Refused (ended)."""
        arguments = {"channel": self._place["channel"], "ts": ts, **_content(text, cards)}
        await self._api.call("chat.appendStream", arguments)

    async def stop(self, ts: str, text: str, label: Label, cards: Sequence[Chunk] = (), row: Row = ()) -> bool:
        """End a stream with a last piece and `row`; false when the piece was not taken, or nobody knows."""
        arguments = {
            "channel": self._place["channel"],
            "ts": ts,
            **_content(text, cards),
            "metadata": label.metadata(),
            "blocks": list(row) or None,
        }
        try:
            await self._api.call_surely("chat.stopStream", arguments, patience=self._patience)
        except Refused as refusal:
            if row and refusal.reason not in STREAM_IS_OVER:
                return await self.stop(ts, text, label, cards)
            return self._end_in_doubt(label, refusal)
        except Ambiguous as failure:
            return self._end_in_doubt(label, failure)
        self.shows_row = bool(row)
        return True

    @staticmethod
    def _end_in_doubt(label: Label, failure: SlackFailure) -> bool:
        log.warning("stream_end_in_doubt", extra={"reason": failure.reason, "turn": label.turn_id})
        return False

    async def rewrite(self, ts: str, text: str, label: Label, row: Row = ()) -> str:
        """Make the message at `ts` hold exactly `text`, or, where Slack refuses, post it anew. The ts that holds it.

        `row` is left out where the message cannot have it: a streamed one takes no such blocks.
        """
        row = row if len(text) <= _LONGEST_UPDATE else ()
        conflicts = 0
        while conflicts < _ATTEMPTS:
            arguments = {
                "channel": self._place["channel"],
                "ts": ts,
                **_whole(text, row),
                "metadata": label.metadata(),
            }
            try:
                await self._api.call_surely("chat.update", arguments, patience=self._patience, repeatable=True)
            except Refused as refusal:
                if row and refusal.reason not in {_CONFLICT, *_NOT_THERE}:
                    row = ()
                    continue
                if refusal.reason != _CONFLICT:
                    log.warning("message_not_updated", extra={"reason": refusal.reason, "turn": label.turn_id})
                    break
                # It still streams: its end was the ambiguous call, or a person stopped it.
                conflicts += 1
                if not await self.stop(ts, "", label):
                    await self._api.pause(conflicts)
            else:
                self.shows_row = bool(row)
                return ts
        anew = await self.post(text, label, row, instead_of=ts)
        await self.remove(ts)
        return anew

    async def remove(self, ts: str) -> None:
        """Take away what another message has replaced: nobody should read an answer twice. Best effort."""
        arguments = {"channel": self._place["channel"], "ts": ts}
        try:
            await self._api.call_surely("chat.delete", arguments, patience=_REMOVAL_PATIENCE, repeatable=True)
        except SlackFailure as failure:
            log.info("message_not_removed", extra={"reason": failure.reason})

    async def post(self, text: str, label: Label, row: Row = (), instead_of: str = "") -> str:
        """Post a complete message with `row` under it; its ts. The one that it replaces may bear the same label."""
        try:
            async with asyncio.timeout(self._patience):
                return await self._post_once(text, label, row, instead_of)
        except TimeoutError:
            raise Undeliverable("no clear answer to chat.postMessage") from None

    async def _post_once(self, text: str, label: Label, row: Row, instead_of: str) -> str:
        arguments = {
            **self._place,
            **_whole(text, row),
            "metadata": label.metadata(),
            "unfurl_links": False,
            "unfurl_media": False,
        }
        try:
            ts = await self._post_or_find(arguments, lambda message: label.marks(message) and message.ts != instead_of)
        except Refused as refusal:
            if not row or refusal.reason in _NO_PLACE:
                raise Undeliverable(refusal.reason) from None
            return await self._post_once(text, label, (), instead_of)
        self.shows_row = bool(row)
        self._known.add(ts)
        return ts

    async def _post_or_find(self, arguments: Mapping[str, object], matches: Callable[[SlackMessage], bool]) -> str:
        """Post, and after an ambiguous end look for the message before it is posted again. Raises Refused."""
        attempt = 0
        while True:
            try:
                return _ts(await self._api.call_surely("chat.postMessage", arguments, patience=self._patience))
            except Ambiguous:
                if (ts := await self._find(matches)) is not None:
                    return ts
            attempt += 1
            await self._api.pause(attempt)

    async def offer(self, offering: Offering, row: Row) -> None:
        """Post `row` in a message of its own, below an answer that cannot have it. Best effort: the answer counts."""
        mark = offering.mark
        arguments = {**self._place, "text": offering.text, "blocks": row, "metadata": mark}
        try:
            async with asyncio.timeout(self._patience):
                await self._post_or_find(arguments, lambda message: message.bears(mark))
        except (TimeoutError, SlackFailure, Undeliverable) as failure:
            log.warning("offer_not_posted", extra={"turn": offering.turn_id, "reason": type(failure).__name__})

    async def _find(self, matches: Callable[[SlackMessage], bool]) -> str | None:
        """The ts of our own message in the thread, newer than the question, that matches; None when there is none."""
        try:
            messages = await self._messaging.replies(
                self._question.thread, oldest=self._question.key.ts, metadata=True, patience=self._patience
            )
        except ChatUnavailable as failure:
            raise Undeliverable(failure.reason) from None
        return next((message.ts for message in messages if message.own and matches(message)), None)
