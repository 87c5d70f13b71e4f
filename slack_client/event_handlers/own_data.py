"""A person's own data: sent to them as a file, and deleted, from the settings' window and the home tab."""

import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Protocol

from base_client import ChatUnavailable
from database import StoreUnavailable
from message_processor.wording import ENGLISH, Wording, wording_of
from slack_client.event_handlers.interaction import Acknowledgement, Handler, Interaction, Kind
from slack_client.event_handlers.settings_submission import HomeTab, Locales
from slack_client.settings_modal import CALLBACK, DELETE_ACTION, EXPORT_ACTION
from slack_client.views import Views, loading, note

log = logging.getLogger("threadwell.settings")

FILE_NAME = "threadwell-data.json"
_TITLE = "own_data.title"
_COUNTED = ("messages", "answers", "files", "settings", "feedback")


class Keeper(Protocol):
    """What keeps people's data. StoreUnavailable goes on."""

    async def export(self, team: str, person: str, by: str) -> bytes: ...

    async def delete(self, team: str, person: str, by: str) -> Mapping[str, int]: ...


class Giver(Locales, Protocol):
    """The platform, as far as it brings a file to one person."""

    async def give_file(self, team: str, person: str, name: str, data: bytes) -> None:
        """ChatUnavailable where it cannot be sent."""


Work = Callable[[Interaction, Wording], Coroutine[object, object, str]]
"""Does what a button is for; the line that says how it came out."""


class OwnDataHandlers:
    """The two buttons. Whoever presses one again while it works is not served twice."""

    def __init__(self, keeper: Keeper, views: Views, chat: Giver, home: HomeTab) -> None:
        self._keeper = keeper
        self._views = views
        self._chat = chat
        self._home = home
        self._served: set[str] = set()

    def handlers(self) -> Mapping[tuple[Kind, str], Handler]:
        """By what was done and its name."""
        return {(Kind.CLICK, EXPORT_ACTION): self._export_clicked, (Kind.CLICK, DELETE_ACTION): self._delete_clicked}

    async def _export_clicked(self, done: Interaction) -> Acknowledgement:
        return self._serving(done, self._export)

    async def _delete_clicked(self, done: Interaction) -> Acknowledgement:
        return self._serving(done, self._delete)

    def _serving(self, done: Interaction, work: Work) -> Acknowledgement:
        return Acknowledgement() if done.person in self._served else Acknowledgement(follow_up=self._serve(done, work))

    async def _serve(self, done: Interaction, work: Work) -> None:
        if done.person in self._served:
            return
        self._served.add(done.person)
        try:
            # Over the settings' window; from the home tab there is none to put it over.
            in_window = done.view is not None and done.view.callback_id == CALLBACK
            show = self._views.push if in_window else self._views.open
            # At once, in whatever language: a trigger lives for three seconds.
            view_id = await show(done.trigger, loading(ENGLISH, _TITLE))
            say = wording_of(await self._chat.locale(done.person))
            line = await work(done, say)
        finally:
            # Before people see that it is done: what they click then is to be done as well.
            self._served.discard(done.person)
        if view_id is not None:
            await self._views.update(view_id, note(say, line, "own_data", _TITLE))

    async def _export(self, done: Interaction, say: Wording) -> str:
        try:
            data = await self._keeper.export(done.team, done.person, done.person)
            await self._chat.give_file(done.team, done.person, FILE_NAME, data)
        except (StoreUnavailable, ChatUnavailable) as failure:
            log.warning("data_not_exported", extra={"user": done.person, "reason": failure.reason})
            return say("own_data.not_exported")
        return say("own_data.exported")

    async def _delete(self, done: Interaction, say: Wording) -> str:
        try:
            counts = await self._keeper.delete(done.team, done.person, done.person)
        except (StoreUnavailable, OSError) as failure:
            log.warning("data_not_deleted", extra={"user": done.person, "reason": type(failure).__name__})
            return say("own_data.not_deleted")
        await self._home.refresh(done.person)
        return say("own_data.deleted", **{name: counts.get(name, 0) for name in _COUNTED})
