"""The one writer of a reply: status first, then a stream that is rolled over and ended, or posts of the full text.

The cards of tools at work stand in the stream; where there is none, their titles are the status. The reader only
appends to the answer's text and never waits. Everything Slack is told comes from one task, which takes all the text
that is new whenever it may write. Offsets count characters of the answer's text as it is shown.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from base_client import DeliveryLog, Observer, Offer, Part, TaskCard
from config import Timings
from database import StoreUnavailable
from slack_client.cards import Cards
from slack_client.errors import Ambiguous, OutOfPatience, RateLimited, Refused, Unreachable
from slack_client.formatting.split import closing_of, open_fence, opening_of, part_end, stable_end
from slack_client.formatting.text import Neutraliser
from slack_client.live_part import LivePart
from slack_client.offers import Offering, Row
from slack_client.pacing import Pacing, StreamPlace
from slack_client.parts import STREAM_IS_OVER, Label, Parts, Started, Undeliverable
from slack_client.resume import EarlierMessages
from slack_client.status import PacedStatus, ThreadStatus
from slack_client.whole_messages import WholeMessages

log = logging.getLogger("threadwell.delivery")

PART_LIMIT = 11_000
"""Characters of the answer in one message. Slack takes about 12,000 in all; code fences and closing lines need room."""

_STOPPED = "stopped_by_user"


@dataclass(frozen=True, slots=True)
class Means:
    """What all replies of a workspace share."""

    pacing: Pacing
    timings: Timings
    observer: Observer
    clock: Callable[[], float] = time.monotonic


class SlackReply:
    """Implements `base_client.Reply`. Without `streams` the text is shown once it is complete."""

    def __init__(
        self,
        turn_id: str,
        means: Means,
        parts: Parts,
        status: ThreadStatus,
        records: DeliveryLog,
        earlier: EarlierMessages | None = None,
        *,
        streams: bool = True,
        offering: Offering | None = None,
    ) -> None:
        self._turn_id = turn_id
        self._parts = parts
        self._status = status
        self._records = records
        self._whole = WholeMessages(parts, earlier)
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
        self._paced_status = PacedStatus(status, means.clock)
        self._cards = Cards()
        self._notice = ""
        self._offering = offering or Offering(turn_id)
        self._offers: frozenset[Offer] = frozenset()
        self._held = False  # a person has stopped the stream: what becomes of it is said by `close`
        self._number = 1
        self._done = 0  # the answer's text before this offset stands in messages that are finished
        self._live: LivePart | None = None
        self._place = StreamPlace(means.pacing)
        self._streaming = streams and earlier is None  # false once what is left of this reply is to be posted whole
        self._stream_ended_last = False
        self._delivered = False
        self.writer = asyncio.create_task(self._run(), name=f"reply {turn_id}")

    # What the core calls. Only close() waits for Slack.

    def status(self, text: str) -> None:
        """Show `text` until there is an answer; the newest wins."""
        if not self._text and text != self._paced_status.words:
            self._paced_status.words = text
            self._news.set()

    def task(self, card: TaskCard) -> None:
        """Show a tool at work; the newest card of an id wins."""
        if self._cards.put(card):
            self._paced_status.words = self._cards.title
            self._news.set()

    def say(self, text: str) -> None:
        """Append to the answer."""
        self._text += self._neutraliser.feed(text)
        if self._streaming:  # what is posted whole in the end needs nobody to look at every piece of it
            self._news.set()

    async def close(self, notice: str = "", offers: frozenset[Offer] = frozenset()) -> bool:
        """End the answer, with a closing line where `notice` is not empty; true when Slack holds all of it."""
        self._text += self._neutraliser.flush()
        self._notice = notice
        self._offers = offers
        self._closing.set()
        self._news.set()
        await asyncio.wait([self.writer])
        return self._delivered

    # The writer.

    async def _run(self) -> None:
        try:
            await self._show_status()
            await self._whole.find_earlier()
            while not self._closing.is_set():
                await self._wait(self._news, self._longest_silence())
                self._news.clear()
                if not self._closing.is_set():
                    await self._show_news()
                if self._live is not None:
                    await self._wait(self._closing, self._pacing.append_interval)
            await self._finish()
            self._delivered = True
            await self._offer_below()
        except (Undeliverable, OutOfPatience) as failure:
            log.error("reply_undeliverable", extra={"turn": self._turn_id, "reason": failure.reason})
            self._observer.count("replies_undeliverable")
        finally:
            self._leave_stream()
            await self._status.clear(stream_ended=self._stream_ended_last, message_posted=self._whole.posted_last)

    @staticmethod
    async def _wait(event: asyncio.Event, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()

    def _longest_silence(self) -> float:
        """Seconds until something is due although nothing new was said: a fresh status, the end of a stream's life."""
        if self._live is None and not self._shows_status:
            return self._timings.stream_lifetime
        due = self._paced_status.due if self._live is None else self._live.began + self._timings.stream_lifetime
        return max(0.05, due - self._clock())

    @property
    def _shows_status(self) -> bool:
        """Whether people look at the status: there is no text in sight, or a tool at work whose card is not."""
        return self._live is None and (not (self._text and self._streaming) or bool(self._cards.title))

    async def _show_status(self) -> None:
        if await self._paced_status.show():
            self._whole.posted_last = False
            self._first("sign")

    def _first(self, kind: str) -> None:
        if kind not in self._seen:
            self._seen.add(kind)
            self._observer.observe(f"first_{kind}_seconds", self._clock() - self._began)

    async def _show_news(self) -> None:
        if self._held:
            return
        if self._live is not None and self._is_over(self._live):
            await self._roll_over(self._live)
        elif self._live is not None:
            await self._append(self._live)
        elif self._streaming and (self._text or self._cards.news()):
            await self._begin_stream()
        if self._shows_status:
            await self._show_status()

    async def _begin_stream(self) -> None:
        """Begin where there is text to begin with, or a card; cards alone leave it to the text to give up streaming."""
        end = stable_end(self._text, self._done, PART_LIMIT)
        if not self._text[self._done : end].strip():
            end = self._done
        if end == self._done and not self._cards.news():
            return
        if not self._pacing.may_stream():
            self._streaming = end == self._done
            return
        inside = open_fence(self._text[: self._done])
        started = await self._start(opening_of(inside) + self._text[self._done : end] if end > self._done else "")
        if started is None:
            self._streaming = end == self._done
            return
        self._live = LivePart(self._number, started.ts, self._done, end, self._clock(), inside, started.doubtful)
        self._status.stream_began()
        await self._record(Part(self._number, started.ts, "stream", self._done, open=True))
        self._first("sign")
        if end > self._done:
            self._first("text")
        await self._whole.remove_left()

    async def _start(self, text: str) -> Started | None:
        """A stream with the text and the cards that are due; without them where Slack takes no cards."""
        self._place.take()
        cards = self._cards.opening()
        try:
            started = await self._parts.start(text, self._cards.chunks(cards))
            if started is not None:
                self._cards.shown(cards, surely=not started.doubtful)
        except Refused:
            self._cards.refuse()
            started = await self._parts.start(text) if text else None
        if started is None:
            self._place.leave()
        return started

    async def _record(self, part: Part) -> None:
        """Records are for the next process: without them this one goes on all the same."""
        try:
            await self._records.record(part)
        except StoreUnavailable as failure:
            log.error("part_not_recorded", extra={"turn": self._turn_id, "reason": failure.reason})

    async def _append(self, live: LivePart) -> None:
        end = stable_end(self._text, live.sent, live.start + PART_LIMIT - live.sent)
        if not live.has_text(self._text, end):
            end = live.sent
        cards = self._cards.news()
        if end == live.sent and not cards:
            return
        if self._pacing.gate("chat.appendStream").room <= 0:
            self._news.set()  # it stays to be shown, also when nothing more is said
            return
        try:
            await self._parts.append(live.ts, live.piece(self._text, end), self._cards.chunks(cards))
            self._cards.shown(cards)
        except (RateLimited, Unreachable):
            self._news.set()  # nothing was taken: it goes with the next update, or with the end
            return
        except Ambiguous:
            live.doubtful = live.doubtful or end > live.sent  # the part is written anew when it ends
            self._cards.shown(cards, surely=False)
        except Refused as refusal:
            if cards and refusal.reason not in STREAM_IS_OVER:
                self._refuse_cards(live)
                return
            log.warning("stream_ended_early", extra={"turn": self._turn_id, "reason": refusal.reason})
            if refusal.reason == _STOPPED:
                self._held = True
                return
            await self._end_part(live, end, ended_already=True)
            return
        if end > live.sent:
            live.sent = end
            self._first("text")

    def _refuse_cards(self, live: LivePart) -> None:
        """Go on without cards; where one was left at work, only writing the message anew takes it away."""
        live.doubtful = self._cards.refuse() or live.doubtful
        self._news.set()

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
        if live.has_text(self._text, end):
            last_piece, whole = live.last_piece(self._text, end) + notice, live.whole(self._text, end) + notice
        else:
            last_piece = whole = notice.strip("\n")
            end = live.start
        cards = self._cards.endings(failed=bool(notice), final=final)
        row = self._row if final else ()
        taken = not ended_already and await self._parts.stop(live.ts, last_piece, label, self._cards.chunks(cards), row)
        ts = live.ts
        if whole and (live.doubtful or not taken):
            ts = await self._parts.rewrite(ts, whole, label, row)
        stays = bool(whole) or final
        self._cards.message_ended(cards, stays=stays)
        self._leave_stream()
        self._stream_ended_last = taken
        await self._record(Part(live.number, ts, "stream", end, open=False))
        if stays:
            self._done, self._number = end, live.number + 1
        else:
            self._whole.leave(ts)

    def _leave_stream(self) -> None:
        self._live = None
        self._place.leave()

    async def _finish(self) -> None:
        notice = f"\n\n{self._notice}" if self._notice else ""
        while (live := self._live) is not None:
            if len(self._text) - live.start <= PART_LIMIT:
                await self._end_part(live, len(self._text), notice=notice, final=True)
                return
            await self._roll_over(live)
        await self._post_rest(notice)

    @property
    def _row(self) -> Row:
        return self._offering.row(self._offers)

    async def _offer_below(self) -> None:
        """A message that was streamed takes no blocks once it has ended: another answer is offered below it then."""
        wanted = self._offers & {Offer.AGAIN} if not self._parts.shows_row else frozenset()
        await self._whole.offer_below(self._offering, self._offering.row(wanted))

    async def _post_rest(self, notice: str) -> None:
        while self._text[self._done :].strip() or notice:  # Slack takes no message of white space
            inside = open_fence(self._text[: self._done])
            end = part_end(self._text, self._done, PART_LIMIT)
            final = end == len(self._text)
            piece = self._text[self._done : end]
            body = opening_of(inside) + piece + closing_of(piece, inside) + (notice if final else "")
            label = Label(self._turn_id, self._number, final)
            ts = await self._whole.write(body.strip("\n"), label, self._row if final else ())
            self._first("sign")
            self._first("text")
            self._stream_ended_last = False
            await self._record(Part(self._number, ts, "post", end, open=False))
            self._done, self._number = end, self._number + 1
            if final:
                break
        await self._whole.remove_rest()
