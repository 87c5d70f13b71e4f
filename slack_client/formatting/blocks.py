"""Block Kit's JSON, as far as it is used: texts are cut to Slack's limits, words of people never become markup."""

from collections.abc import Mapping, Sequence

from message_processor.wording import Wording

Block = Mapping[str, object]
"""A block, an element of one, or a text object."""

LONGEST_SECTION = 3_000
"""Characters in one section."""
_LONGEST_HEADER = 150
_LONGEST_CONTEXT = 2_000
_LONGEST_HINT = 2_000
LONGEST_LABEL = 75
"""Characters of a button, of an option, and of what feedback buttons say."""
LONGEST_VALUE = 150
"""Characters of an option's value."""
MOST_OPTIONS = 100
_LONGEST_PLACEHOLDER = 150
_LONGEST_CONFIRMATION = 300


def clipped(text: str, longest: int) -> str:
    """`text`, cut with an ellipsis where it has more than `longest` characters."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def escaped(text: str) -> str:
    """Words of people as Slack's markup: shown as they are, whatever they contain."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def date(ts: float, fallback: str = "?") -> str:
    """A moment in Unix seconds as markup: Slack shows it in the reader's own time zone and language."""
    return f"<!date^{int(ts)}^{{date_short_pretty}} {{time}}|{fallback}>"


def plain(text: str, longest: int = LONGEST_SECTION) -> Block:
    """Words without markup."""
    return {"type": "plain_text", "text": clipped(text, longest)}


def mrkdwn(markup: str) -> Block:
    """Ready markup, in which the words of people are `escaped`."""
    return {"type": "mrkdwn", "text": markup}


def section(text: Block, accessory: Block | None = None) -> Block:
    """A paragraph, with an element at its side where one is given."""
    return {"type": "section", "text": text} | ({"accessory": accessory} if accessory else {})


def sections(text: str) -> list[Block]:
    """Words of any length as paragraphs."""
    return [section(plain(text[at : at + LONGEST_SECTION])) for at in range(0, len(text), LONGEST_SECTION)]


def context(text: str) -> Block:
    """A small grey line of plain words."""
    return {"type": "context", "elements": [plain(text, _LONGEST_CONTEXT)]}


def context_markup(markup: str) -> Block:
    """A small grey line of ready markup."""
    return {"type": "context", "elements": [mrkdwn(markup)]}


def divider() -> Block:
    """A thin line."""
    return {"type": "divider"}


def header(text: str) -> Block:
    """A heading."""
    return {"type": "header", "text": plain(text, _LONGEST_HEADER)}


def actions(*elements: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(elements)}


def button(
    action_id: str, text: str, value: str = "", *, style: str | None = None, confirm: Block | None = None
) -> Block:
    """A button; `style` is "primary" or "danger"."""
    element: dict[str, object] = {"type": "button", "action_id": action_id, "text": plain(text, LONGEST_LABEL)}
    given = {"value": value or None, "style": style, "confirm": confirm}
    return element | {name: what for name, what in given.items() if what is not None}


def confirmation(title: str, text: str, yes: str, no: str) -> Block:
    """What a person is asked before a button that cannot be undone acts."""
    return {
        "title": plain(title, 100),
        "text": plain(text, _LONGEST_CONFIRMATION),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
        "style": "danger",
    }


def option(value: str, label: str) -> Block:
    """One option of a select."""
    return {"text": plain(label, LONGEST_LABEL), "value": value}


def select(action_id: str, options: Sequence[Block], chosen: str) -> Block:
    """A menu of options; the one with the value `chosen` is shown at first."""
    initial = [each for each in options if each["value"] == chosen]
    element: dict[str, object] = {"type": "static_select", "action_id": action_id, "options": list(options)}
    return element | ({"initial_option": initial[0]} if initial else {})


def number_input(action_id: str, typed: str, lowest: float, highest: float, placeholder: str) -> Block:
    """A field for a number with decimals; `typed` has to be within both limits, or empty."""
    element: dict[str, object] = {
        "type": "number_input",
        "action_id": action_id,
        "is_decimal_allowed": True,
        "min_value": f"{lowest:g}",
        "max_value": f"{highest:g}",
        "placeholder": plain(placeholder, _LONGEST_PLACEHOLDER),
    }
    return element | ({"initial_value": typed} if typed else {})


def text_input(action_id: str, typed: str, longest: int, placeholder: str = "") -> Block:
    """A field for words on several lines."""
    element: dict[str, object] = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": True,
        "max_length": longest,
    }
    if placeholder:
        element["placeholder"] = plain(placeholder, _LONGEST_PLACEHOLDER)
    return element | ({"initial_value": typed[:longest]} if typed else {})


def input_field(
    block_id: str, label: str, element: Block, *, hint: str = "", dispatches: bool = False, optional: bool = True
) -> Block:
    """An element of a form with its label; one that `dispatches` is told at once when it is changed."""
    block: dict[str, object] = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, _LONGEST_HINT),
        "element": element,
        "optional": optional,
    }
    if dispatches:
        block["dispatch_action"] = True
    return block | ({"hint": plain(hint, _LONGEST_HINT)} if hint else {})


def feedback_row(turn_id: str, say: Wording) -> Block:
    """The thumbs under an answer."""
    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "feedback",
                "positive_button": _thumb(say("agent.feedback_good"), f"up:{turn_id}"),
                "negative_button": _thumb(say("agent.feedback_bad"), f"down:{turn_id}"),
            }
        ],
    }


def _thumb(label: str, value: str) -> Block:
    text = plain(label, LONGEST_LABEL)
    return {"text": text, "value": value, "accessibility_label": text["text"]}


def again_button(turn_id: str, say: Wording) -> Block:
    """A row with the button that has a question answered anew."""
    return actions(button("answer_again", say("agent.again"), turn_id))
