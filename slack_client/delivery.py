"""The one writer of a reply: status first, then a stream that is rolled over and ended, or posts of the full text.

The reader only appends to the answer's text and never waits. Everything Slack is told comes from one task, which takes
all the text that is new whenever it may write. Offsets count characters of the answer's text as it is shown.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from base_client import DeliveryLog, Observer, Part
from config import Timings
from database import StoreUnavailable
from slack_client.errors import Ambiguous, OutOfPatience, RateLimited, Refused, Unreachable
from slack_client.formatting.split import Fence, open_fence, part_end, stable_end
from slack_client.formatting.text import Neutraliser
from slack_client.pacing import Pacing
from slack_client.parts import Label, Parts, Undeliverable
from slack_client.resume import EarlierMessages
from slack_client.status import ThreadStatus

log = logging.getLogger("threadwell.delivery")

PART_LIMIT = 11_000
"""Characters of the answer in one message. Slack takes about 12,000 in all; code fences and closing lines need room."""

_STATUS_REFRESH = 90.0
"""A status line disappears after two minutes."""

_STATUS_INTERVAL = 2.0
"""Shortest time between two wordings of the status: a model's commentary comes word by word."""


@dataclass(slots=True)
class LivePart:
    """The streamed message being written. `sent` is the offset up to which Slack has the text, as far as is known."""

    number: int
    ts: str
    start: int
    sent: int
    began: float
    inside: Fence | None
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Means:
    """What all replies of a workspace share."""

    pacing: Pacing
    timings: Timings
    observer: Observer
    clock: Callable[[], float] = time.monotonic


