"""One attempt of a model call: send, read the stream to its end under watch, give the result. Serves both APIs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
from openai import AsyncOpenAI, AsyncStream, RequestOptions

from openai_client.adapter import Decoder
from openai_client.call import Call
from openai_client.events import Done
from openai_client.exchange import exchange, media_type, unexpected
from openai_client.faults import Fault, stalled
from openai_client.wire import as_object

_CONNECT = 10.0
_WRITE = 30.0
# A server may keep the stream open after its last word. The connection is worth this many seconds, no more.
_LINGER = 1.0


@dataclass(frozen=True, slots=True)
class Patience:
    """Longest silences in seconds: before the first text (any byte breaks it), and after it (only progress does)."""

    before_text: float
    after_text: float

    def sockets(self) -> httpx2.Timeout:
        """The second net below the watch, never tighter than it."""
        return httpx2.Timeout(
            connect=_CONNECT, write=_WRITE, pool=_CONNECT + 5, read=max(self.before_text, self.after_text) + 5
        )


class Watch:
    """Rings a stream's alarm when it has been silent for too long.

    One timer looks at the time due and sets itself anew: setting a timer for each event would cost more than the
    event itself, and leave the loop with thousands of dead ones.
    """

    def __init__(self, alarm: asyncio.Timeout, patience: Patience) -> None:
        self._alarm = alarm
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._text_began = False
        self._ending = False
        self._put_off(patience.before_text)
        self._timer = self._loop.call_at(self._due, self._look)

    def bytes_came(self) -> None:
        """Anything at all came, be it a comment that keeps the connection alive."""
        if not self._text_began and not self._ending:
            self._put_off(self._patience.before_text)

    def progressed(self, text_began: bool) -> None:
        """The answer moved on."""
        if self._ending or not text_began:
            return
        self._put_off(self._patience.after_text)
        if not self._text_began:
            self._text_began = True
            self._look_earlier()

    def last_word(self) -> None:
        """The server has said how the answer ended."""
        if not self._ending:
            self._ending = True
            self._put_off(_LINGER)
            self._look_earlier()

    def over(self) -> None:
        """The stream has ended; nobody need look any more."""
        self._timer.cancel()

    def _put_off(self, seconds: float) -> None:
        self._due = self._loop.time() + seconds

    def _look_earlier(self) -> None:
        self._timer.cancel()
        self._timer = self._loop.call_at(self._due, self._look)

    def _look(self) -> None:
        if self._loop.time() < self._due:
            self._timer = self._loop.call_at(self._due, self._look)
        else:
            self._alarm.reschedule(self._due)


class _Heard(httpx2.AsyncByteStream):
    """A response's bytes, with a word to the watch for each chunk: the SDK hides comments from its callers."""

    def __init__(self, inner: httpx2.AsyncByteStream, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            self._watch.bytes_came()
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


class Attempt:
    """One request on the wire. The stream is closed in every ending; after a good one the connection is kept."""

    def __init__(self, sdk: AsyncOpenAI, path: str, patience: Patience, call: Call) -> None:
        self._sdk = sdk
        self._path = path
        self._patience = patience
        self._call = call
        self._streaming = False

    async def run(self, body: bytes, decoder: Decoder) -> Done:
        """The result; Fault for whatever went wrong. CancelledError (the caller's deadline too) passes through."""
        try:
            with exchange(self._call, lambda: self._streaming):
                await self._under_watch(body, decoder)
        except Fault:
            # What goes wrong after the last word no longer concerns the answer.
            if not decoder.ended:
                raise
        return decoder.done(self._call.request_id)

    async def _under_watch(self, body: bytes, decoder: Decoder) -> None:
        alarm = asyncio.timeout(None)
        try:
            async with alarm:
                watch = Watch(alarm, self._patience)
                try:
                    opened = await self._send(body)
                    await self._read(opened, watch, decoder)
                finally:
                    watch.over()
        except TimeoutError:
            if not alarm.expired():
                raise
            if not decoder.ended:
                raise stalled("silence in the stream") from None

    async def _send(self, body: bytes) -> AsyncStream[object]:
        # A written body, and not the SDK's methods for each API: they would walk the whole history first.
        options: RequestOptions = {"timeout": self._patience.sockets(), "security": {"bearer_auth": True}}
        return await self._sdk.post(
            self._path, cast_to=object, content=body, options=options, stream=True, stream_cls=AsyncStream[object]
        )

    async def _read(self, opened: AsyncStream[object], watch: Watch, decoder: Decoder) -> None:
        response = opened.response
        self._streaming = True
        self._call.request_id = response.headers.get("x-request-id", "")
        watch.bytes_came()
        await _expect_events(response)
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Heard(response.stream, watch)
        async with opened as events:
            async for event in events:
                if decoder.feed(as_object(event)):
                    watch.progressed(self._call.begun)
                if decoder.ended:
                    # Read on to the end all the same: a stream left early costs its connection.
                    watch.last_word()


async def _expect_events(response: httpx2.Response) -> None:
    """Proxies answer with pages and servers that do not stream with one object: both with status 200."""
    media = media_type(response)
    if media in {"text/html", "application/json"}:
        await response.aclose()
        raise unexpected(media, "events")
