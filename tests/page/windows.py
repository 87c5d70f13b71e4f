"""Windows and messages of an app, with everything in them that the page draws."""

from collections.abc import Sequence

from playground.slack.wire import Json, JsonObject

ADA = "U0ADA00001"


def plain(text: str) -> JsonObject:
    return {"type": "plain_text", "text": text}


def option(text: str, value: str, description: str = "") -> JsonObject:
    found: JsonObject = {"text": plain(text), "value": value}
    return found | ({"description": plain(description)} if description else {})


def field(
    block_id: str, label: str, element: JsonObject, *, action_id: str = "", hint: str = "", optional: bool = True
) -> JsonObject:
    """An input block; its action id is its block id unless another one is given."""
    found: JsonObject = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {**element, "action_id": action_id or block_id},
        "optional": optional,
    }
    return found | ({"hint": plain(hint)} if hint else {})


def button(text: str, action_id: str, value: str = "", **more: Json) -> JsonObject:
    return {
        "type": "button",
        "text": plain(text),
        "action_id": action_id,
        **({"value": value} if value else {}),
        **more,
    }


def window(blocks: Sequence[JsonObject], title: str = "Settings", **more: Json) -> JsonObject:
    return {
        "type": "modal",
        "title": plain(title),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "callback_id": "settings",
        "blocks": list(blocks),
        **more,
    }


MODEL: JsonObject = {
    "type": "static_select",
    "placeholder": plain("Choose a model"),
    "option_groups": [
        {"label": plain("Fast"), "options": [option("Small", "small"), option("Tiny", "tiny")]},
        {"label": plain("Thorough"), "options": [option("Large", "large")]},
    ],
    "initial_option": option("Small", "small"),
}
STREAMING: JsonObject = {
    "type": "radio_buttons",
    "options": [option("On", "on", "Words appear as they are written"), option("Off", "off")],
    "initial_option": option("On", "on", "Words appear as they are written"),
}
TOOLS: JsonObject = {"type": "checkboxes", "options": [option("Web search", "web"), option("Pictures", "pictures")]}
INSTRUCTIONS: JsonObject = {
    "type": "plain_text_input",
    "multiline": True,
    "max_length": 100,
    "placeholder": plain("Be brief."),
}
TEMPERATURE: JsonObject = {"type": "number_input", "is_decimal_allowed": True, "min_value": "0", "max_value": "2"}
FORGET = button(
    "Forget this thread",
    "forget_thread",
    style="danger",
    confirm={
        "title": plain("Forget it?"),
        "text": plain("It is gone for good."),
        "confirm": plain("Forget"),
        "deny": plain("Keep"),
    },
)


def settings(model_action: str = "model") -> JsonObject:
    """A window with every kind of field."""
    scope: JsonObject = {
        "type": "static_select",
        "action_id": "settings_scope",
        "placeholder": plain("Scope"),
        "options": [option("Me", "user"), option("This thread", "thread")],
        "initial_option": option("Me", "user"),
    }
    return window(
        [
            {
                "type": "section",
                "block_id": "scope",
                "text": {"type": "mrkdwn", "text": "These settings are for *you*."},
                "accessory": scope,
            },
            {"type": "divider"},
            field("model", "Model", MODEL, action_id=model_action, hint="Another one is used from the next turn on."),
            field("instructions", "Custom instructions", INSTRUCTIONS),
            field("temperature", "Temperature", TEMPERATURE, hint="0 to 2"),
            field("streaming", "Streaming", STREAMING),
            field("tools", "Tools", TOOLS),
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "Inherited from the _channel_"}]},
            {"type": "actions", "block_id": "more", "elements": [button("What is kept?", "show_remembered"), FORGET]},
        ]
    )  # fmt: skip


FEEDBACK: JsonObject = {
    "type": "context_actions",
    "block_id": "votes",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "feedback",
            "positive_button": {"text": plain("Good answer"), "value": "up:1"},
            "negative_button": {"text": plain("Bad answer"), "value": "down:1"},
        }
    ],
}
