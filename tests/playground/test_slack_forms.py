"""Forms: filling in, pressing, submitting, closing, and what the app answers to a submission."""

import pytest

from playground.slack.forms import TROUBLE
from playground.slack.interactive_records import View
from playground.slack.wire import Json, SlackError
from tests.playground.app_side import ADA, AppSide, field, modal, option, plain, select, text_field
from tests.playground.raw_socket import RawSocket

BUTTON = {"type": "button", "action_id": "forget_thread", "text": plain("Forget"), "value": "here"}
NUMBER = {"type": "number_input", "action_id": "n", "is_decimal_allowed": True, "min_value": "0", "max_value": "2"}


def typed(view: View, block_id: str) -> object:
    """What the one field of a block holds."""
    (held,) = view.state[block_id].values()
    return held


async def test_a_submission_tells_what_every_field_holds(app: AppSide) -> None:
    boxes = [option("a"), option("b")]
    view = await app.open(
        private_metadata="kept",
        blocks=[
            text_field(),
            text_field("empty") | {"optional": True},
            field("model", select("model", "a", "b")),
            field("radio", {"type": "radio_buttons", "action_id": "r", "options": boxes}),
            field("checks", {"type": "checkboxes", "action_id": "c", "options": boxes}),
            field("number", NUMBER),
        ],
    )
    values: dict[str, Json] = {"typed": "one", "model": "b", "r": "a", "checks": ["a", "b"], "n": "0.5"}
    with pytest.raises(SlackError, match="ambiguous_field"):
        app.playground.workspace.interactivity.fill("ada", view.id, values)
    app.playground.workspace.interactivity.fill("ada", view.id, {"words": values.pop("typed"), **values})
    payload = await app.submitted(view)
    assert (payload["type"], payload["user"]["id"], payload["response_urls"]) == ("view_submission", ADA, [])
    shown = payload["view"]
    assert (shown["id"], shown["hash"], shown["private_metadata"]) == (view.id, view.hash, "kept")
    assert shown["blocks"] == view.blocks
    assert shown["state"]["values"] == {
        "words": {"typed": {"type": "plain_text_input", "value": "one"}},
        "empty": {"typed": {"type": "plain_text_input", "value": None}},
        "model": {"model": {"type": "static_select", "selected_option": option("b")}},
        "radio": {"r": {"type": "radio_buttons", "selected_option": option("a")}},
        "checks": {"c": {"type": "checkboxes", "selected_options": boxes}},
        "number": {"n": {"type": "number_input", "value": "0.5"}},
    }


async def test_an_empty_acknowledgement_closes_the_window_and_shows_the_one_below(app: AppSide) -> None:
    root = await app.open()
    pushed = await app.slack.ok("views.push", trigger_id=await app.trigger(), view=modal())
    workspace = app.playground.workspace
    top = workspace.interactivity.views.find(pushed["view"]["id"])
    workspace.interactivity.fill("ada", top.id, {"typed": "one"})
    await app.submitted(top)
    assert [view.id for view in workspace.views_of("ada")] == [root.id]


@pytest.mark.parametrize(
    ("answer", "titles"),
    [
        ({"response_action": "clear"}, []),
        ({"response_action": "update", "view": modal(title=plain("Saved"))}, ["Settings", "Saved"]),
        ({"response_action": "push", "view": modal(title=plain("More"))}, ["Settings", "Settings", "More"]),
    ],
)
async def test_the_answer_to_a_submission_is_obeyed(app: AppSide, answer: object, titles: list[str]) -> None:
    await app.open()
    pushed = await app.slack.ok("views.push", trigger_id=await app.trigger(), view=modal())
    workspace = app.playground.workspace
    top = workspace.interactivity.views.find(pushed["view"]["id"])
    workspace.interactivity.fill("ada", top.id, {"typed": "one"})
    await app.submitted(top, answer)
    assert [view.title for view in workspace.views_of("ada")] == titles


