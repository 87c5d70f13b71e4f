"""The settings' window is submitted: checked, kept whole or not at all, and answered within Slack's three seconds."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

from database import StoreUnavailable
from message_processor.preferences import Preferences
from message_processor.settings import Scope
from message_processor.wording import ENGLISH, Wording, wording_of
from slack_client.event_handlers.interaction import Acknowledgement, Interaction
from slack_client.form_state import Outdated
from slack_client.formatting.blocks import Block, mrkdwn, section
from slack_client.settings_modal import Filled, read
from slack_client.views import modal, note

log = logging.getLogger("threadwell.settings")

_SAVING = 2.0
_LOOKING = 0.5
"""Both in seconds: a submission has to be answered within three."""
_NAMED = 10


class Locales(Protocol):
    """Of `base_client.ChatClient`: the language of a person, bounded."""

    async def locale(self, person: str) -> str: ...


class HomeTab(Protocol):
    """A person's home tab, which shows settings too."""

    async def refresh(self, person: str) -> None: ...


class Submission:
    """What becomes of a filled form."""

    def __init__(self, preferences: Preferences, chat: Locales, home: HomeTab) -> None:
        self._preferences = preferences
        self._chat = chat
        self._home = home

    async def submitted(self, done: Interaction) -> Acknowledgement:
        """Check from memory, keep what was changed, and say so."""
        if done.view is None:
            return Acknowledgement()
        try:
            filled = read(done.view)
        except Outdated:
            log.warning("settings_outdated", extra={"action": done.name, "user": done.person})
            say = await self._say_soon(done.person)
            return _shows("update", note(say, say("settings.outdated")))
        say = wording_of(filled.state.language)
        if not self._preferences.may_edit(filled.state.scope, done.person):
            log.warning("settings_not_allowed", extra={"user": done.person, "channel": filled.state.channel})
            return _shows("update", _denied(denial(self._preferences.channel_people, say), say))
        problems = self._preferences.problems(filled.state.model, filled.typed)
        if problems:
            errors = {filled.block_ids[name]: problem.line(say) for name, problem in problems.items()}
            return Acknowledgement({"response_action": "errors", "errors": errors})
        return await self._save(filled, done, say)

    async def _save(self, filled: Filled, done: Interaction, say: Wording) -> Acknowledgement:
        state = filled.state
        try:
            async with asyncio.timeout(_SAVING):
                await self._preferences.save(state.scope, state.place(done.team, done.person), filled.changes())
        except TimeoutError:
            return _unsaved(say, "settings.unsure")
        except StoreUnavailable:
            return _unsaved(say, "settings.unavailable")
        follow_up = self._home.refresh(done.person) if state.scope is Scope.USER else None
        saved = {"response_action": "update", "view": note(say, say("settings.saved"), "saved")}
        return Acknowledgement(saved, follow_up)

    async def _say_soon(self, person: str) -> Wording:
        try:
            async with asyncio.timeout(_LOOKING):
                return wording_of(await self._chat.locale(person))
        except TimeoutError:
            return ENGLISH


def denial(people: Sequence[str], say: Wording) -> str:
    """Who alone may change a channel's settings, as ready markup."""
    named = ", ".join(f"<@{person}>" for person in people[:_NAMED])
    return say("settings.not_allowed", people=f"{named}, …" if len(people) > _NAMED else named)


def _denied(markup: str, say: Wording) -> Block:
    return modal("note", say("settings.title"), say("settings.close"), [section(mrkdwn(markup))])


def _shows(how: str, view: Block) -> Acknowledgement:
    return Acknowledgement({"response_action": how, "view": view})


def _unsaved(say: Wording, key: str) -> Acknowledgement:
    """Said over the form: closed, it leaves what was typed."""
    log.warning("settings_not_saved", extra={"reason": key})
    return _shows("push", note(say, say(key)))
