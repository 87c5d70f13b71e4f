"""One attempt of a model call: send, read the stream to its end under watch, give the result. Serves both APIs."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import httpx2
import openai
from openai import AsyncOpenAI, AsyncStream

from openai_client.adapter import Adapter, Decoder, Opened
from openai_client.call import Call
from openai_client.errors import Failure
from openai_client.events import Done, Json
from openai_client.faults import Fault, connection_fault, dropped, sdk_fault
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

    def __init__(self, sdk: AsyncOpenAI, adapter: Adapter, patience: Patience, call: Call) -> None:
        self._sdk = sdk
        self._adapter = adapter
        self._patience = patience
        self._call = call
        self._streaming = False

    async def run(self, body: Json, decoder: Decoder) -> Done:
        """The result; Fault for whatever went wrong. CancelledError (the caller's deadline too) passes through."""
        try:
            await self._under_watch(body, decoder)
        except openai.APIError as error:
            if isinstance(error, openai.APIStatusError):
                self._call.request_id = error.request_id or ""
            self._unless_ended(decoder, sdk_fault(error, self._streaming), error)
        except (httpx2.HTTPError, aiohttp.ClientError, OSError) as error:
            self._unless_ended(decoder, connection_fault(error, self._streaming), error)
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            self._unless_ended(decoder, dropped(type(error).__name__), error)
        return decoder.done(self._call.request_id)

    @staticmethod
    def _unless_ended(decoder: Decoder, fault: Fault, cause: Exception) -> None:
        # What goes wrong after the last word no longer concerns the answer.
        if not decoder.ended:
            raise fault from cause

    async def _under_watch(self, body: Json, decoder: Decoder) -> None:
        alarm = asyncio.timeout(None)
        try:
            async with alarm:
                watch = Watch(alarm, self._patience)
                try:
                    opened = await self._adapter.send(self._sdk, body, self._patience.sockets())
                    await self._read(opened, watch, decoder)
                finally:
                    watch.over()
        except TimeoutError:
            if not alarm.expired():
                raise
            if not decoder.ended:
                raise Fault(Failure.STALLED, "silence in the stream") from None

    async def _read(self, opened: Opened, watch: Watch, decoder: Decoder) -> None:
        response = opened.http_response
        self._streaming = True
        self._call.request_id = response.headers.get("x-request-id", "")
        watch.bytes_came()
        await _expect_events(response)
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Heard(response.stream, watch)
        async with opened.parse(to=AsyncStream[object]) as events:
            async for event in events:
                if decoder.feed(as_object(event)):
                    watch.progressed(self._call.begun)
                if decoder.ended:
                    # Read on to the end all the same: a stream left early costs its connection.
                    watch.last_word()


async def _expect_events(response: httpx2.Response) -> None:
    """Proxies answer with pages and servers that do not stream with one object: both with status 200."""
    media = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media in {"text/html", "application/json"}:
        await response.aclose()
        raise Fault(Failure.FAILED, f"answered with {media} instead of events")
