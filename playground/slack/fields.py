"""Elements of blocks that people press or fill in, and what the latter hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from playground.slack.interactive_records import FieldId
from playground.slack.json_parts import objects, part, parts, word
from playground.slack.wire import Json, JsonObject, SlackError

TYPED = {"plain_text_input", "number_input"}
CHOSEN_ONE = {"static_select", "radio_buttons"}
FIELDS = TYPED | CHOSEN_ONE | {"checkboxes"}


@dataclass(frozen=True, slots=True)
class Element:
    """An element and the block it is in."""

    block: JsonObject
    given: JsonObject

    @property
    def id(self) -> FieldId:
        return word(self.block, "block_id"), word(self.given, "action_id")

    @property
    def kind(self) -> str:
        return word(self.given, "type")

    @property
    def tells(self) -> bool:
        """Whether using it is told to the app at once."""
        return self.block.get("type") != "input" or self.block.get("dispatch_action") is True


def elements_of(blocks: Json) -> Iterator[Element]:
    """Everything in some blocks that has an action id."""
    for block in objects(blocks):
        inside = [*parts(block, "elements"), part(block, "accessory"), part(block, "element")]
        yield from (Element(block, given) for given in inside if word(given, "action_id"))


def fields_of(blocks: Json) -> Iterator[Element]:
    """Those that hold something."""
    return (element for element in elements_of(blocks) if element.kind in FIELDS)


def find(blocks: Json, name: str) -> Element:
    """The first element with this action id, or else in the block with this id."""
    return _matching(blocks, name)[0]


def find_field(blocks: Json, name: str) -> Element:
    """The one field with this action id, or else in the block with this id."""
    found = [element for element in _matching(blocks, name) if element.kind in FIELDS]
    if len(found) != 1:
        raise SlackError("ambiguous_field" if found else "not_a_field")
    return found[0]


def _matching(blocks: Json, name: str) -> list[Element]:
    every = list(elements_of(blocks))
    for place in (1, 0):
        if found := [element for element in every if element.id[place] == name]:
            return found
    raise SlackError("action_not_found")


def held_by(blocks: Json, before: Mapping[FieldId, JsonObject]) -> dict[FieldId, JsonObject]:
    """What each field holds: what it held `before`, or what it begins with where it was not there or cannot hold it."""
    found: dict[FieldId, JsonObject] = {}
    for field in fields_of(blocks):
        kept = before.get(field.id)
        found[field.id] = kept if kept is not None and _may_hold(field, kept) else initial(field.given)
    return found


def _may_hold(field: Element, held: JsonObject) -> bool:
    if held.get("type") != field.kind:
        return False
    offered = {word(option, "value") for option in options_of(field.given)}
    return field.kind in TYPED or all(value in offered for value in values_of(held))


def initial(element: JsonObject) -> JsonObject:
    """What a field holds before anybody touches it."""
    kind = word(element, "type")
    if kind in TYPED:
        return {"type": kind, "value": word(element, "initial_value") or None}
    if kind in CHOSEN_ONE:
        return {"type": kind, "selected_option": part(element, "initial_option") or None}
    return {"type": kind, "selected_options": parts(element, "initial_options")}


def filled(element: JsonObject, value: Json, *, check: bool) -> JsonObject:
    """What a field holds with a text, the value of an option, or several; None or "" empties it.

    `check` refuses values that are not on offer (`invalid_option`), as every honest client does.
    """
    kind = word(element, "type")
    if kind in TYPED:
        return {"type": kind, "value": str(value) if value not in (None, "") else None}
    wanted = value if isinstance(value, list | tuple) else [value] if value not in (None, "") else []
    chosen: Sequence[JsonObject] = [_option(element, str(one), check=check) for one in wanted]
    if kind == "checkboxes":
        return {"type": kind, "selected_options": chosen}
    return {"type": kind, "selected_option": chosen[0] if chosen else None}


def _option(element: JsonObject, value: str, *, check: bool) -> JsonObject:
    for option in options_of(element):
        if word(option, "value") == value:
            return option
    if check:
        raise SlackError("invalid_option")
    return {"text": {"type": "plain_text", "text": value, "emoji": True}, "value": value}


def options_of(element: JsonObject) -> Iterable[JsonObject]:
    """All options of an element, those of its groups too."""
    grouped = [option for group in parts(element, "option_groups") for option in parts(group, "options")]
    return [*parts(element, "options"), *grouped]


def values_of(held: JsonObject) -> list[str]:
    """The values a field holds: its text, or those of its options; none for an empty one."""
    one = word(held, "value") or word(part(held, "selected_option"), "value")
    return [one] if one else [word(option, "value") for option in parts(held, "selected_options")]
