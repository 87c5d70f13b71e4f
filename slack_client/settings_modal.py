"""The window with settings: drawn from the list of settings alone, and read back from what people filled in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from message_processor.preferences import Field, Sheet
from message_processor.settings import BY_NAME, Choice, Number, Scope, Text
from message_processor.wording import Wording
from slack_client.event_handlers.interaction import View
from slack_client.form_state import FormState, Trace, decode, digest
from slack_client.formatting.blocks import (
    LONGEST_VALUE,
    MOST_OPTIONS,
    Block,
    actions,
    button,
    clipped,
    confirmation,
    context,
    context_markup,
    divider,
    input_field,
    number_input,
    option,
    select,
    text_input,
)
from slack_client.views import modal

CALLBACK = "settings"
INHERITED = "inherited"
"""The value of a choice's first option."""
SCOPE_BLOCK = "scope"
SCOPE_ACTION = "settings_scope"
SHOW_ACTION = "show_remembered"
FORGET_ACTION = "forget_thread"
EXPORT_ACTION = "export_own_data"
DELETE_ACTION = "delete_own_data"
_LONGEST_QUOTE = 100


def redraw_action(name: str) -> str:
    """The action id of a setting that others depend on."""
    return f"settings_{name}"


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as a person filled it in: texts and block ids by setting. An empty text is what is inherited."""

    state: FormState
    typed: Mapping[str, str]
    block_ids: Mapping[str, str]

    def changes(self) -> Mapping[str, str]:
        """What differs from what was kept when the window was opened: nobody's later change is undone by the rest."""
        opened = {name: trace.opened for name, trace in self.state.traces.items()}
        return {name: text for name, text in self.typed.items() if name in opened and digest(text) != opened[name]}

    def with_aside(self) -> Mapping[str, str]:
        """What was typed, also into fields that are gone or did not take it with the model that is chosen."""
        names = {**self.typed, **self.state.aside}
        return {name: self.typed.get(name) or self.state.aside.get(name, "") for name in names}


def read(view: View) -> Filled:
    """What stands in the window; Outdated for one of another version."""
    state = decode(view.metadata)
    typed: dict[str, str] = {}
    block_ids: dict[str, str] = {}
    for block_id, value in view.values.items():
        name, colon, _ = block_id.partition(":")
        if colon and name in BY_NAME:
            typed[name], block_ids[name] = value_of(name, value), block_id
    return Filled(state, typed, block_ids)


