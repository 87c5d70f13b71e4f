"""Blocks: what each of them may hold, in a modal and in a message."""

import pytest

from playground.server import Playground
from tests.playground.app_side import ADA, GENERAL, AppSide, field, modal, option, plain, select, text_field
from tests.playground.slack_calls import SlackCalls

DIRECT = "D0ADA00001"
NUMBER = {"type": "number_input", "action_id": "n", "is_decimal_allowed": True}
BUTTON = {"type": "button", "action_id": "go", "text": plain("Go"), "value": "1"}
ASKED = {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No")}
MRKDWN = {"type": "mrkdwn", "text": "*bold*"}
THUMBS = {
    "type": "feedback_buttons",
    "action_id": "feedback",
    "positive_button": {"text": plain("Good"), "value": "up:1"},
    "negative_button": {"text": plain("Bad"), "value": "down:1"},
}


def actions(*elements: object, block_id: str = "row") -> dict[str, object]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def grouped(options: int) -> dict[str, object]:
    group = {"label": plain("Group"), "options": [option(str(number)) for number in range(options)]}
    return {"type": "static_select", "action_id": "s", "option_groups": [group]}


async def test_everything_a_form_may_consist_of_is_taken(app: AppSide) -> None:
    boxes = [option("a"), {**option("b"), "text": MRKDWN, "description": plain("more")}]
    blocks = [
        {"type": "header", "text": plain("Header")},
        {"type": "section", "text": MRKDWN, "accessory": {**BUTTON, "style": "danger", "confirm": ASKED}},
        {"type": "section", "fields": [MRKDWN, plain("field")]},
        {"type": "context", "elements": [MRKDWN, {"type": "image", "image_url": "https://x/y", "alt_text": "y"}]},
        {"type": "divider"},
        actions(BUTTON, select("model", "a", "b", initial_option=option("a"))),
        field("groups", grouped(100), hint=plain("hint"), optional=True, dispatch_action=True),
        field("radio", {"type": "radio_buttons", "options": boxes, "initial_option": boxes[1]}),
        field("checks", {"type": "checkboxes", "options": boxes, "initial_options": boxes}),
        field("number", {**NUMBER, "min_value": "0", "initial_value": "0.5", "max_value": "2"}),
        text_field("text", multiline=True, max_length=3_000, min_length=0, initial_value="x" * 3_000),
    ]
    view = await app.open(blocks=blocks)
    assert view.state["number"]["n"] == {"type": "number_input", "value": "0.5"}
    (checks,) = view.state["checks"].values()
    assert checks == {"type": "checkboxes", "selected_options": boxes}


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"type": "song"}, "unsupported type: song [json-pointer:/view/blocks/0/type]"),
        ({"type": "markdown", "text": "x"}, "unsupported type: markdown"),
        ({"type": "context_actions", "elements": [THUMBS]}, "unsupported type: context_actions"),
        ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters"),
        ({"type": "header", "text": MRKDWN}, "must be a valid enum value: plain_text"),
        ({"type": "section", "text": plain("x" * 3_001)}, "3001 characters [json-pointer:/view/blocks/0/text/text]"),
        ({"type": "section"}, "must provide text or fields"),
        ({"type": "section", "text": "words"}, "must provide an object [json-pointer:/view/blocks/0/text]"),
        ({"type": "section", "text": plain("x"), "accessory": {**NUMBER}}, "unsupported type: number_input"),
        ({"type": "context", "elements": [plain("x")] * 11}, "no more than 10 items allowed"),
        ({"type": "divider", "block_id": "x" * 256}, "must be less than 256 characters"),
        ({"type": "divider", "text": plain("x")}, "invalid additional property: text"),
        (actions(), "no fewer than 1 items allowed"),
        (actions(*[BUTTON] * 26), "no more than 25 items allowed"),
        (actions(BUTTON, BUTTON), "action_id already exists"),
        (actions({**BUTTON, "text": plain("x" * 76)}), "must be less than 76 characters"),
        (actions({**BUTTON, "value": "x" * 2_001}), "must be less than 2001 characters"),
        (actions({**BUTTON, "style": "loud"}), "must be a valid enum value: primary, danger"),
        (actions({**BUTTON, "confirm": {"title": plain("Sure?")}}), "missing required field: deny"),
        (actions(select("s", *[str(number) for number in range(101)])), "no more than 100 items allowed"),
        (actions(select("s", "x" * 151)), "must be less than 151 characters"),
        (actions(select("s", "a", initial_option=option("b"))), "must be one of the provided options"),
        (actions(select("s", "a", option_groups=[])), "must provide exactly one of: options, option_groups"),
        (field("f", grouped(101)), "no more than 100 items allowed"),
        (field("f", {"type": "radio_buttons", "options": [option("a")] * 11}), "no more than 10 items allowed"),
        (field("f", {**NUMBER, "is_decimal_allowed": None}), "missing required field: is_decimal_allowed"),
        (field("f", {**NUMBER, "min_value": 1}), "must provide a string"),
        (field("f", {**NUMBER, "initial_value": "two"}), "must be a number"),
        (field("f", {**NUMBER, "is_decimal_allowed": False, "max_value": "1.5"}), "must be a whole number"),
        (field("f", {**NUMBER, "min_value": "2", "max_value": "1"}), "min_value <= initial_value <= max_value"),
        (text_field("f", max_length=3_001), "must be between 1 and 3000"),
        (text_field("f", max_length=3, initial_value="four"), "must be less than 4 characters"),
        (text_field("f", placeholder=plain("x" * 151)), "must be less than 151 characters"),
        ({**text_field("f"), "label": plain("x" * 2_001)}, "must be less than 2001 characters"),
        ({**text_field("f"), "optional": "yes"}, "must provide a boolean"),
        ({"type": "input", "label": plain("x")}, "missing required field: element"),
        (field("f", BUTTON), "unsupported type: button"),
    ],
)
async def test_blocks_of_a_modal_that_slack_refuses(app: AppSide, block: dict[str, object], said: str) -> None:
    body = await app.slack.call("views.open", trigger_id=await app.trigger(), view=modal(blocks=[block]))
    assert body["error"] == "invalid_arguments", body
    assert any(said in message for message in body["response_metadata"]["messages"]), body


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"type": "song"}, "unsupported type: song [json-pointer:/blocks/0/type]"),
        (actions(*[BUTTON] * 26), "no more than 25 items allowed"),
        (actions(THUMBS), "unsupported type: feedback_buttons"),
        ({"type": "context_actions", "elements": [THUMBS] * 6}, "no more than 5 items allowed"),
        ({"type": "context_actions", "elements": [{**THUMBS, "negative_button": None}]}, "negative_button"),
        ({"type": "context_actions", "elements": [{"type": "icon_button", "icon": "bomb"}]}, "enum value: trash"),
    ],
)
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.postEphemeral"])
async def test_blocks_of_a_message_that_slack_refuses(
    slack: SlackCalls, method: str, block: dict[str, object], said: str
) -> None:
    body = await slack.call(method, channel=GENERAL, user=ADA, text="x", blocks=[block])
    assert body["error"] == "invalid_blocks", body
    assert any(said in message for message in body["response_metadata"]["messages"]), body


