"""A circuit breaker for each endpoint: a model server that fails again and again is left alone for a while."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum

from base_client import Observer
from config import Timings
from openai_client.errors import Failure
from openai_client.faults import Fault

log = logging.getLogger("threadwell.model")

_ROW = 5
"""So many hard failures in a row, within `breaker_window`, and nobody is sent there any more."""


class State(IntEnum):
    """What the figure `model_breaker` shows."""

    CLOSED = 0  # calls go out
    PROBING = 1  # one call is out, to see whether the server is back
    OPEN = 2  # no call goes out until the pause is over


class Permit:
    """One attempt's leave to go out. It reports back once: what it says first counts, and nothing after it."""

    def __init__(self, breaker: "Breaker", era: int) -> None:
        self._breaker = breaker
        self._era = era
        self._open = True

    def answered(self) -> None:
        """The server does its work: an answer has begun, or it refused in good order."""
        if self._settle():
            self._breaker.answered(self._era)

    def fell(self, fault: Fault) -> None:
        """The attempt failed; most faults are answers as well."""
        if fault.local:
            self.given_up()
        elif fault.hard:
            self.failed(fault.detail)
        else:
            self.answered()

    def failed(self, detail: str) -> None:
        """A hard failure; `detail` is for the log."""
        if self._settle():
            self._breaker.failed(self._era, detail)

    def given_up(self) -> None:
        """The caller left before anything could be said of the server."""
        if self._settle():
            self._breaker.given_up(self._era)

    def _settle(self) -> bool:
        was_open, self._open = self._open, False
        return was_open


class Breaker:
    """One endpoint's state. `clock` gives seconds.

    Each change of state begins an era, and only permits of the present one count: what went out before the server
    went away says nothing of whether it is back.
    """

    def __init__(self, endpoint: str, timings: Timings, observer: Observer, clock: Callable[[], float]) -> None:
        self._endpoint = endpoint
        self._timings = timings
        self._observer = observer
        self._clock = clock
        self._state = State.CLOSED
        self._era = 0
        self._row: deque[float] = deque(maxlen=_ROW)
        self._pause = timings.breaker_pause
        self._away_since = 0.0
        self._due = 0.0
        self._shut = asyncio.Event()

    @property
    def state(self) -> State:
        """The present state."""
        return self._state

    def refusal(self) -> Fault | None:
        """What a call would be told that wanted to go out at this moment; None where it may."""
        left = self._due - self._clock()
        if self._state is State.CLOSED or (self._state is State.OPEN and left <= 0):
            return None
        # Nobody knows when a probe ends; where it fails, this long a pause follows at least.
        seconds = left if self._state is State.OPEN else self._pause
        return Fault(Failure.UNAVAILABLE, f"breaker {self._state.name.lower()}", retry_after=seconds)

    def admit(self) -> Permit:
        """Leave for one attempt; after a pause, for one probe at a time. Raises Fault."""
        if (refusal := self.refusal()) is not None:
            raise refusal
        if self._state is State.OPEN:
            self._move(State.PROBING)
            self._tell("model_probed")
        return Permit(self, self._era)

    async def sleep(self, seconds: float) -> None:
        """Sleep, but no longer than until calls are refused."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._shut.wait()

    def answered(self, era: int) -> None:
        """A permit's word: the server answers."""
        if era != self._era:
            return
        self._row.clear()
        if self._state is not State.CLOSED:
            self._move(State.CLOSED)
            self._tell("model_back", seconds=round(self._clock() - self._away_since, 1))

    def failed(self, era: int, detail: str) -> None:
        """A permit's word: a hard failure."""
        if era != self._era:
            return
        if self._state is State.PROBING:
            self._open_for(min(2 * self._pause, self._timings.breaker_longest_pause))
            self._tell("model_still_away", detail=detail, pause=self._pause)
        elif self._completes_a_row():
            self._away_since = self._row[0]
            self._open_for(self._timings.breaker_pause)
            self._observer.count("model_breaker_opens", endpoint=self._endpoint)
            self._tell("model_away", detail=detail, pause=self._pause)

    def given_up(self, era: int) -> None:
        """A permit's word: nothing is known. The next call probes, at once."""
        if era == self._era and self._state is State.PROBING:
            self._move(State.OPEN)

    def _completes_a_row(self) -> bool:
        self._row.append(self._clock())
        return len(self._row) == _ROW and self._row[-1] - self._row[0] <= self._timings.breaker_window

    def _open_for(self, pause: float) -> None:
        self._pause = pause
        self._due = self._clock() + pause
        self._move(State.OPEN)

    def _move(self, state: State) -> None:
        self._state = state
        self._era += 1
        if state is State.CLOSED:
            self._shut.clear()
        else:
            self._shut.set()
        self._observer.gauge("model_breaker", state, endpoint=self._endpoint)

    def _tell(self, event: str, **fields: object) -> None:
        log.warning(event, extra={"endpoint": self._endpoint, **fields})


class Breakers:
    """The breakers of one model server, by the name of the API that is asked there."""

    def __init__(self, timings: Timings, observer: Observer, clock: Callable[[], float]) -> None:
        self._timings = timings
        self._observer = observer
        self._clock = clock
        self._known: dict[str, Breaker] = {}

    def of(self, api: str) -> Breaker:
        """The one breaker of this API."""
        if api not in self._known:
            self._known[api] = Breaker(api, self._timings, self._observer, self._clock)
            self._observer.gauge("model_breaker", State.CLOSED, endpoint=api)
        return self._known[api]
