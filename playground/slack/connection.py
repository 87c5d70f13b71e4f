"""One socket of the app, with the task that writes to it."""

import asyncio
import json

from aiohttp import WSCloseCode, web

MAX_OUTGOING = 50_000
CLOSE_SECONDS = 1.0
LEAVE_SECONDS = 5.0
LINGER_SECONDS = 60.0
END = ""


class Connection:
    """A socket and its frames on the way out, in order.

    `leaving` ones get no new envelopes, `silent` ones are half-open: nothing goes out any more, not even a close.
    """

    def __init__(self, number: int, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.number = number
        self.socket = socket
        self.leaving = False
        self.silent = False
        self._transport = transport
        self._outgoing: asyncio.Queue[str] = asyncio.Queue(MAX_OUTGOING)
        self._cut = asyncio.Event()
        self._writer = asyncio.create_task(self._write(), name=f"socket {number}")
        self._end: asyncio.TimerHandle | None = None

    def send(self, frame: str) -> None:
        """Send a frame; a client that reads nothing for too long is cut off."""
        try:
            self._outgoing.put_nowait(frame)
        except asyncio.QueueFull:
            self.abort()

    async def _write(self) -> None:
        while frame := await self._outgoing.get():
            if self.silent:
                continue
            try:
                await self.socket.send_str(frame)
            except ConnectionError:
                return

    def disconnect(self, reason: str) -> None:
        """Ask the client to leave; one that does not is cut off a little later."""
        if self.leaving:
            return
        self.leaving = True
        self.send(json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}}))
        self._end = asyncio.get_running_loop().call_later(LEAVE_SECONDS, self.abort)

    def abort(self) -> None:
        """Cut the TCP connection."""
        self.leaving = True
        self._cut.set()
        if self._transport is not None:
            self._transport.abort()

    async def close(self, code: int = WSCloseCode.OK) -> None:
        """Say what is still to say, then close; bounded."""
        self.leaving = True
        if self._end is not None:
            self._end.cancel()
        self.send(END)
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._writer
                if not self.silent:
                    await self.socket.close(code=code)
        except (TimeoutError, ConnectionError):
            self.abort()

    async def linger(self) -> None:
        """A half-open socket answers nothing, not even the client's close, until it is cut."""
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                await self._cut.wait()
        except TimeoutError:
            self.abort()
