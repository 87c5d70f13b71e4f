"""What people have set: read for a turn, laid out as a form, checked and kept."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from base_client import ThreadKey
from database import Store
from message_processor.settings import (
    BY_NAME,
    MODEL,
    SETTINGS,
    Choice,
    Chosen,
    Problem,
    Scope,
    Setting,
    Stored,
    Surroundings,
    problem_of,
    resolve,
)
from openai_client.models import Models

_LIST_PATIENCE = 1.5
"""Seconds that an answer waits for the list of models, where somebody has chosen one that is not known."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person stands who looks at settings; `channel` and `thread_ts` are empty where there is none."""

    team: str
    person: str
    channel: str = ""
    thread_ts: str = ""

    def scopes(self) -> tuple[Scope, ...]:
        """What can be set from here, the widest last."""
        thread = (Scope.THREAD,) if self.thread_ts else ()
        return (*thread, Scope.USER, *((Scope.CHANNEL,) if self.channel else ()))

    def key(self, scope: Scope) -> tuple[str, str]:
        """The scope and its place, as the store names them."""
        match scope:
            case Scope.CHANNEL:
                return scope.value, self.channel
            case Scope.USER:
                return scope.value, self.person
            case Scope.THREAD:
                return scope.value, f"{self.channel}/{self.thread_ts}"


@dataclass(frozen=True, slots=True)
class Field:
    """One setting in a form: the scope's `own` value, empty where it is inherited, and what it is then.

    `origin` is the scope that `inherited` comes from, None for the bot's own setting. `options` are a choice's values.
    `stale` is a value that was set and does not do any more.
    """

    setting: Setting[object]
    own: str
    inherited: str
    origin: Scope | None
    options: tuple[str, ...]
    stale: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form: the fields that apply, for the model that is chosen in it or inherited."""

    scope: Scope
    place: Place
    fields: tuple[Field, ...]

    @property
    def inherited_model(self) -> str:
        return next(field.inherited for field in self.fields if field.setting is MODEL)


class Preferences:
    """Settings of people, threads and channels. `tools` names the tools there are; StoreUnavailable goes on."""

    def __init__(
        self, store: Store, models: Models, tools: Callable[[], frozenset[str]], channel_people: Sequence[str]
    ) -> None:
        self._store = store
        self._models = models
        self._tools = tools
        self.channel_people = tuple(channel_people)

    def may_edit(self, scope: Scope, person: str) -> bool:
        """Whether a person may change what is set for a scope."""
        return scope is not Scope.CHANNEL or not self.channel_people or person in self.channel_people

    async def of(self, thread: ThreadKey, person: str) -> Chosen:
        """What holds for a person's turn in a thread."""
        place = Place(thread.team, person, thread.channel, thread.thread_ts)
        stored = await self._stored(place, tuple(Scope))
        if any(texts.get(MODEL.name, self._models.known[0]) not in self._models.known for texts in stored.values()):
            # It may be newer than the list that is known, or withdrawn since the list was last asked for.
            with suppress(TimeoutError):
                async with asyncio.timeout(_LIST_PATIENCE):
                    await self._models.offered()
        return resolve(stored, self._on_offer(stored), self._tools())

    def _on_offer(self, stored: Stored) -> tuple[str, ...]:
        """The models that may be chosen; as long as the server has not told its own, what was chosen once stays."""
        models = self._models.known
        if self._models.listed:
            return models
        kept = [texts[MODEL.name] for texts in stored.values() if texts.get(MODEL.name)]
        return tuple(dict.fromkeys((*models, *kept)))

    async def sheet(self, scope: Scope, place: Place, typed: Mapping[str, str] | None = None) -> Sheet:
        """The form of a scope, with what is kept, or with what was `typed` so far into it."""
        stored = dict(await self._stored(place, tuple(Scope)))
        await self._models.offered()
        # What was typed wins; a field that the newly chosen model brings shows what is kept.
        own = {**stored.get(scope, {}), **(typed or {})}
        models = self._on_offer({**stored, scope: own})
        above = {each: stored.get(each, {}) for each in Scope if _is_inherited(each, scope)}
        inherited = resolve(above, models, self._tools())
        model = own.get(MODEL.name, "")
        around = Surroundings(models, model if model in models else inherited[MODEL], self._tools())
        # What is inherited counts for the model that is chosen here.
        inherited = resolve({**above, scope: {MODEL.name: around.model}}, models, self._tools())
        default_model = resolve(above, models, self._tools())
        fields = [_field(setting, own, inherited, around) for setting in SETTINGS if setting.applies(around)]
        return Sheet(scope, place, tuple(_with_model(each, default_model) for each in fields))

    def problems(self, inherited_model: str, typed: Mapping[str, str]) -> Mapping[str, Problem]:
        """What of a filled form does not do, by setting; from what is known, without waiting for anything."""
        models = self._on_offer({Scope.USER: typed})
        around = Surroundings(models, typed.get(MODEL.name) or inherited_model, self._tools())
        found = {name: problem_of(BY_NAME[name], text, around) for name, text in typed.items() if name in BY_NAME}
        return {name: problem for name, problem in found.items() if problem is not None}

    async def save(self, scope: Scope, place: Place, changes: Mapping[str, str]) -> None:
        """Keep what was changed, all of it or nothing; an empty text goes back to what is inherited."""
        kept = {name: text or None for name, text in changes.items() if name in BY_NAME}
        if kept:
            await self._store.people.set_preferences(place.team, *place.key(scope), kept, place.person)

    async def _stored(self, place: Place, scopes: Sequence[Scope]) -> Stored:
        keys = {place.key(scope): scope for scope in scopes if scope in place.scopes()}
        found = await self._store.people.preferences(place.team, list(keys))
        return {keys[key]: texts for key, texts in found.items()}


def _is_inherited(other: Scope, scope: Scope) -> bool:
    order = list(Scope)
    return order.index(other) < order.index(scope)


def _field(setting: Setting[object], own: Mapping[str, str], inherited: Chosen, around: Surroundings) -> Field:
    text = own.get(setting.name, "")
    stale = text if problem_of(setting, text, around) else ""
    options = setting.form.options(around) if isinstance(setting.form, Choice) else ()
    kept = "" if stale and isinstance(setting.form, Choice) else text
    origin = inherited.origins.get(setting.name)
    return Field(setting, kept, inherited.texts[setting.name], origin, options, stale)


def _with_model(field: Field, above: Chosen) -> Field:
    """The model's own field: what is inherited there is what the scopes above say."""
    if field.setting is not MODEL:
        return field
    inherited, origin = above.texts[MODEL.name], above.origins.get(MODEL.name)
    return Field(field.setting, field.own, inherited, origin, field.options, field.stale)