async def test_a_message_s_markdown_blocks_share_one_limit(slack: SlackCalls) -> None:
    halves = [{"type": "markdown", "text": "x" * length} for length in (6_000, 6_001)]
    assert await slack.refused("chat.postMessage", channel=GENERAL, text="x", blocks=halves) == "msg_too_long"


async def test_markdown_became_rich_text_that_other_blocks_do_not_replace(
    playground: Playground, slack: SlackCalls
) -> None:
    root = playground.workspace.post("ada", GENERAL, "question")
    thread = {"channel": GENERAL, "thread_ts": root}
    people = {"recipient_user_id": ADA, "recipient_team_id": "T0PLAYGRND"}
    streamed = (await slack.ok("chat.startStream", **thread, **people, markdown_text="**hi**"))["ts"]
    await slack.ok("chat.stopStream", channel=GENERAL, ts=streamed)
    sent = (await slack.ok("chat.postMessage", **thread, markdown_text="**hi**"))["ts"]
    for ts in (streamed, sent):
        args = {"channel": GENERAL, "ts": ts, "text": "hi", "blocks": [{"type": "section", "text": plain("hi")}]}
        assert await slack.refused("chat.update", **args) == "block_mismatch"
        assert playground.workspace.message(GENERAL, ts).text == "**hi**"
        await slack.ok("chat.update", **(args | {"blocks": [{"type": "rich_text", "elements": []}]}))
        await slack.ok("chat.update", channel=GENERAL, ts=ts, markdown_text="**ho**")
        assert await slack.refused("chat.update", **args) == "block_mismatch"


async def test_what_was_sent_as_text_takes_other_blocks_until_it_becomes_markdown(slack: SlackCalls) -> None:
    place = {"channel": GENERAL, "ts": (await slack.ok("chat.postMessage", channel=GENERAL, text="hi"))["ts"]}
    row = {"text": "hi", "blocks": [actions(BUTTON)]}
    await slack.ok("chat.update", **place, **row)
    await slack.ok("chat.update", **place, markdown_text="**hi**")
    assert await slack.refused("chat.update", **place, **row) == "block_mismatch"


async def test_the_blocks_behind_a_stream_are_checked(playground: Playground, slack: SlackCalls) -> None:
    root = playground.workspace.post("ada", DIRECT, "question")
    started = await slack.ok("chat.startStream", channel=DIRECT, thread_ts=root)
    stream = {"channel": DIRECT, "ts": started["ts"]}
    assert await slack.refused("chat.stopStream", **stream, blocks=[actions(THUMBS)]) == "invalid_blocks"
    row = {"type": "context_actions", "block_id": "votes", "elements": [THUMBS]}
    await slack.ok("chat.stopStream", **stream, markdown_text="answer", blocks=[row])
    assert playground.workspace.message(DIRECT, stream["ts"]).blocks == [row]
