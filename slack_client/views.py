"""Windows and home tabs: opened, stacked, replaced and published. None of it raises: a window is an extra."""

import logging
from collections.abc import Mapping, Sequence

from message_processor.wording import Wording
from slack_client.errors import SlackFailure
from slack_client.formatting.blocks import Block, plain, sections
from slack_client.web_api import WebApi

log = logging.getLogger("threadwell.slack")

_PATIENCE = 30.0
_LONGEST_TITLE = 24
_LONGEST_METADATA = 3_000


def modal(
    callback_id: str, title: str, close: str, blocks: Sequence[Block], *, submit: str = "", metadata: str = ""
) -> Block:
    """A window; with a `submit` button where it is a form. ValueError for metadata that Slack would not keep."""
    if len(metadata) > _LONGEST_METADATA:
        raise ValueError("metadata is too long")
    view: dict[str, object] = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, _LONGEST_TITLE),
        "close": plain(close, _LONGEST_TITLE),
        "blocks": list(blocks),
    }
    if submit:
        view["submit"] = plain(submit, _LONGEST_TITLE)
    return view | ({"private_metadata": metadata} if metadata else {})


def note(say: Wording, text: str, callback_id: str = "note", title: str = "settings.title") -> Block:
    """A window that says something in plain words and can be closed. `title` is a key."""
    return modal(callback_id, say(title), say("settings.close"), sections(text))


def loading(say: Wording, title: str = "settings.title") -> Block:
    """The window that is there at once, until the one that was asked for is drawn. `title` is a key."""
    return note(say, say("settings.loading"), "loading", title)


class Views:
    """Slack's windows. A call that fails is one line in the log; a window that was closed meanwhile is none."""

    def __init__(self, api: WebApi) -> None:
        self._api = api

    async def open(self, trigger: str, view: Block) -> str | None:
        """Open a window within the trigger's three seconds: its id, or None where it was not opened."""
        return await self._attempt("views.open", {"trigger_id": trigger, "view": view})

    async def push(self, trigger: str, view: Block) -> str | None:
        """Put a window over the one the trigger comes from: its id, or None where it was not opened."""
        return await self._attempt("views.push", {"trigger_id": trigger, "view": view})

    async def update(self, view_id: str, view: Block) -> bool:
        """Replace what a window shows; false where it is not there any more, or Slack did not take it."""
        return await self._surely("views.update", {"view_id": view_id, "view": view})

    async def publish(self, person: str, view: Block) -> bool:
        """Replace a person's home tab; false where Slack did not take it."""
        return await self._surely("views.publish", {"user_id": person, "view": view})

    async def _attempt(self, method: str, arguments: Mapping[str, object]) -> str | None:
        try:
            answer = await self._api.call(method, arguments)
        except SlackFailure as failure:
            _log(method, failure)
            return None
        view = answer.get("view")
        return str(view.get("id") or "") or None if isinstance(view, Mapping) else None

    async def _surely(self, method: str, arguments: Mapping[str, object]) -> bool:
        try:
            await self._api.call_surely(method, arguments, patience=_PATIENCE, repeatable=True)
        except SlackFailure as failure:
            _log(method, failure)
            return False
        return True


def _log(method: str, failure: SlackFailure) -> None:
    if failure.reason != "not_found":
        log.info("view_not_shown", extra={"method": method, "reason": failure.reason})
