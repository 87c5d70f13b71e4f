"""What people can set: one list that storage, precedence, the form, its checks and the table in the docs are made from.

Values are kept as text; an empty one means that nothing is set. Labels and help stand in `languages/` under the
setting's name.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from message_processor.wording import Wording
from openai_client.families import efforts, takes_sampling, verbosities

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Scope(Enum):
    """Whom a setting holds for; the later ones win."""

    CHANNEL = "channel"
    USER = "user"
    THREAD = "thread"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a setting's options depend on: the models on offer, the one that is chosen, and the tools there are."""

    models: tuple[str, ...]
    model: str
    tools: frozenset[str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of `options`."""

    options: Callable[[Surroundings], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Number:
    """A number within both limits."""

    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class Text:
    """Any words, `longest` characters at most."""

    longest: int


@dataclass(frozen=True, slots=True)
class Setting(Generic[T_co]):
    """One thing that people can set. `default` is the text that counts where nobody has set anything."""

    name: str
    form: Choice | Number | Text
    read: Callable[[str], T_co]
    default: str = ""
    applies: Callable[[Surroundings], bool] = lambda _: True
    redraws: bool = False
    """Whether other settings depend on this one."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value does not do: a key of `settings.problems`, with its values."""

    key: str
    values: Mapping[str, str | int]

    def line(self, say: Wording) -> str:
        """The problem as people read it."""
        return say(f"settings.problems.{self.key}", **self.values)


def _one_of(*options: str) -> Choice:
    return Choice(lambda _: options)


def _optional(text: str) -> str | None:
    return text or None


def _number(text: str) -> float | None:
    return float(text) if text else None


def _draws(around: Surroundings) -> bool:
    return "generate_image" in around.tools


LANGUAGES = (
    "Čeština", "Dansk", "Deutsch", "English", "Español", "Français", "Italiano", "Nederlands", "Norsk", "Polski",
    "Português", "Suomi", "Svenska", "Türkçe", "Українська", "العربية", "हिन्दी", "中文", "日本語", "한국어",
)  # fmt: skip
LONGEST_INSTRUCTIONS = 3_000

MODEL = Setting("model", Choice(lambda around: around.models), str, redraws=True)
EFFORT = Setting(
    "effort",
    Choice(lambda around: efforts(around.model)),
    _optional,
    applies=lambda around: bool(efforts(around.model)),
)
VERBOSITY = Setting(
    "verbosity",
    Choice(lambda around: verbosities(around.model)),
    _optional,
    applies=lambda around: bool(verbosities(around.model)),
)
TEMPERATURE = Setting("temperature", Number(0, 2), _number, applies=lambda around: takes_sampling(around.model))
TOP_P = Setting("top_p", Number(0, 1), _number, applies=lambda around: takes_sampling(around.model))
INSTRUCTIONS = Setting("instructions", Text(LONGEST_INSTRUCTIONS), str)
STREAMING = Setting("streaming", _one_of("on", "off"), lambda text: text == "on", "on")
LANGUAGE = Setting("language", _one_of("auto", *LANGUAGES), str, "auto")
IMAGE_SIZE = Setting("image_size", _one_of("auto", "1024x1024", "1536x1024", "1024x1536"), str, "auto", _draws)
IMAGE_QUALITY = Setting("image_quality", _one_of("auto", "low", "medium", "high"), str, "auto", _draws)
IMAGE_BACKGROUND = Setting("image_background", _one_of("auto", "opaque", "transparent"), str, "auto", _draws)
IMAGE_FIDELITY = Setting("image_fidelity", _one_of("auto", "low", "high"), str, "auto", _draws)
VISION_DETAIL = Setting("vision_detail", _one_of("auto", "low", "high"), str, "auto")

SETTINGS: tuple[Setting[object], ...] = (
    MODEL, EFFORT, VERBOSITY, TEMPERATURE, TOP_P, INSTRUCTIONS, STREAMING, LANGUAGE,
    IMAGE_SIZE, IMAGE_QUALITY, IMAGE_BACKGROUND, IMAGE_FIDELITY, VISION_DETAIL,
)  # fmt: skip
"""In the order of the form."""
BY_NAME: Mapping[str, Setting[object]] = {setting.name: setting for setting in SETTINGS}


def problem_of(setting: Setting[object], text: str, around: Surroundings) -> Problem | None:
    """Why `text` cannot be a value of the setting here; None where it can. An empty one is always right."""
    match setting.form:
        case _ if not text:
            return None
        case Choice(options):
            return None if text in options(around) else Problem("option", {})
        case Number(lowest, highest):
            return _number_problem(text, lowest, highest)
        case Text(longest):
            return Problem("long", {"longest": longest, "length": len(text)}) if len(text) > longest else None


def _number_problem(text: str, lowest: float, highest: float) -> Problem | None:
    try:
        number = float(text)
    except ValueError:
        return Problem("number", {})
    if not math.isfinite(number):
        return Problem("number", {})
    within = lowest <= number <= highest
    return None if within else Problem("range", {"lowest": f"{lowest:g}", "highest": f"{highest:g}"})


@dataclass(frozen=True, slots=True)
class Stale:
    """A stored value that does not do any more, and whose it is."""

    setting: str
    scope: Scope
    value: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What holds for one turn, all scopes taken together: `chosen[EFFORT]`. `origins` lacks what nobody has set."""

    texts: Mapping[str, str]
    origins: Mapping[str, Scope]
    stale: tuple[Stale, ...]

    def __getitem__(self, setting: Setting[T]) -> T:
        return setting.read(self.texts[setting.name])


Stored = Mapping[Scope, Mapping[str, str]]
"""What is kept, by scope and name."""


def resolve(stored: Stored, models: tuple[str, ...], tools: frozenset[str]) -> Chosen:
    """What holds: of each setting the last scope's valid value. The first of `models` is the bot's own."""
    around = Surroundings(models, models[0], tools)
    texts: dict[str, str] = {}
    origins: dict[str, Scope] = {}
    stale: list[Stale] = []
    for setting in SETTINGS:
        default = models[0] if setting is MODEL else setting.default
        texts[setting.name] = default
        if not setting.applies(around):
            continue
        for scope in reversed(Scope):
            text = stored.get(scope, {}).get(setting.name, "")
            if problem_of(setting, text, around):
                stale.append(Stale(setting.name, scope, text))
            elif text:
                texts[setting.name], origins[setting.name] = text, scope
                break
        if setting is MODEL:
            around = Surroundings(models, texts[setting.name], tools)
    return Chosen(texts, origins, tuple(stale))
