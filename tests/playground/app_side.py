"""The app's side of interactions: a bare socket and bare calls, as the playground's partner."""

from collections.abc import Mapping
from typing import Any

from playground.server import Playground
from playground.slack.interactive_records import View
from tests.playground.raw_socket import RawSocket
from tests.playground.slack_calls import SlackCalls

COMMAND = "/ai-settings"
GENERAL = "C0GENERAL1"
ADA = "U0ADA00001"


class AppSide:
    """Reads what people do, acknowledges it, and opens windows."""

    def __init__(self, playground: Playground, socket: RawSocket, slack: SlackCalls) -> None:
        self.playground = playground
        self.socket = socket
        self.slack = slack

    async def next(self, *, answer: object = None) -> dict[str, Any]:
        """The payload of the next envelope, which is acknowledged with this answer."""
        envelope = await self.socket.read()
        await self.socket.acknowledge(envelope, answer)
        await self.settled(envelope["envelope_id"])
        payload: dict[str, Any] = envelope["payload"]
        return payload

    async def settled(self, envelope_id: str) -> None:
        """Until the acknowledgement has been heard."""
        found = next(one for one in self.playground.sockets.envelopes if one.envelope_id == envelope_id)
        await self.playground.workspace.wait_for(lambda: found.acked_at is not None)

    async def trigger(self) -> str:
        """A fresh trigger id of Ada's."""
        self.playground.workspace.interactivity.command("ada", "general", COMMAND)
        return str((await self.next())["trigger_id"])

    async def open(self, **parts: object) -> View:
        """A modal of Ada's, with these parts in place of those of `modal`."""
        answer = await self.slack.ok("views.open", trigger_id=await self.trigger(), view=modal(**parts))
        return self.playground.workspace.interactivity.views.find(answer["view"]["id"])

    async def submitted(self, view: View, answer: object = None) -> dict[str, Any]:
        """Ada submits a modal that its own checks let go; the payload, acknowledged with this answer."""
        assert self.playground.workspace.interactivity.submit("ada", view.id)
        return await self.next(answer=answer)


def plain(text: str) -> dict[str, object]:
    return {"type": "plain_text", "text": text}


def option(value: str, text: str = "") -> dict[str, object]:
    return {"text": plain(text or value), "value": value}


def field(block_id: str, element: Mapping[str, object], **parts: object) -> dict[str, object]:
    """An input block."""
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **parts}


def text_field(block_id: str = "words", action_id: str = "typed", **parts: object) -> dict[str, object]:
    """An input block for text; `parts` are the element's."""
    return field(block_id, {"type": "plain_text_input", "action_id": action_id, **parts})


def select(action_id: str, *values: str, **parts: object) -> dict[str, object]:
    return {"type": "static_select", "action_id": action_id, "options": [option(value) for value in values], **parts}


def modal(**parts: object) -> dict[str, object]:
    """A modal with one text field."""
    whole: dict[str, object] = {"type": "modal", "title": plain("Settings"), "submit": plain("Save")}
    return whole | {"callback_id": "settings", "blocks": [text_field()]} | parts