async def test_errors_stand_under_their_fields_until_the_next_submission(app: AppSide) -> None:
    view = await app.open()
    app.playground.workspace.interactivity.fill("ada", view.id, {"typed": "one"})
    await app.submitted(view, {"response_action": "errors", "errors": {"words": "Too short."}})
    assert (view.errors, view.error, view.busy) == ({"words": "Too short."}, "", False)
    assert typed(view, "words") == {"type": "plain_text_input", "value": "one"}
    assert app.playground.workspace.interactivity.submit("ada", view.id)
    assert (view.errors, view.busy) == ({}, True)
    await app.next()
    assert app.playground.workspace.views_of("ada") == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"unknown": "Too short."}},
        {"response_action": "errors", "errors": {"row": "A button is no field."}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "sing"},
        {"text": "hello"},
    ],
)
async def test_an_answer_slack_cannot_obey_is_trouble_in_the_window(app: AppSide, answer: object) -> None:
    view = await app.open(blocks=[text_field(), {"type": "actions", "block_id": "row", "elements": [BUTTON]}])
    app.playground.workspace.interactivity.fill("ada", view.id, {"typed": "one"})
    await app.submitted(view, answer)
    assert (view.errors, view.error) == ({}, TROUBLE)
    assert app.playground.workspace.views_of("ada") == [view]


async def test_a_submission_nobody_answers_is_trouble_in_the_window_and_is_not_sent_again(app: AppSide) -> None:
    view = await app.open()
    app.playground.faults.ack_timeout = 0.05
    app.playground.workspace.interactivity.fill("ada", view.id, {"typed": "one"})
    assert app.playground.workspace.interactivity.submit("ada", view.id)
    await app.socket.read()
    await app.playground.workspace.wait_for(lambda: view.error)
    assert (view.error, view.busy) == (TROUBLE, False)
    assert await app.socket.silent_for(0.1)


async def test_an_answer_after_the_window_was_closed_changes_nothing(app: AppSide) -> None:
    view = await app.open()
    interactivity = app.playground.workspace.interactivity
    assert interactivity.submit("ada", view.id, check=False)
    interactivity.close("ada", view.id)
    await app.next(answer={"response_action": "update", "view": modal(title=plain("Too late"))})
    assert (view.title, app.playground.workspace.views_of("ada")) == ("Settings", [])


@pytest.mark.parametrize(
    ("block", "value", "line"),
    [
        (text_field("f"), "", "Please complete this required field."),
        (text_field("f", max_length=3), "four", "This field must be at most 3 characters."),
        (text_field("f", min_length=3), "no", "This field must be at least 3 characters."),
        (field("f", NUMBER), "warm", "Please enter a number."),
        (field("f", NUMBER), "NaN", "Please enter a number."),
        (field("f", NUMBER), "1e-1", "Please enter a number."),
        (field("f", NUMBER), "2.1", "Must be 2 or less."),
        (field("f", NUMBER), "-0.1", "Must be 0 or more."),
        (field("f", {**NUMBER, "is_decimal_allowed": False}), "0.5", "Please enter a whole number."),
    ],
)
async def test_the_window_itself_refuses_what_its_fields_do_not_take(
    app: AppSide, block: object, value: str, line: str
) -> None:
    view = await app.open(blocks=[block])
    interactivity = app.playground.workspace.interactivity
    interactivity.fill("ada", view.id, {"f": value})
    assert not interactivity.submit("ada", view.id)
    assert view.errors == {"f": line}
    assert await app.socket.silent_for(0.05)
    assert interactivity.submit("ada", view.id, check=False)
    (held,) = (await app.next())["view"]["state"]["values"]["f"].values()
    assert (held["value"] or "") == value


async def test_only_values_on_offer_can_be_chosen_unless_they_are_tampered_with(app: AppSide) -> None:
    view = await app.open(blocks=[field("model", select("model", "a", "b"))])
    fill = app.playground.workspace.interactivity.fill
    with pytest.raises(SlackError, match="invalid_option"):
        fill("ada", view.id, {"model": "withdrawn"})
    fill("ada", view.id, {"model": "withdrawn"}, check=False)
    shown = (await app.submitted(view))["view"]
    assert shown["state"]["values"]["model"]["model"]["selected_option"]["value"] == "withdrawn"