def value_of(name: str, value: str) -> str:
    """A setting's text from what its field holds."""
    inherits = isinstance(BY_NAME[name].form, Choice) and value == INHERITED
    return "" if inherits else _tidy(value)


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the fields: the scopes a person may choose, and a line of ready markup."""

    scopes: tuple[Scope, ...]
    line: str = ""


def draw(sheet: Sheet, say: Wording, frame: Frame, revision: int = 0, before: Filled | None = None) -> Block:
    """The window of a sheet. `before` is what it held until now, and `revision` one that it never had.

    A field that offers something else than before gets ids of the revision, so that no client keeps its old choice.
    """
    state = _state(sheet, say, revision, before)
    blocks = [_scope_field(sheet.scope, frame, say)]
    if frame.line:
        blocks.append(context_markup(frame.line))
    for field in sheet.fields:
        blocks += _field(field, state.traces[field.setting.name].revision, say)
    if sheet.scope is Scope.THREAD:
        blocks += [divider(), _memory_row(say)]
    if sheet.scope is Scope.USER:
        blocks += [divider(), own_data_row(say)]
    title, close, save = say("settings.title"), say("settings.cancel"), say("settings.save")
    return modal(CALLBACK, title, close, blocks, submit=save, metadata=state.encode())


def _state(sheet: Sheet, say: Wording, revision: int, before: Filled | None) -> FormState:
    traces = dict(before.state.traces) if before else {}
    was_shown = before.typed if before else {}
    for field in sheet.fields:
        name = field.setting.name
        traces[name] = _trace(field, revision, traces.get(name), name in was_shown)
    shown = {field.setting.name for field in sheet.fields}
    aside = {name: text for name, text in before.with_aside().items() if name not in shown} if before else {}
    aside |= {field.setting.name: field.stale for field in sheet.fields if field.stale}
    place = sheet.place
    return FormState(
        sheet.scope, place.channel, place.thread_ts, say.language, revision, sheet.inherited_model, traces, aside
    )


def _trace(field: Field, revision: int, earlier: Trace | None, was_shown: bool) -> Trace:
    shape = digest(repr((field.options, field.inherited, field.origin)))
    if earlier is None:
        return Trace(revision, shape, digest(_tidy(field.stale or field.own)))
    stays = was_shown and earlier.shape == shape
    return Trace(earlier.revision if stays else revision, shape, earlier.opened)


def _scope_field(scope: Scope, frame: Frame, say: Wording) -> Block:
    options = [option(each.value, say(f"settings.scopes.{each.value}")) for each in frame.scopes]
    element = select(SCOPE_ACTION, options, scope.value)
    return input_field(SCOPE_BLOCK, say("settings.scope"), element, dispatches=True, optional=False)


def _field(field: Field, revision: int, say: Wording) -> Iterator[Block]:
    name = field.setting.name
    block_id = f"{name}:{revision}"
    action_id = redraw_action(name) if field.setting.redraws else block_id
    element = _element(field, action_id, say)
    label, hint = say(f"settings.{name}.label"), _hint(field, say)
    yield input_field(block_id, label, element, hint=hint, dispatches=field.setting.redraws)
    if field.stale:
        value = clipped(field.stale, _LONGEST_QUOTE)
        yield context(say("settings.stale", value=value, used=inherited_text(field, say)))


def _element(field: Field, action_id: str, say: Wording) -> Block:
    inherited = say("settings.inherited", value=inherited_text(field, say))
    match field.setting.form:
        case Choice():
            return select(action_id, _options(field, inherited, say), field.own or INHERITED)
        case Number(lowest, highest):
            return number_input(action_id, "" if field.stale else field.own, lowest, highest, inherited)
        case Text(longest):
            return text_input(action_id, field.own, longest, inherited)


def _options(field: Field, inherited: str, say: Wording) -> list[Block]:
    name = field.setting.name
    fit = [value for value in field.options if len(value) <= LONGEST_VALUE][: MOST_OPTIONS - 1]
    return [option(INHERITED, inherited), *(option(value, say.option(name, value)) for value in fit)]


def _hint(field: Field, say: Wording) -> str:
    name = field.setting.name
    origin = say(f"settings.from_{field.origin.value if field.origin else 'environment'}")
    inherits = say("settings.inherits_text", origin=origin, value=inherited_text(field, say))
    clear = [] if isinstance(field.setting.form, Choice) else [say("settings.clear_hint")]
    return " ".join([say(f"settings.{name}.help"), *clear, inherits])


def inherited_text(field: Field, say: Wording) -> str:
    """What is inherited, as people read it, on one short line."""
    words = say.option(field.setting.name, field.inherited) if field.inherited else say("settings.nothing")
    return clipped(" ".join(words.split()), _LONGEST_QUOTE)


def _memory_row(say: Wording) -> Block:
    sure = confirmation(say("memory.forget"), say("memory.forget_sure"), say("memory.forget"), say("settings.cancel"))
    forget = button(FORGET_ACTION, say("memory.forget"), style="danger", confirm=sure)
    return actions(button(SHOW_ACTION, say("memory.show")), forget)


def own_data_row(say: Wording) -> Block:
    """The buttons for a person's own data."""
    yes = say("own_data.delete_yes")
    sure = confirmation(say("own_data.delete"), say("own_data.delete_sure"), yes, say("settings.cancel"))
    delete = button(DELETE_ACTION, say("own_data.delete"), style="danger", confirm=sure)
    return actions(button(EXPORT_ACTION, say("own_data.export")), delete)
