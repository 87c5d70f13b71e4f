"""What the settings' window keeps of itself, so that it works after a restart as well: written into it, read back."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, ValidationError

from message_processor.preferences import Place
from message_processor.settings import Scope

VERSION = 1
_LONGEST_SET_ASIDE = 40


class Outdated(Exception):
    """A window of another version, or one whose metadata is not ours."""


def digest(text: str) -> str:
    """Eight characters that differ where texts do."""
    return hashlib.blake2s(text.encode(), digest_size=4).hexdigest()


@dataclass(frozen=True, slots=True)
class Trace:
    """One field as it was drawn: its ids carry `revision`; `shape` and `opened` are digests.

    `shape` is of all that is shown but the value; `opened` is of what was kept when the window was opened.
    """

    revision: int
    shape: str
    opened: str


@dataclass(frozen=True, slots=True)
class FormState:
    """What a form was drawn for. `model` is the inherited one. `aside` has what was typed into fields that went."""

    scope: Scope
    channel: str
    thread_ts: str
    language: str
    revision: int
    model: str
    traces: Mapping[str, Trace]
    aside: Mapping[str, str] = field(default_factory=dict)

    def place(self, team: str, person: str) -> Place:
        """Where the form's person stands."""
        return Place(team, person, self.channel, self.thread_ts)

    def encode(self) -> str:
        """As text, for the window's metadata."""
        aside = {name: text for name, text in self.aside.items() if text and len(text) <= _LONGEST_SET_ASIDE}
        return json.dumps(
            {
                "v": VERSION,
                "scope": self.scope.value,
                "channel": self.channel,
                "thread": self.thread_ts,
                "lang": self.language,
                "rev": self.revision,
                "model": self.model,
                "fields": {name: [each.revision, each.shape, each.opened] for name, each in self.traces.items()},
                "aside": aside,
            },
            separators=(",", ":"),
            ensure_ascii=False,
        )


class _Encoded(BaseModel):
    """The text of `FormState.encode`, typed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    v: int
    scope: str
    channel: str
    thread: str
    lang: str
    rev: int
    model: str
    fields: dict[str, tuple[int, str, str]]
    aside: dict[str, str]


def decode(metadata: str) -> FormState:
    """The state of a form from its window's metadata; Outdated."""
    try:
        read = _Encoded.model_validate_json(metadata)
        scope = Scope(read.scope)
    except (ValidationError, ValueError):
        raise Outdated from None
    fits = read.v == VERSION and {Scope.CHANNEL: read.channel, Scope.THREAD: read.thread}.get(scope, "me")
    if not fits:
        raise Outdated
    traces = {name: Trace(*each) for name, each in read.fields.items()}
    return FormState(scope, read.channel, read.thread, read.lang, read.rev, read.model, traces, read.aside)
