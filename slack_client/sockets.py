"""The two sockets of a process: watched, renewed one at a time, given up together.

The SDK reconnects by itself in the ordinary cases. It does not when a handshake fails: it then tries the same address,
whose ticket is spent, for ever. The watch clears that address, and renews what is dead or old.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from base_client import Observer
from config import Timings

log = logging.getLogger("threadwell.sockets")

COUNT = 2
_RENEWAL_SECONDS = 20.0
_CLOSE_SECONDS = 5.0


class SocketsLost(Exception):
    """No socket could be kept open for longer than the patience allows."""


class Socket(Protocol):
    """One Socket Mode connection, of either mode."""

    async def connected(self) -> bool:
        """Whether it is open and answers pings."""

    async def renew(self) -> None:
        """Open it, or replace it by a new one, at a new address; may be cancelled.

        Where the SDK is about to do so by itself it is left to it, with a new address.
        """

    async def close(self) -> None:
        """Close it for good."""


class SocketWatch:
    """Opens the sockets, watches them, and closes them."""

    def __init__(
        self,
        sockets: Sequence[Socket],
        timings: Timings,
        observer: Observer,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sockets = sockets
        self._timings = timings
        self._observer = observer
        self._clock = clock
        self._seen = [clock()] * len(sockets)
        self._born = [clock()] * len(sockets)
        # The later ones are renewed for the first time at a fraction of their life, so that they never expire together.
        self._life = [timings.socket_lifetime / (1 + number) for number in range(len(sockets))]

    async def open(self) -> None:
        """Open all sockets; SocketsLost when none opens within the patience. The watch brings up the rest."""
        try:
            async with asyncio.timeout(self._timings.start_patience):
                await self._renew_all(range(len(self._sockets)))
                while not any(await self._states()):
                    await asyncio.sleep(self._timings.retry_base)
                    await self._renew_all(range(len(self._sockets)))
        except TimeoutError:
            raise SocketsLost(f"no socket opened in {self._timings.start_patience:.0f} s") from None

    async def _renew_all(self, numbers: Iterable[int]) -> None:
        await asyncio.gather(*(self._renew(number) for number in numbers))

    async def _states(self) -> list[bool]:
        return [await socket.connected() for socket in self._sockets]

    async def ready(self) -> bool:
        """Whether at least one socket is open."""
        return any(await self._states())

    async def watch(self) -> None:
        """Keep the sockets alive, for ever; SocketsLost when all were down for longer than the patience."""
        while True:
            await self._pause()
            states = await self._states()
            self._observer.gauge("sockets_open", float(sum(states)))
            now = self._clock()
            for number, connected in enumerate(states):
                if connected:
                    self._seen[number] = now
            if now - max(self._seen) > self._timings.start_patience:
                raise SocketsLost(f"no socket for {now - max(self._seen):.0f} s")
            await self._mend(states, now)

    async def _pause(self) -> None:
        """Wait for the next look. A time for which the process stood still is no time without sockets."""
        interval, began = self._timings.watchdog_interval, self._clock()
        await asyncio.sleep(interval)
        still = self._clock() - began - interval
        if still > interval:
            self._seen = [seen + still for seen in self._seen]

    async def _mend(self, states: list[bool], now: float) -> None:
        """Renew what is down, or else one that is too old while all others are up."""
        if down := [number for number, connected in enumerate(states) if not connected]:
            for number in down:
                log.warning("socket_down", extra={"socket": number, "seconds": round(now - self._seen[number])})
            await self._renew_all(down)
            return
        for number, born in enumerate(self._born):
            if now - born > self._life[number]:
                await self._renew(number)
                self._life[number] = self._timings.socket_lifetime
                return

    async def _renew(self, number: int) -> None:
        self._observer.count("sockets_renewed")
        try:
            async with asyncio.timeout(_RENEWAL_SECONDS):
                await self._sockets[number].renew()
        except TimeoutError:
            log.warning("socket_renewal_late", extra={"socket": number})
            return
        except Exception as error:
            # The SDK's connect raises whatever its transport raises; the next round tries again.
            log.warning("socket_not_renewed", extra={"socket": number, "reason": type(error).__name__})
            return
        self._born[number] = self._clock()
        log.info("socket_renewed", extra={"socket": number})

    async def close(self) -> None:
        """Close all sockets, bounded."""
        closing = [asyncio.create_task(socket.close(), name="socket close") for socket in self._sockets]
        _, late = await asyncio.wait(closing, timeout=_CLOSE_SECONDS)
        for task in late:
            task.cancel()
        results = await asyncio.gather(*closing, return_exceptions=True)
        for error in results:
            if isinstance(error, Exception):
                log.warning("socket_not_closed", extra={"reason": type(error).__name__})
