"""Calls of the playground's Web API as bytes, without an SDK."""

from types import TracebackType
from typing import Any, Self

import aiohttp

from playground.server import Playground


class SlackCalls:
    """A bare client; `token` is the bot's unless another one is given."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    def headers(self, token: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._playground.bot_token if token is None else token}"}

    async def call(self, method: str, **args: object) -> dict[str, Any]:
        """A call with a JSON body; the answer's body."""
        return await self.call_as(None, method, **args)

    async def call_as(self, token: str | None, method: str, /, **args: object) -> dict[str, Any]:
        """The same with another token; an empty one is no token."""
        url = self._playground.slack_api_url + method
        async with self._session.post(url, json=args, headers=self.headers(token)) as response:
            body: dict[str, Any] = await response.json()
            return body

    async def body(self, method: str, data: str) -> dict[str, Any]:
        """A call with a body that claims to be JSON."""
        url = self._playground.slack_api_url + method
        headers = self.headers() | {"Content-Type": "application/json"}
        async with self._session.post(url, data=data, headers=headers) as response:
            body: dict[str, Any] = await response.json()
            return body

    async def ok(self, method: str, **args: object) -> dict[str, Any]:
        """A call that has to succeed."""
        body = await self.call(method, **args)
        assert body["ok"] is True, body
        return body

    async def refused(self, method: str, **args: object) -> str:
        """The error code of a call that has to be refused."""
        body = await self.call(method, **args)
        assert body["ok"] is False, body
        return str(body["error"])

    async def get(self, method: str, **args: str) -> dict[str, Any]:
        """A call by GET with a query string."""
        url = self._playground.slack_api_url + method
        async with self._session.get(url, params=args, headers=self.headers()) as response:
            body: dict[str, Any] = await response.json()
            return body

    async def query_post(self, method: str, **args: str) -> dict[str, Any]:
        """A POST with a query string and an empty form, as the SDK sends it for some methods."""
        url = self._playground.slack_api_url + method
        headers = self.headers() | {"Content-Type": "application/x-www-form-urlencoded"}
        async with self._session.post(url, params=args, headers=headers) as response:
            body: dict[str, Any] = await response.json()
            return body

    async def raw(self, method: str, **args: object) -> aiohttp.ClientResponse:
        """The whole answer of a call with a JSON body; read before it is returned."""
        url = self._playground.slack_api_url + method
        async with self._session.post(url, json=args, headers=self.headers()) as response:
            await response.read()
            return response

    async def control(self, http_method: str, name: str, /, **args: object) -> dict[str, Any]:
        """A control of the playground."""
        url = f"{self._playground.page_url}control/{name}"
        async with self._session.request(http_method, url, json=args) as response:
            body: dict[str, Any] = await response.json()
            return body

    async def control_status(self, name: str, headers: dict[str, str]) -> int:
        """The status of a GET of a control with some headers."""
        async with self._session.get(f"{self._playground.page_url}control/{name}", headers=headers) as response:
            return response.status
