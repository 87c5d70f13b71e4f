"""One gate per Web API method, and per channel where Slack counts so; and how often live streams may update.

The allowance only decides what may be left out (a status, an update of a stream, streaming at all). What must arrive is
held back by Slack's own word alone: a gate is shut from a 429 until its Retry-After has passed, then opens for one call
at a time until one of them succeeds.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from config import Timings

# Calls per minute and workspace, https://docs.slack.dev/apis/web-api/rate-limits (tiers 2, 3 and 4).
ALLOWANCE = {
    "chat.startStream": 20,
    "chat.stopStream": 20,
    "chat.appendStream": 100,
    "chat.update": 50,
    "chat.postMessage": 300,
    "chat.postEphemeral": 100,
    "assistant.threads.setStatus": 60,
    "assistant.threads.setSuggestedPrompts": 100,
    "agents.sessions.rename": 50,
    "agents.sessions.setStatus": 50,
    "reactions.add": 50,
    "reactions.remove": 20,
    "conversations.replies": 50,
    "users.info": 100,
    "files.info": 100,
    "files.getUploadURLExternal": 100,
    "files.completeUploadExternal": 100,
    "views.open": 100,
    "views.publish": 100,
    "views.push": 100,
    "views.update": 100,
}
DEFAULT_ALLOWANCE = 50
_BY_CHANNEL = frozenset({"chat.postMessage"})
"""Methods whose allowance counts for each channel: a 429 in one of them says nothing of the others."""
_GATES_KEPT = 1_000


class Gate:
    """One method's way to Slack. `room` is a guess by the published allowance, `shut_for` is Slack's own word."""

    def __init__(self, allowance: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._allowance = allowance
        self._clock = clock
        self._calls: deque[float] = deque(maxlen=allowance)
        self._shut_until = 0.0
        self._recovering = False
        self._in_flight = 0
        self._one_at_a_time = asyncio.Lock()

    @property
    def room(self) -> int:
        """Calls left in this minute by the published allowance; 0 while the gate is shut, or in doubt and in use."""
        if self.shut_for > 0 or (self._recovering and self._in_flight):
            return 0
        now = self._clock()
        while self._calls and now - self._calls[0] >= 60.0:
            self._calls.popleft()
        return self._allowance - len(self._calls)

    @property
    def shut_for(self) -> float:
        """Seconds until Slack wants to hear of this method again."""
        return max(0.0, self._shut_until - self._clock())

    @contextmanager
    def calling(self) -> Iterator[None]:
        """Counts a call, and holds it as under way."""
        self._calls.append(self._clock())
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1

    def refused(self, retry_after: float) -> None:
        """Slack answered 429."""
        self._shut_until = max(self._shut_until, self._clock() + retry_after)
        self._recovering = True

    def succeeded(self) -> None:
        """A call got through; one that was under way before the 429 proves nothing."""
        if self.shut_for <= 0:
            self._recovering = False

    def doubtful(self) -> bool:
        """Whether Slack's last word on this method was 429."""
        return self._recovering

    @asynccontextmanager
    async def passage(self) -> AsyncIterator[None]:
        """Wait until a call may be made, then hold the gate for it: while in doubt, one at a time. Bound the wait."""
        async with AsyncExitStack() as held:
            if self.doubtful():
                await held.enter_async_context(self._one_at_a_time)
                await self._until_open()
                if not self.doubtful():
                    await held.aclose()
            yield

    async def _until_open(self) -> None:
        while self.shut_for > 0:  # noqa: ASYNC110  a later 429 may have moved the time
            await asyncio.sleep(self.shut_for)


class Pacing:
    """All gates of a workspace, and the streams that share them."""

    def __init__(self, timings: Timings, clock: Callable[[], float] = time.monotonic) -> None:
        self._timings = timings
        self._clock = clock
        self._gates: dict[str, Gate] = {}
        self._by_channel: OrderedDict[tuple[str, str], Gate] = OrderedDict()
        self.live_streams = 0

    def gate(self, method: str) -> Gate:
        """The gate of a Web API method."""
        if method not in self._gates:
            self._gates[method] = Gate(ALLOWANCE.get(method, DEFAULT_ALLOWANCE), self._clock)
        return self._gates[method]

    def gate_of(self, method: str, arguments: Mapping[str, object]) -> Gate:
        """The gate that a call with these arguments goes through: one for each channel where Slack counts so."""
        if method not in _BY_CHANNEL:
            return self.gate(method)
        place = method, str(arguments.get("channel"))
        gate = self._by_channel.get(place)
        if gate is None:
            gate = self._by_channel[place] = Gate(ALLOWANCE[method], self._clock)
        self._by_channel.move_to_end(place)
        if len(self._by_channel) > _GATES_KEPT:
            self._by_channel.popitem(last=False)
        return gate

    def may_stream(self) -> bool:
        """Whether a new stream may begin: there is room for its start, and for its end beside those still to come."""
        stops = self.gate("chat.stopStream").room - self.live_streams
        return self.gate("chat.startStream").room > 0 and stops > 0 and self.gate("chat.appendStream").shut_for <= 0

    @property
    def append_interval(self) -> float:
        """Seconds between two updates of one stream, so that all of them together keep within the allowance."""
        return max(self._timings.append_interval, self.live_streams * 60.0 / self._timings.appends_per_minute)


class StreamPlace:
    """One reply's place among the live streams: taken before a stream's start is asked for, left once at its end."""

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._taken = False

    def take(self) -> None:
        """Count as a live stream."""
        self._taken = True
        self._pacing.live_streams += 1

    def leave(self) -> None:
        """Count no longer; harmless where none is taken."""
        if self._taken:
            self._taken = False
            self._pacing.live_streams -= 1
