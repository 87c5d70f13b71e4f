"""A Socket Mode client that acknowledges only what it is told to."""

import json
from types import TracebackType
from typing import Any, Self

import aiohttp

from playground.server import Playground
from tests.playground.slack_calls import SlackCalls


class RawSocket:
    """One socket. `hello` is the first frame; `frames` has those that were read."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground
        self.hello: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        async with SlackCalls(self._playground) as calls:
            opened = await calls.call_as(self._playground.app_token, "apps.connections.open")
        self.url: str = opened["url"]
        self._session = aiohttp.ClientSession()
        try:
            self.socket = await self._session.ws_connect(
                self.url, autoping=False, timeout=aiohttp.ClientWSTimeout(ws_close=0.2)
            )
        except aiohttp.ClientError:
            await self._session.close()
            raise
        self.hello = await self.read()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.socket.close()
        await self._session.close()

    async def read(self, timeout: float = 5.0) -> dict[str, Any]:
        """The next frame; TimeoutError when none comes."""
        frame: dict[str, Any] = json.loads(await self.socket.receive_str(timeout=timeout))
        return frame

    async def acknowledge(self, envelope: dict[str, Any], payload: object = None) -> None:
        answer = {"envelope_id": envelope["envelope_id"]}
        await self.socket.send_json(answer if payload is None else answer | {"payload": payload})

    async def silent_for(self, seconds: float) -> bool:
        """Whether nothing at all arrives for a while."""
        try:
            await self.socket.receive(timeout=seconds)
        except TimeoutError:
            return True
        return False

    async def handshake_status(self) -> int:
        """The status of a further handshake with the same address."""
        try:
            async with self._session.ws_connect(self.url):
                return 101
        except aiohttp.WSServerHandshakeError as error:
            return error.status
