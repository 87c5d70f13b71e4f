"""What the bot remembers of a thread: shown, and forgotten, from the window of the thread's settings."""

import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import Protocol

from base_client import ThreadKey
from database import StoreUnavailable
from message_processor.wording import Wording, wording_of
from slack_client.event_handlers.interaction import Acknowledgement, Handler, Interaction, Kind, View
from slack_client.form_state import FormState, Outdated, decode
from slack_client.formatting.blocks import Block, date, escaped, header, mrkdwn, section, sections
from slack_client.settings_modal import FORGET_ACTION, SHOW_ACTION
from slack_client.views import Views, loading, modal, note

log = logging.getLogger("threadwell.settings")

_TITLE = "memory.title"
_WINDOWS = 1_000
_FILES_NAMED = 50
_LONGEST_SUMMARY = 12_000


class Remembered(Protocol):
    """What is kept of a thread. An empty `summary`: nothing was rolled up. `files` are names."""

    @property
    def messages(self) -> int: ...
    @property
    def oldest_ts(self) -> str: ...
    @property
    def newest_ts(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def files(self) -> tuple[str, ...]: ...


class Memory(Protocol):
    """The core, as far as it remembers threads. StoreUnavailable goes on."""

    async def forget(self, thread: ThreadKey) -> int:
        """Forget a thread: how many messages it had."""

    async def remembered(self, thread: ThreadKey) -> Remembered:
        """What is kept of a thread."""


class ThreadMemory:
    """The two buttons of a thread's settings."""

    def __init__(self, views: Views, memory: Memory) -> None:
        self._views = views
        self._memory = memory
        self._forgetting: OrderedDict[str, None] = OrderedDict()

    def handlers(self) -> Mapping[tuple[Kind, str], Handler]:
        """By what was done and its name."""
        return {(Kind.CLICK, SHOW_ACTION): self._show_clicked, (Kind.CLICK, FORGET_ACTION): self._forget_clicked}

    async def _show_clicked(self, done: Interaction) -> Acknowledgement:
        state = _state(done)
        return Acknowledgement() if state is None else Acknowledgement(follow_up=self._show(done, state))

    async def _forget_clicked(self, done: Interaction) -> Acknowledgement:
        state, view = _state(done), done.view
        if state is None or view is None or view.id in self._forgetting:
            return Acknowledgement()
        self._forgetting[view.id] = None
        if len(self._forgetting) > _WINDOWS:
            self._forgetting.popitem(last=False)
        return Acknowledgement(follow_up=self._forget(done, state, view))

    async def _show(self, done: Interaction, state: FormState) -> None:
        say = wording_of(state.language)
        view_id = await self._views.push(done.trigger, loading(say, _TITLE))
        if view_id is None:
            return
        try:
            blocks = _remembered(await self._memory.remembered(_thread(done, state)), say)
        except StoreUnavailable:
            blocks = sections(say("settings.unavailable"))
        await self._views.update(view_id, modal("remembered", say(_TITLE), say("settings.close"), blocks))

    async def _forget(self, done: Interaction, state: FormState, view: View) -> None:
        say = wording_of(state.language)
        try:
            line = say.counted("memory.forgotten", await self._memory.forget(_thread(done, state)))
        except StoreUnavailable:
            self._forgetting.pop(view.id, None)
            failed = note(say, say("settings.unavailable"))
            if await self._views.push(done.trigger, failed) is None:  # the store took longer than the trigger lives
                await self._views.update(view.id, failed)
            return
        await self._views.update(view.id, note(say, line))


def _state(done: Interaction) -> FormState | None:
    """The form of a thread that a button was clicked in."""
    try:
        state = decode(done.view.metadata if done.view is not None else "")
    except Outdated:
        state = None
    if state is None or not (state.channel and state.thread_ts):
        log.warning("click_not_valid", extra={"action": done.name, "user": done.person})
        return None
    return state


def _thread(done: Interaction, state: FormState) -> ThreadKey:
    return ThreadKey(done.team, state.channel, state.thread_ts)


def _remembered(kept: Remembered, say: Wording) -> list[Block]:
    if not kept.messages:
        return sections(say("memory.nothing"))
    oldest, newest = (_moment(ts) for ts in (kept.oldest_ts, kept.newest_ts))
    blocks = [section(mrkdwn(say.counted("memory.messages", kept.messages, oldest=oldest, newest=newest)))]
    if kept.summary:
        blocks += [header(say("memory.summary")), *sections(kept.summary[:_LONGEST_SUMMARY])]
    if kept.files:
        blocks += [header(say("memory.files")), *sections("\n".join(f"• {name}" for name in kept.files[:_FILES_NAMED]))]
    return blocks


def _moment(ts: str) -> str:
    try:
        return date(float(ts))
    except ValueError:
        return escaped(ts)
