"""The ways into the settings' window, and what redraws it: a command, a shortcut, buttons, choices."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping

from database import StoreUnavailable
from message_processor.preferences import Place, Preferences, Sheet
from message_processor.settings import SETTINGS, Scope
from message_processor.wording import ENGLISH, Wording, wording_of
from slack_client.event_handlers.interaction import Acknowledgement, Handler, Interaction, Kind, View
from slack_client.event_handlers.settings_submission import HomeTab, Locales, Submission, denial
from slack_client.event_handlers.thread_memory import Memory, ThreadMemory
from slack_client.form_state import Outdated
from slack_client.settings_modal import CALLBACK, SCOPE_ACTION, Filled, Frame, draw, read, redraw_action, value_of
from slack_client.views import Views, loading, note

log = logging.getLogger("threadwell.settings")

_DRAWING = 20.0
"""Seconds that a slow store may take before a window says so."""
_WINDOWS = 1_000


class _Revisions:
    """The newest drawing of each window: a slow one must not replace a newer one."""

    def __init__(self) -> None:
        self._newest: OrderedDict[str, int] = OrderedDict()

    def begin(self, view_id: str, shown: int) -> int:
        """A revision that the window never had."""
        self._newest[view_id] = max(shown, self._newest.pop(view_id, 0)) + 1
        if len(self._newest) > _WINDOWS:
            self._newest.popitem(last=False)
        return self._newest[view_id]

    def is_newest(self, view_id: str, revision: int) -> bool:
        return self._newest.get(view_id, revision) == revision


class SettingsHandlers:
    """Everything about settings that people do in Slack. `command` is the slash command's name."""

    def __init__(
        self, preferences: Preferences, views: Views, chat: Locales, memory: Memory, home: HomeTab, command: str
    ) -> None:
        self._preferences = preferences
        self._views = views
        self._chat = chat
        self._command = command
        self._revisions = _Revisions()
        self._submission = Submission(preferences, chat, home)
        self._memory = ThreadMemory(views, memory)

    def handlers(self) -> Mapping[tuple[Kind, str], Handler]:
        """By what was done and its name."""
        redrawing = [redraw_action(setting.name) for setting in SETTINGS if setting.redraws]
        return {
            (Kind.COMMAND, self._command): self._commanded,
            (Kind.SHORTCUT, "thread_settings"): self._shortcut,
            (Kind.CLICK, "open_settings"): self._button,
            (Kind.CLICK, SCOPE_ACTION): self._scope_chosen,
            **dict.fromkeys(((Kind.CLICK, name) for name in redrawing), self._model_chosen),
            (Kind.SUBMISSION, CALLBACK): self._submission.submitted,
            **self._memory.handlers(),
        }

    async def _commanded(self, done: Interaction) -> Acknowledgement:
        wanted = Scope.CHANNEL if done.value.strip().lower() == "channel" else Scope.USER
        return Acknowledgement(follow_up=self._open(done, wanted))

    async def _shortcut(self, done: Interaction) -> Acknowledgement:
        return Acknowledgement(follow_up=self._open(done, Scope.THREAD))

    async def _button(self, done: Interaction) -> Acknowledgement:
        return Acknowledgement(follow_up=self._open(done, Scope.USER))

    async def _open(self, done: Interaction, wanted: Scope) -> None:
        view_id = await self._views.open(done.trigger, loading(ENGLISH))
        if view_id is None:
            return
        say = wording_of(await self._chat.locale(done.person))
        thread_ts = done.thread_ts or (done.message_ts if wanted is Scope.THREAD else "")
        place = Place(done.team, done.person, done.channel, thread_ts)
        frame = self._frame(place, say)
        sheet = await self._sheet(wanted if wanted in frame.scopes else Scope.USER, place)
        view = note(say, say("settings.unavailable")) if sheet is None else draw(sheet, say, frame)
        await self._views.update(view_id, view)

    async def _sheet(self, scope: Scope, place: Place, typed: Mapping[str, str] | None = None) -> Sheet | None:
        try:
            async with asyncio.timeout(_DRAWING):
                return await self._preferences.sheet(scope, place, typed)
        except (StoreUnavailable, TimeoutError) as failure:
            log.warning("settings_unavailable", extra={"reason": type(failure).__name__})
            return None

    def _frame(self, place: Place, say: Wording) -> Frame:
        offered = [scope for scope in place.scopes() if scope is not Scope.CHANNEL or not _is_direct(place.channel)]
        allowed = tuple(scope for scope in offered if self._preferences.may_edit(scope, place.person))
        denied = Scope.CHANNEL in offered and Scope.CHANNEL not in allowed
        return Frame(allowed, denial(self._preferences.channel_people, say) if denied else "")

    # In the window

    async def _scope_chosen(self, done: Interaction) -> Acknowledgement:
        return Acknowledgement(follow_up=self._change_scope(done))

    async def _change_scope(self, done: Interaction) -> None:
        filled = await self._filled(done)
        if filled is None or done.view is None:
            return
        say = wording_of(filled.state.language)
        place = filled.state.place(done.team, done.person)
        chosen = next((scope for scope in self._frame(place, say).scopes if scope.value == done.value), None)
        if chosen is None:
            log.warning("click_not_valid", extra={"action": done.name, "user": done.person})
            return
        await self._redraw(done, done.view, filled, chosen, keeps=False)

    async def _model_chosen(self, done: Interaction) -> Acknowledgement:
        return Acknowledgement(follow_up=self._change_model(done))

    async def _change_model(self, done: Interaction) -> None:
        filled = await self._filled(done)
        if filled is None or done.view is None:
            return
        name = next(each.name for each in SETTINGS if redraw_action(each.name) == done.name)
        typed = {**filled.typed, name: value_of(name, done.value)}
        filled = Filled(filled.state, typed, filled.block_ids)
        await self._redraw(done, done.view, filled, filled.state.scope, keeps=True)

    async def _redraw(self, done: Interaction, view: View, filled: Filled, scope: Scope, *, keeps: bool) -> None:
        say = wording_of(filled.state.language)
        place = filled.state.place(done.team, done.person)
        revision = self._revisions.begin(view.id, filled.state.revision)
        sheet = await self._sheet(scope, place, filled.with_aside() if keeps else None)
        if sheet is None:
            await self._views.push(done.trigger, note(say, say("settings.unavailable")))
        elif self._revisions.is_newest(view.id, revision):
            drawn = draw(sheet, say, self._frame(place, say), revision, filled if keeps else None)
            await self._views.update(view.id, drawn)

    async def _filled(self, done: Interaction) -> Filled | None:
        """The form something was done in; None, and people told, where it is none of this version."""
        try:
            return read(done.view) if done.view is not None else None
        except Outdated:
            log.warning("settings_outdated", extra={"action": done.name, "user": done.person})
        if done.view is not None:
            say = wording_of(await self._chat.locale(done.person))
            await self._views.update(done.view.id, note(say, say("settings.outdated")))
        return None


def _is_direct(channel: str) -> bool:
    """Whether it is a conversation with the bot alone, where settings of the channel are those of the person."""
    return channel.startswith("D")
