"""The panel of faults: its HTML, its present values, and what a visitor changes."""

import html
from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING

from playground.model.knobs import Knobs, read_settings
from playground.page.icons import icon
from playground.page.knobs import APP, BREAKAGE, EVENTS, METHODS, PACE, RULES, SLACK, Knob
from playground.slack.faults import Faults, FaultsError, Rule
from playground.slack.wire import Json, JsonObject, SlackError

if TYPE_CHECKING:
    from playground.server import Playground


class Panel:
    """Reads and changes the knobs of a playground. Every refusal is a SlackError with a line for people."""

    def __init__(self, playground: "Playground") -> None:
        self._playground = playground
        self._offline = not playground.options.real_model_url

    # -- looking -----------------------------------------------------------------------------------------------------

    def form(self) -> str:
        """The whole panel without its values."""
        model = f"{_group('Pace of the model', PACE)}{_group('The model fails', BREAKAGE)}" if self._offline else ""
        acts = "".join(_button("act", name, label) for name, label in EVENTS.items())
        return (
            f'<div class="acts"><button type="button" class="reset" data-do="reset">Reset everything</button></div>'
            f"<fieldset><legend>Calls of the Web API</legend>{_rule_form()}"
            f'<ul id="rules" class="rules" aria-label="Faults of calls"></ul></fieldset>'
            f"{_group('Events, sockets and streams', SLACK)}{_group('The app', APP)}"
            f'<fieldset><legend>Right now</legend><div class="acts">{acts}</div></fieldset>{model}'
        )

    def values(self) -> JsonObject:
        """The value of every knob by name."""
        slack, model = self._playground.faults, self._playground.model.knobs
        found: JsonObject = {knob.name: getattr(slack, knob.name.removeprefix("slack.")) for knob in SLACK}
        found["app.is_agent"] = self._playground.workspace.is_agent
        if self._offline:
            found |= {knob.name: getattr(model, knob.name.removeprefix("model.")) for knob in (*PACE, *BREAKAGE)}
        return found

    def rules(self) -> str:
        """The faults of calls that are still to come."""
        return "".join(_rule(rule) for rule in self._playground.faults.rules)

    def touched(self) -> bool:
        """Whether anything is not as it is at first."""
        fresh = Faults(enforce_tiers=self._playground.options.enforce_tiers)
        knobs, calm = self._playground.model.knobs, Knobs()
        calm.set(**self._playground.options.pace)
        faulty = self._playground.faults != fresh or not self._playground.workspace.is_agent
        return faulty or knobs != calm or bool(knobs.waiting)

    # -- changing ----------------------------------------------------------------------------------------------------

    def turn(self, name: str, value: Json) -> None:
        """Set one knob."""
        side, _, knob = name.partition(".")
        try:
            if name == "app.is_agent":
                self._playground.workspace.is_agent = value is True
            elif side == "slack":
                self._playground.faults.apply({knob: value})
            else:
                self._playground.model.knobs.set(**read_settings({knob: value}))
        except (FaultsError, ValueError) as problem:
            raise SlackError(str(problem)) from None

    def add_rule(self, given: JsonObject) -> None:
        """Add a fault of calls; `given` are the parts of `Rule`."""
        parts = {part.name for part in fields(Rule)} - {"seen"}
        try:
            self._playground.faults.apply({"rules": [{key: value for key, value in given.items() if key in parts}]})
        except FaultsError as problem:
            raise SlackError(str(problem)) from None

    def drop_rule(self, key: str) -> None:
        """Take a fault of calls back."""
        faults = self._playground.faults
        faults.rules = [rule for rule in faults.rules if _key(rule) != key]

    def act(self, name: str) -> None:
        """Let one of `EVENTS` happen."""
        sockets = self._playground.sockets
        match name:
            case "cut":
                sockets.cut()
            case "disconnect":
                sockets.disconnect()
            case "freeze":
                sockets.freeze()
            case "expire":
                self._playground.workspace.streams.expire_all()
            case _:
                raise SlackError("unknown_action")

    def reset(self) -> None:
        """Everything works again."""
        self._playground.faults.reset()
        self._playground.faults.enforce_tiers = self._playground.options.enforce_tiers
        self._playground.workspace.is_agent = True
        self._playground.model.knobs.reset()
        self._playground.model.knobs.set(**self._playground.options.pace)


def _key(rule: Rule) -> str:
    return f"{id(rule):x}"


def _group(legend: str, knobs: Iterable[Knob]) -> str:
    return f"<fieldset><legend>{legend}</legend>{''.join(_knob(knob) for knob in knobs)}</fieldset>"


def _knob(knob: Knob) -> str:
    note = f"<small>{html.escape(knob.note)}</small>" if knob.note else ""
    label = f"<span>{html.escape(knob.label)}{note}</span>"
    if knob.kind == "switch":
        return f'<label class="knob">{label}<input type="checkbox" role="switch" data-knob="{knob.name}"></label>'
    step = "any" if knob.kind == "seconds" else "1"
    unit = '<abbr title="seconds">s</abbr>' if knob.kind == "seconds" else ""
    empty = ' placeholder="off"' if knob.kind == "optional" else ""
    field = f'<input type="number" min="0" step="{step}" inputmode="decimal" data-knob="{knob.name}"{empty}>'
    return f'<label class="knob">{label}<span class="number">{field}{unit}</span></label>'


def _button(do: str, name: str, label: str) -> str:
    return f'<button type="button" data-do="{do}" data-name="{name}">{html.escape(label)}</button>'


def _rule_form() -> str:
    kinds = "".join(f'<option value="{kind}">{html.escape(label)}</option>' for kind, label in RULES.items())
    methods = "".join(f'<option value="{method}">{method}</option>' for method in METHODS)
    return (
        '<form id="rule" data-kind="rate_limited">'
        f'<label class="knob"><span>What happens</span><select name="kind">{kinds}</select></label>'
        f'<label class="knob"><span>To calls of</span><select name="method"><option value="*">every method</option>'
        f"{methods}</select></label>"
        f"{_part('times', 'How many calls', '1', 'rule-any', 'empty: all of them')}"
        f"{_part('every', 'Only each n-th call', '1', 'rule-any')}"
        f"{_part('retry_after', 'Retry-After in seconds', '3', 'rule-rate_limited')}"
        f"{_part('status', 'Status', '503', 'rule-server_error')}"
        f"{_part('seconds', 'By how many seconds', '2', 'rule-slow')}"
        '<label class="knob rule-error"><span>Code</span><input name="code" value="internal_error"></label>'
        '<button type="submit">Add this fault</button></form>'
    )


def _part(name: str, label: str, value: str, shown: str, note: str = "") -> str:
    small = f"<small>{note}</small>" if note else ""
    step = ' step="any"' if name == "seconds" else ""
    field = f'<input type="number" name="{name}" value="{value}" min="0"{step}>'
    return f'<label class="knob {shown}"><span>{label}{small}</span>{field}</label>'


def _rule(rule: Rule) -> str:
    what = RULES[rule.kind]
    where = "every method" if rule.method == "*" else rule.method
    often = "always" if rule.times is None else f"next {rule.times}"
    each = f", each {rule.every}th call" if rule.every > 1 else ""
    label = html.escape(f"{what} · {where} · {often}{each}")
    remove = f'<button type="button" data-do="unrule" data-name="{_key(rule)}" aria-label="Remove: {label}">'
    return f"<li><span>{label}</span>{remove}{icon('close')}</button></li>"
