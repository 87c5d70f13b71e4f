"""Settings over a real store, with a list of models and a Web API that a test makes up."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from base_client import ThreadKey
from database import Store, StoreUnavailable
from message_processor.preferences import Place, Preferences
from openai_client.models import Models
from slack_client.event_handlers.interaction import Acknowledgement, Interaction, Kind, View
from slack_client.event_handlers.settings import SettingsHandlers
from slack_client.views import Views
from slack_client.web_api import Answer
from tests.slack_client.block_kit import Json, part, parts, refusals
from tests.slack_client.scripted import ScriptedApi

ADA, BEN = "U0ADA00001", "U0BEN00001"
CHANNEL, THREAD_TS = "C1", "1700000000.000001"
PLACE = Place("T1", ADA, CHANNEL, THREAD_TS)
THINKER, TALKER = "gpt-5.6-luna", "gpt-4.1"
"""A model that takes efforts and no temperature, and one that takes it the other way round."""
COMMAND = "/ai-settings"


class ListedModels(Models):
    """The models on offer are `names`, as the server listed them."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.listed = True

    @property
    def known(self) -> tuple[str, ...]:
        return self.names

    async def offered(self) -> tuple[str, ...]:
        return self.names


class WindowApi(ScriptedApi):
    """Windows get ids, and what each of them shows is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[str, Json] = {}
        self.homes: dict[str, Json] = {}

    async def _send(self, method: str, arguments: Mapping[str, object], read: bool, token: str | None) -> Answer:
        answer = await super()._send(method, arguments, read, token)
        view = part(arguments, "view")
        assert not view or refusals(view) == []
        if method == "views.publish":
            self.homes[str(arguments["user_id"])] = view
            return answer
        view_id = str(arguments.get("view_id") or f"V{len(self.shown) + 1}")
        self.shown[view_id] = view
        return {"view": {"id": view_id}}


@dataclass
class Locale:
    """Implements `Locales`."""

    language: str = "en-US"

    async def locale(self, person: str) -> str:
        return self.language


@dataclass(frozen=True)
class Kept:
    """Implements `Remembered`."""

    messages: int = 2
    oldest_ts: str = "1700000000.000001"
    newest_ts: str = "1700000060.000001"
    summary: str = ""
    files: tuple[str, ...] = ()


@dataclass
class FakeMemory:
    """Implements `Memory`."""

    kept: Kept = field(default_factory=Kept)
    failure: Exception | None = None
    forgotten: list[ThreadKey] = field(default_factory=list)

    async def forget(self, thread: ThreadKey) -> int:
        if self.failure:
            raise self.failure
        self.forgotten.append(thread)
        return self.kept.messages

    async def remembered(self, thread: ThreadKey) -> Kept:
        if self.failure:
            raise self.failure
        return self.kept


@dataclass
class FakeHome:
    """Implements `HomeTab`."""

    drawn: list[str] = field(default_factory=list)

    async def refresh(self, person: str) -> None:
        self.drawn.append(person)


@dataclass
class Rig:
    """The handlers and all around them."""

    store: Store
    channel_people: tuple[str, ...] = ()
    api: WindowApi = field(default_factory=WindowApi)
    models: ListedModels = field(default_factory=lambda: ListedModels(THINKER, TALKER))
    chat: Locale = field(default_factory=Locale)
    memory: FakeMemory = field(default_factory=FakeMemory)
    home: FakeHome = field(default_factory=FakeHome)
    tools: frozenset[str] = frozenset({"generate_image"})

    def __post_init__(self) -> None:
        self.preferences = Preferences(self.store, self.models, lambda: self.tools, self.channel_people)
        self.views = Views(self.api)
        self.restart()

    def restart(self) -> None:
        """Other handlers, which know nothing of the windows there are."""
        self.handlers = SettingsHandlers(
            self.preferences, self.views, self.chat, self.memory, self.home, COMMAND
        ).handlers()

    async def do(self, done: Interaction) -> Json:
        """Hand an interaction in, with all that follows from it; the acknowledgement's payload."""
        acknowledged: Acknowledgement = await self.handlers[(done.kind, done.name)](done)
        if acknowledged.follow_up is not None:
            await acknowledged.follow_up
        return acknowledged.payload or {}

    async def open(self, text: str = "", person: str = ADA, channel: str = CHANNEL) -> str:
        """Open the window by the command; its id."""
        await self.do(Interaction(Kind.COMMAND, COMMAND, "T1", person, channel, trigger="t", value=text))
        return list(self.api.shown)[-1]

    async def open_thread(self, person: str = ADA) -> str:
        """Open the window of a thread's settings by the message shortcut."""
        await self.do(Interaction(Kind.SHORTCUT, "thread_settings", "T1", person, CHANNEL, THREAD_TS, trigger="t"))
        return list(self.api.shown)[-1]

    async def click(self, view_id: str, action: str, value: str = "", person: str = ADA, **typed: str) -> None:
        """Click in a window in which `typed` stands, by setting."""
        view = filled(self.api.shown[view_id], view_id, **typed)
        await self.do(Interaction(Kind.CLICK, action, "T1", person, trigger="t", value=value, view=view))

    async def submit(self, view_id: str, person: str = ADA, **typed: str) -> Json:
        """Submit a window in which `typed` stands, by setting."""
        return await self.submit_view(filled(self.api.shown[view_id], view_id, **typed), person)

    async def submit_view(self, view: View, person: str = ADA) -> Json:
        """Submit a window as it is."""
        return await self.do(Interaction(Kind.SUBMISSION, "settings", "T1", person, view=view))

    async def stored(self, scope: str, place: str) -> Mapping[str, str]:
        """What is kept for a place."""
        return (await self.store.people.preferences("T1", [(scope, place)])).get((scope, place), {})


