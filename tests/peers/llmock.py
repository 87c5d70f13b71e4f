"""llmock's control API: what it will do next, what it was asked, and what it thinks of its client."""

from urllib.parse import urljoin

import aiohttp

Behaviour = dict[str, object]


class Llmock:
    """The running server; `url` is the base address for the SDK."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._control = urljoin(url, "/_llmock/")

    async def _call(self, method: str, name: str, body: object = None) -> dict[str, object]:
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.request(method, self._control + name, json=body) as response,
        ):
            answer: dict[str, object] = await response.json()
            return answer

    async def reset(self) -> None:
        """Forget every behaviour and request."""
        await self._call("POST", "reset")

    async def will(self, *behaviours: Behaviour) -> None:
        """Queue behaviours, each used up by one matching request unless it says otherwise."""
        await self._call("POST", "scenario", {"behaviors": behaviours})

    async def requests(self) -> list[dict[str, object]]:
        """Every request so far."""
        found = (await self._call("GET", "requests"))["requests"]
        assert isinstance(found, list)
        return found

    async def complaints(self) -> list[str]:
        """What its verdict holds against the client, by code."""
        findings = (await self._call("GET", "verdict"))["findings"]
        assert isinstance(findings, list)
        return [finding["code"] for finding in findings]
