"""A file that a person sent, what the app is told of it, and what it gets."""

from typing import Any

import aiohttp

from playground.server import Playground
from playground.slack.files import File, FileAccess, FileMode
from playground.slack.records import Message
from tests.playground.raw_socket import RawSocket

GENERAL = "C0GENERAL1"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9


def upload(
    playground: Playground, name: str = "Shot 1.PNG", *, mode: FileMode = "hosted", access: FileAccess = "visible"
) -> tuple[Message, File]:
    """Ada's message with one file."""
    workspace = playground.workspace
    ts = workspace.upload("ada", GENERAL, "look", [(name, PNG)], mode=mode, file_access=access)
    message = workspace.message(GENERAL, ts)
    return message, message.files[0]


async def fetch(session: aiohttp.ClientSession, url: str, token: str, *, follow: bool = True) -> tuple[int, str, bytes]:
    """Status, media type and body."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with session.get(url, headers=headers, allow_redirects=follow) as answer:
        return answer.status, answer.content_type, await answer.read()


async def told(socket: RawSocket, kind: str, subtype: str | None = None) -> dict[str, Any]:
    """The next event of a kind."""
    while True:
        envelope = await socket.read()
        await socket.acknowledge(envelope)
        event: dict[str, Any] = envelope["payload"]["event"]
        if (event["type"], event.get("subtype")) == (kind, subtype):
            return event
