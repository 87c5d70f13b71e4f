"""What goes wrong on purpose: rules for Web API calls, and knobs for sockets and deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, get_args

from playground.slack.wire import Json, JsonObject

FaultKind = Literal["rate_limited", "server_error", "error", "drop_before", "drop_after", "slow"]


class FaultsError(ValueError):
    """A knob with an unknown name or an impossible value."""


@dataclass(slots=True)
class Rule:
    """One fault of the Web API.

    It applies to calls of `method` ("*" for every method; "upload" and "download" stand for a file's bytes): to the
    next `times` of them, without a limit if that is None, and with `every` = n to each n-th one only. `kind`:

    - `rate_limited`: 429 with Retry-After `retry_after` (whole seconds)
    - `server_error`: `status` with a page of HTML
    - `error`: 200 with the error code `code`
    - `drop_before`, `drop_after`: the connection is cut before or after the call is carried out
    - `slow`: `seconds` pass before the call is carried out
    """

    kind: FaultKind
    method: str = "*"
    times: int | None = 1
    every: int = 1
    retry_after: int = 1
    status: int = 503
    code: str = "internal_error"
    seconds: float = 1.0
    seen: int = 0

    def applies(self, method: str) -> bool:
        """Whether the rule hits this call; counts it."""
        if self.method not in ("*", method) or self.times == 0:
            return False
        self.seen += 1
        if self.seen % self.every:
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(slots=True)
class Faults:
    """All knobs. Counts say how many of the next ones are hit; times are in seconds."""

    rules: list[Rule] = field(default_factory=list)
    enforce_tiers: bool = False
    """Refuse calls above the published tier of their method."""
    tier_window: float = 60.0
    """Length of the minute in which the tiers count."""
    stream_lifetime: float = 310.0
    """How long streams that start from now on may live."""
    withheld_scopes: str = ""
    """Scopes that the app was not given, separated by commas: `x-oauth-scopes` does not name them."""
    burnt_tickets: int = 0
    """Socket handshakes that are answered with 500 and use up their ticket."""
    half_open: bool = False
    """While true, every open socket goes silent for good: no pong, no delivery, no close."""
    duplicate_deliveries: int = 0
    """Events that are sent twice, the same event id in two envelopes."""
    late_deliveries: int = 0
    """Events that are held back for `late_seconds`."""
    late_seconds: float = 1.0
    ignored_acks: int = 0
    """Acknowledgements that Slack does not hear."""
    disconnects_in_flight: int = 0
    """Events that are sent right behind a `disconnect` frame on the same socket."""
    ack_timeout: float = 3.0
    """How long an acknowledgement is waited for before the event counts as undelivered."""
    trigger_lifetime: float = 3.0
    """How long trigger ids that are given out from now on may be used."""
    retry_pauses: tuple[float, ...] = (0.0, 60.0, 300.0)
    """Pause before each further delivery of an undelivered event."""

    def add(self, kind: FaultKind, method: str = "*", **details: int | float | str | None) -> Rule:
        """Add a rule; `details` are the further fields of `Rule`."""
        return self._add({"kind": kind, "method": method, **details})

    def _add(self, raw: Mapping[str, Json]) -> Rule:
        rule = _rule(raw)
        self.rules.append(rule)
        return rule

    def hits(self, method: str) -> list[Rule]:
        """The rules that hit this call; spent rules are forgotten."""
        if not self.rules:
            return []
        hit = [rule for rule in self.rules if rule.applies(method)]
        self.rules = [rule for rule in self.rules if rule.times != 0]
        return hit

    def take(
        self,
        name: Literal[
            "burnt_tickets", "duplicate_deliveries", "late_deliveries", "ignored_acks", "disconnects_in_flight"
        ],
    ) -> bool:
        """Whether the next one is hit; counts it."""
        left: int = getattr(self, name)
        if left <= 0:
            return False
        setattr(self, name, left - 1)
        return True

    def reset(self) -> None:
        """Everything works again."""
        fresh = Faults()
        for knob in fields(self):
            setattr(self, knob.name, getattr(fresh, knob.name))

    def apply(self, changes: Mapping[str, Json]) -> None:
        """Set knobs from JSON; `rules` are added to those that are there. FaultsError changes nothing."""
        rules = changes.get("rules", [])
        if not isinstance(rules, list):
            raise FaultsError("rules is a list")
        made = [_rule(rule) for rule in rules]
        values = {name: _knob(name, value) for name, value in changes.items() if name != "rules"}
        for name, value in values.items():
            setattr(self, name, value)
        self.rules += made

    def as_json(self) -> JsonObject:
        """All knobs, as `apply` takes them."""
        shown: JsonObject = {knob.name: getattr(self, knob.name) for knob in fields(self)}
        shown["retry_pauses"] = list(self.retry_pauses)
        shown["rules"] = [{part.name: getattr(rule, part.name) for part in fields(rule)} for rule in self.rules]
        return shown


def _knob(name: str, value: Json) -> object:
    fresh = Faults()
    if name not in {knob.name for knob in fields(fresh)}:
        raise FaultsError(f"unknown knob {name}")
    default = getattr(fresh, name)
    if isinstance(default, tuple):
        if not isinstance(value, list) or not all(_is_number(item) for item in value):
            raise FaultsError(f"{name} is a list of numbers of at least 0")
        return tuple(value)
    return _checked(name, value, default)


def _checked(name: str, value: Json, default: object) -> object:
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise FaultsError(f"{name} is true or false")
        return value
    if isinstance(default, str):
        if not isinstance(value, str):
            raise FaultsError(f"{name} is a text")
        return value
    if not _is_number(value) or (isinstance(default, int) and not isinstance(value, int)):
        raise FaultsError(f"{name} is a number of at least 0")
    return value


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _rule(raw: Json) -> Rule:
    if not isinstance(raw, dict) or raw.get("kind") not in get_args(FaultKind):
        raise FaultsError(f"a rule's kind is one of {', '.join(get_args(FaultKind))}")
    rule = Rule(raw["kind"])
    for name, value in raw.items():
        if name not in {part.name for part in fields(Rule)}:
            raise FaultsError(f"unknown part of a rule: {name}")
        if name == "times" and value is None:
            rule.times = None
        else:
            setattr(rule, name, _checked(name, value, getattr(Rule("slow"), name)))
    if rule.every < 1:
        raise FaultsError("every is at least 1")
    return rule