async def test_a_button_in_a_window_tells_the_window_and_what_was_typed(app: AppSide) -> None:
    view = await app.open(blocks=[text_field(), {"type": "section", "text": plain("x"), "accessory": BUTTON}])
    interactivity = app.playground.workspace.interactivity
    interactivity.fill("ada", view.id, {"typed": "half-way"})
    trigger = interactivity.click_view("ada", view.id, "forget_thread")
    payload = await app.next()
    assert (payload["type"], payload["trigger_id"]) == ("block_actions", trigger)
    assert payload["container"] == {"type": "view", "view_id": view.id}
    assert payload["view"]["state"]["values"]["words"]["typed"]["value"] == "half-way"
    (action,) = payload["actions"]
    assert (action["type"], action["action_id"], action["value"]) == ("button", "forget_thread", "here")
    assert not {"response_url", "message", "channel"} & payload.keys()
    interactivity.click_view("ada", view.id, "forget_thread", "elsewhere")
    assert (await app.next())["actions"][0]["value"] == "elsewhere"


async def test_a_choice_that_redraws_tells_the_option_and_is_held(app: AppSide) -> None:
    redraws = field("model", select("model", "a", "b"), dispatch_action=True)
    view = await app.open(blocks=[redraws, field("quiet", select("quiet", "a"))])
    interactivity = app.playground.workspace.interactivity
    interactivity.click_view("ada", view.id, "model", "b")
    payload = await app.next()
    assert payload["actions"][0]["selected_option"] == option("b")
    assert payload["view"]["state"]["values"]["model"]["model"]["selected_option"] == option("b")
    with pytest.raises(SlackError, match="action_not_found"):
        interactivity.click_view("ada", view.id, "quiet", "a")


async def test_a_click_in_a_window_nobody_answers_is_trouble_there(app: AppSide) -> None:
    view = await app.open(blocks=[{"type": "actions", "elements": [BUTTON]}])
    app.playground.faults.ack_timeout = 0.05
    app.playground.workspace.interactivity.click_view("ada", view.id, "forget_thread")
    assert await app.playground.workspace.wait_for(lambda: view.error) == TROUBLE


async def test_a_window_outlives_a_restart_and_its_submission_under_way_does_not(app: AppSide) -> None:
    view = await app.open()
    playground = app.playground
    assert playground.workspace.interactivity.submit("ada", view.id, check=False)
    await playground.stop()
    assert (view.error, view.busy) == (TROUBLE, False)
    await playground.start()
    async with RawSocket(playground) as socket:
        assert await socket.silent_for(0.05)
        later = AppSide(playground, socket, app.slack)
        playground.workspace.interactivity.fill("ada", view.id, {"typed": "once more"})
        await later.submitted(view)
    assert playground.workspace.views_of("ada") == []


async def test_a_button_in_the_home_tab_tells_the_tab(app: AppSide) -> None:
    row = {"type": "actions", "block_id": "row", "elements": [BUTTON]}
    await app.slack.ok("views.publish", user_id=ADA, view={"type": "home", "blocks": [row]})
    home = app.playground.workspace.home_of("ada")
    assert home is not None
    app.playground.workspace.interactivity.click_view("ada", home.id, "forget_thread")
    payload = await app.next()
    assert (payload["view"]["type"], payload["view"]["id"]) == ("home", home.id)
    with pytest.raises(SlackError, match="not_found"):
        app.playground.workspace.interactivity.submit("ada", home.id)


async def test_closing_is_told_only_where_it_was_asked_for(app: AppSide) -> None:
    interactivity = app.playground.workspace.interactivity
    interactivity.close("ada", (await app.open()).id)
    view = await app.open(notify_on_close=True, callback_id="feedback_reason")
    interactivity.fill("ada", view.id, {"typed": "never mind"})
    interactivity.close("ada", view.id)
    payload = await app.next()
    assert (payload["type"], payload["view"]["callback_id"], payload["is_cleared"]) == (
        "view_closed",
        "feedback_reason",
        False,
    )
    assert app.playground.workspace.views_of("ada") == []


async def test_a_window_that_clears_on_close_takes_the_others_along(app: AppSide) -> None:
    await app.open()
    args = {"trigger_id": await app.trigger(), "view": modal(clear_on_close=True)}
    top = (await app.slack.ok("views.push", **args))["view"]
    app.playground.workspace.interactivity.close("ada", top["id"])
    assert app.playground.workspace.views_of("ada") == []


async def test_nobody_acts_in_somebody_else_s_window(app: AppSide) -> None:
    view = await app.open()
    interactivity = app.playground.workspace.interactivity
    with pytest.raises(SlackError, match="not_found"):
        interactivity.submit("grace", view.id, check=False)
    with pytest.raises(SlackError, match="not_found"):
        interactivity.fill("grace", view.id, {"typed": "x"})