class SlackReply:
    """Implements `base_client.Reply`."""

    def __init__(
        self,
        turn_id: str,
        means: Means,
        parts: Parts,
        status: ThreadStatus,
        records: DeliveryLog,
        earlier: EarlierMessages | None = None,
    ) -> None:
        self._turn_id = turn_id
        self._parts = parts
        self._status = status
        self._records = records
        self._earlier = earlier
        self._pacing = means.pacing
        self._timings = means.timings
        self._observer = means.observer
        self._clock = means.clock
        self._began = means.clock()
        self._seen: set[str] = set()
        self._news = asyncio.Event()
        self._closing = asyncio.Event()
        self._neutraliser = Neutraliser()
        self._text = ""
        self._status_text = ""
        self._status_shown: str | None = None
        self._status_at = self._began
        self._notice = ""
        self._number = 1
        self._done = 0  # the answer's text before this offset stands in messages that are finished
        self._live: LivePart | None = None
        self._has_place = False
        self._streaming = earlier is None  # false once what is left of this reply is to be posted whole
        self._stream_ended_last = False
        self._delivered = False
        self.task = asyncio.create_task(self._run(), name=f"reply {turn_id}")

    # What the core calls. Only close() waits for Slack.

    def status(self, text: str) -> None:
        """Show `text` until there is an answer; the newest wins."""
        if not self._text and text != self._status_text:
            self._status_text = text
            self._news.set()

    def say(self, text: str) -> None:
        """Append to the answer."""
        self._text += self._neutraliser.feed(text)
        self._news.set()

    async def close(self, notice: str = "") -> bool:
        """End the answer, with a closing line where `notice` is not empty; true when Slack holds all of it."""
        self._text += self._neutraliser.flush()
        self._notice = notice
        self._closing.set()
        self._news.set()
        await asyncio.wait([self.task])
        return self._delivered

    # The writer.

    async def _run(self) -> None:
        try:
            await self._show_status()
            if self._earlier is not None:
                await self._earlier.find(self._parts)
            while not self._closing.is_set():
                # What is posted whole in the end needs nobody to look at every piece of it.
                everything = self._streaming or not self._text
                await self._wait(self._news if everything else self._closing, self._longest_silence())
                self._news.clear()
                if not self._closing.is_set():
                    await self._show_news()
                if self._live is not None:
                    await self._wait(self._closing, self._pacing.append_interval)
            await self._finish()
            self._delivered = True
        except (Undeliverable, OutOfPatience) as failure:
            log.error("reply_undeliverable", extra={"turn": self._turn_id, "reason": failure.reason})
            self._observer.count("replies_undeliverable")
        finally:
            self._leave_stream()
            await self._status.clear(stream_ended=self._stream_ended_last, message_posted=self._number > 1)

    @staticmethod
    async def _wait(event: asyncio.Event, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()

    def _longest_silence(self) -> float:
        """Seconds until something is due although nothing new was said: a fresh status, the end of a stream's life."""
        due = self._status_due() if self._live is None else self._live.began + self._timings.stream_lifetime
        return max(0.05, due - self._clock())

    def _status_due(self) -> float:
        if self._status_shown == self._status_text:
            return self._status_at + _STATUS_REFRESH
        return self._status_at + (_STATUS_INTERVAL if self._status_shown else 0.0)

    async def _show_status(self) -> None:
        if self._clock() < self._status_due():
            return
        self._status_at, self._status_shown = self._clock(), self._status_text
        if await self._status.show(self._status_text):
            self._first("sign")

    def _first(self, kind: str) -> None:
        if kind not in self._seen:
            self._seen.add(kind)
            self._observer.observe(f"first_{kind}_seconds", self._clock() - self._began)

    async def _show_news(self) -> None:
        if self._live is not None and self._is_over(self._live):
            await self._roll_over(self._live)
        elif self._live is not None:
            await self._append(self._live)
        elif self._text and self._streaming:
            await self._begin_stream()
        else:
            await self._show_status()

    async def _begin_stream(self) -> None:
        end = stable_end(self._text, self._done, PART_LIMIT)
        if not self._text[self._done : end].strip():
            return
        self._streaming = self._pacing.may_stream()
        if not self._streaming:
            return
        inside = open_fence(self._text[: self._done])
        self._take_place()
        started = await self._parts.start(_opening(inside) + self._text[self._done : end])
        if started is None:
            self._leave_place()
            self._streaming = False
            return
        self._live = LivePart(self._number, started.ts, self._done, end, self._clock(), inside, started.doubtful)
        self._status.stream_began()
        await self._record(Part(self._number, started.ts, "stream", self._done, open=True))
        self._first("sign")
        self._first("text")

    async def _record(self, part: Part) -> None:
        """Records are for the next process: without them this one goes on all the same."""
        try:
            await self._records.record(part)
        except StoreUnavailable as failure:
            log.error("part_not_recorded", extra={"turn": self._turn_id, "reason": failure.reason})

    async def _append(self, live: LivePart) -> None:
        end = stable_end(self._text, live.sent, live.start + PART_LIMIT - live.sent)
        if end == live.sent:
            return
        if self._pacing.gate("chat.appendStream").room <= 0:
            self._news.set()  # it stays to be shown, also when nothing more is said
            return
        try:
            await self._parts.append(live.ts, self._text[live.sent : end])
        except (RateLimited, Unreachable):
            self._news.set()  # nothing was taken: it goes with the next update, or with the end
            return
        except Ambiguous:
            live.doubtful = True  # the part is written anew when it ends
        except Refused as refusal:
            log.warning("stream_ended_early", extra={"turn": self._turn_id, "reason": refusal.reason})
            await self._end_part(live, end, ended_already=True)
            return
        live.sent = end

    def _is_over(self, live: LivePart) -> bool:
        too_old = self._clock() - live.began >= self._timings.stream_lifetime
        return too_old or len(self._text) - live.start > PART_LIMIT

    async def _roll_over(self, live: LivePart) -> None:
        """End this message where it reads best; the next one goes on from there."""
        if len(self._text) - live.start > PART_LIMIT:
            end = part_end(self._text, live.start, PART_LIMIT)
        else:
            end = stable_end(self._text, live.sent, PART_LIMIT)
        await self._end_part(live, max(end, live.sent))

    async def _end_part(
        self, live: LivePart, end: int, *, notice: str = "", final: bool = False, ended_already: bool = False
    ) -> None:
        label = Label(self._turn_id, live.number, final)
        closing = _closing(self._text[live.start : end], live.inside) + notice
        taken = not ended_already and await self._parts.stop(live.ts, self._text[live.sent : end] + closing, label)
        ts = live.ts
        if live.doubtful or not taken:
            whole = _opening(live.inside) + self._text[live.start : end] + closing
            ts = await self._parts.rewrite(ts, whole, label)
        self._leave_stream()
        self._stream_ended_last = taken
        self._done, self._number = end, live.number + 1
        await self._record(Part(live.number, ts, "stream", end, open=False))

    def _take_place(self) -> None:
        """Count as a live stream, from before its start is asked for."""
        self._has_place = True
        self._pacing.live_streams += 1

    def _leave_place(self) -> None:
        if self._has_place:
            self._has_place = False
            self._pacing.live_streams -= 1

    def _leave_stream(self) -> None:
        self._live = None
        self._leave_place()

    async def _finish(self) -> None:
        notice = f"\n\n{self._notice}" if self._notice else ""
        while (live := self._live) is not None:
            if len(self._text) - live.start <= PART_LIMIT:
                await self._end_part(live, len(self._text), notice=notice, final=True)
                return
            await self._roll_over(live)
        await self._post_rest(notice)

    async def _post_rest(self, notice: str) -> None:
        while self._text[self._done :].strip() or notice:  # Slack takes no message of white space
            inside = open_fence(self._text[: self._done])
            end = part_end(self._text, self._done, PART_LIMIT)
            final = end == len(self._text)
            piece = self._text[self._done : end]
            body = _opening(inside) + piece + _closing(piece, inside) + (notice if final else "")
            ts = await self._write(body.strip("\n"), Label(self._turn_id, self._number, final))
            self._first("sign")
            self._first("text")
            self._stream_ended_last = False
            await self._record(Part(self._number, ts, "post", end, open=False))
            self._done, self._number = end, self._number + 1
            if final:
                break
        if self._earlier is not None:
            await self._earlier.remove_rest()

    async def _write(self, body: str, label: Label) -> str:
        """A whole message: in the place of one that an earlier process wrote, if there is one left."""
        ts = self._earlier.next() if self._earlier is not None else None
        return await (self._parts.post(body, label) if ts is None else self._parts.rewrite(ts, body, label))


def _opening(fence: Fence | None) -> str:
    """What a message that begins inside a code block begins with."""
    return "" if fence is None else f"{fence.opening}\n"


def _closing(text: str, inside: Fence | None) -> str:
    """What a message with this text, which begins inside `inside`, needs at its end: the end of an open code block."""
    fence = open_fence(text, inside)
    if fence is None:
        return ""
    return fence.closing if text.endswith("\n") else f"\n{fence.closing}"
