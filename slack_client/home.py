"""The home tab: what the bot is, and a person's own settings, usage and last answers."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from budgets import Span
from database import Payer, Standing, Store, StoreUnavailable, TurnLine, TurnState, UsageSum
from message_processor.lines import Lines, grouped
from message_processor.preferences import Field, Place, Preferences, Sheet
from message_processor.settings import Scope
from message_processor.wording import Wording, wording_of
from slack_client.event_handlers.settings_submission import Locales
from slack_client.formatting.blocks import (
    LONGEST_SECTION,
    Block,
    button,
    clipped,
    context,
    date,
    divider,
    escaped,
    header,
    mrkdwn,
    plain,
    section,
)
from slack_client.settings_modal import inherited_text, own_data_row
from slack_client.views import Views

log = logging.getLogger("threadwell.settings")

_INTERVAL = 3.0
_PATIENCE = 20.0
_PEOPLE = 5_000
_LONGEST_VALUE = 100
_STATES = {TurnState.DONE: "done", TurnState.FAILED: "failed", TurnState.STOPPED: "stopped"}


class Home:
    """Draws home tabs. `clock` gives seconds, `now` Unix time in seconds."""

    def __init__(
        self,
        views: Views,
        preferences: Preferences,
        store: Store,
        chat: Locales,
        team: str,
        admin_contact: str = "",
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._views = views
        self._preferences = preferences
        self._store = store
        self._chat = chat
        self._team = team
        self._admin_contact = admin_contact
        self._clock = clock
        self._now = now
        self._shown: OrderedDict[str, float] = OrderedDict()

    async def show(self, person: str) -> None:
        """Draw a person's tab, unless that was done within the last three seconds."""
        if self._clock() - self._shown.get(person, float("-inf")) >= _INTERVAL:
            await self.refresh(person)

    async def refresh(self, person: str) -> None:
        """Draw a person's tab in any case."""
        self._shown[person] = self._clock()
        self._shown.move_to_end(person)
        if len(self._shown) > _PEOPLE:
            self._shown.popitem(last=False)
        say = wording_of(await self._chat.locale(person))
        await self._views.publish(person, {"type": "home", "blocks": await self._blocks(person, say)})

    async def _blocks(self, person: str, say: Wording) -> list[Block]:
        about = section(plain(say("home.about")))
        try:
            async with asyncio.timeout(_PATIENCE):
                sheet = await self._preferences.sheet(Scope.USER, Place(self._team, person))
                usage = await self._store.people.usage_since(self._team, person, Span.USER_MONTH.begins(self._now()))
                turns = await self._store.people.latest_turns(self._team, person)
                standings = await self._store.spending.standings(Payer(self._team, person, ""))
        except (StoreUnavailable, TimeoutError) as failure:
            log.warning("home_unavailable", extra={"reason": type(failure).__name__})
            return [about, context(say("settings.unavailable")), *self._help(say)]
        return [about, *_settings(sheet, say), *_usage(usage, standings, say), *_turns(turns, say), *self._help(say)]

    def _help(self, say: Wording) -> list[Block]:
        if not self._admin_contact:
            return []
        line = say("home.help_line", contact=self._admin_contact)
        return [divider(), header(say("home.help")), section(plain(line))]


def _settings(sheet: Sheet, say: Wording) -> list[Block]:
    edit = button("open_settings", say("home.edit"), Scope.USER.value)
    lines = "\n".join(_setting(field, say) for field in sheet.fields)
    shown = section(mrkdwn(clipped(lines, LONGEST_SECTION)), edit)
    return [header(say("home.settings")), shown, own_data_row(say)]


def _setting(field: Field, say: Wording) -> str:
    """One setting: what holds, and who has set it."""
    name, own = field.setting.name, "" if field.stale else field.own
    value = clipped(" ".join(say.option(name, own).split()), _LONGEST_VALUE) if own else inherited_text(field, say)
    origin = Scope.USER if own else field.origin
    source = say(f"settings.from_{origin.value if origin else 'environment'}")
    return f"*{escaped(say(f'settings.{name}.label'))}*: {escaped(value)} _({escaped(source)})_"


def _usage(usage: UsageSum, standings: Sequence[Standing], say: Wording) -> list[Block]:
    given = {"turns": usage.turns, "input": usage.input, "output": usage.output}
    line = say("home.usage_line", **{name: grouped(number) for name, number in given.items()})
    lines = [line, *map(Lines(say).budget_so_far, standings)]
    return [divider(), header(say("home.usage")), section(plain("\n".join(lines)))]


def _turns(turns: Sequence[TurnLine], say: Wording) -> list[Block]:
    lines = "\n".join(_turn(turn, say) for turn in turns) or escaped(say("home.no_turns"))
    return [divider(), header(say("home.turns")), section(mrkdwn(clipped(lines, LONGEST_SECTION)))]


def _turn(turn: TurnLine, say: Wording) -> str:
    state = escaped(say(f"home.state.{_STATES.get(turn.state, 'working')}"))
    return f"{date(turn.created_at)} · {state} · ↓ {grouped(turn.input)} ↑ {grouped(turn.output)}"