@asynccontextmanager
async def open_rig(folder: Path, *channel_people: str) -> AsyncIterator[Rig]:
    """A rig over a store in `folder`."""
    store = await Store.open(f"sqlite+aiosqlite:///{folder}/bot.db", ScriptedApi().figures)
    try:
        yield Rig(store, channel_people)
    finally:
        await store.close()


def filled(view: Json, view_id: str = "V1", **typed: str) -> View:
    """A window as Slack hands it over: what it was drawn with, and what was `typed` into fields, by setting."""
    values = {}
    for name, block in fields(view).items():
        element = part(block, "element")
        initial = part(element, "initial_option").get("value") or element.get("initial_value") or ""
        values[str(block["block_id"])] = typed.get(name, str(initial))
    assert typed.keys() <= fields(view).keys()
    return View(view_id, "h", str(view["callback_id"]), str(view.get("private_metadata", "")), values)


def fields(view: Json) -> dict[str, Json]:
    """The fields of a drawn form, by setting."""
    inputs = [block for block in parts(view, "blocks") if block["type"] == "input"]
    return {str(block["block_id"]).partition(":")[0]: block for block in inputs}


def shown_value(view: Json, name: str) -> str:
    """What a field of a drawn form holds."""
    element = part(fields(view)[name], "element")
    return str(part(element, "initial_option").get("value") or element.get("initial_value") or "")


def said(view: Json) -> str:
    """All words of a view's sections and lines."""
    words = []
    for block in parts(view, "blocks"):
        texts = [part(block, "text"), *(parts(block, "elements") if block["type"] == "context" else [])]
        words += [str(each["text"]) for each in texts if "text" in each]
    return "\n".join(words)


def scope_of(view: Mapping[str, object]) -> str:
    """The scope that a form is for."""
    return shown_value(view, "scope")


def scopes_of(view: Mapping[str, object]) -> list[str]:
    """The scopes that a form offers."""
    return [str(option["value"]) for option in parts(part(fields(view)["scope"], "element"), "options")]


def callback(answer: Mapping[str, object]) -> object:
    """The callback id of the view in an answer or in arguments."""
    return part(answer, "view").get("callback_id")


async def failing(*_: object) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """A method of a store that does not work."""
    raise StoreUnavailable("no disk")
