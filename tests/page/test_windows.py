"""The windows of an app on the page: filled in, refused, redrawn, sent. The app is one made by hand."""

import pytest
from playwright.async_api import expect

from playground.slack.wire import JsonObject

from .app_side import AppSide
from .visitor import Visitor
from .windows import ADA, field, plain, settings, window

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="module")]

TEXT: JsonObject = {"type": "plain_text_input"}


async def test_a_window_is_filled_in_and_sent(visitor: Visitor, app: AppSide) -> None:
    app.opens = settings()
    await visitor.open_settings()
    await expect(visitor.page.get_by_role("dialog", name="Settings")).to_be_visible()
    await expect(visitor.modal_field("Model")).to_have_value("small")
    await expect(visitor.modal.locator("optgroup")).to_have_count(2)
    await visitor.fill_modal("Model", "Large")
    await visitor.fill_modal("Custom instructions", "Be brief.")
    await expect(visitor.modal.locator(".counter")).to_have_text("91")
    await visitor.fill_modal("Temperature", "0.5")
    await visitor.fill_modal("Streaming", "Off")
    await visitor.fill_modal("Tools", "Pictures")
    await visitor.saved()
    values = (await app.interaction("view_submission"))["view"]["state"]["values"]
    assert values["model"]["model"]["selected_option"]["value"] == "large"
    assert values["instructions"]["instructions"]["value"] == "Be brief."
    assert values["temperature"]["temperature"]["value"] == "0.5"
    assert values["streaming"]["streaming"]["selected_option"]["value"] == "off"
    assert [option["value"] for option in values["tools"]["tools"]["selected_options"]] == ["pictures"]


async def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(visitor: Visitor, app: AppSide) -> None:
    app.opens = settings()
    app.acknowledgements = [{"response_action": "errors", "errors": {"model": "This model was withdrawn."}}]
    await visitor.open_settings()
    await visitor.fill_modal("Custom instructions", "Be brief.")
    await visitor.fill_modal("Temperature", "warm")
    await visitor.submit_modal()
    await expect(visitor.modal_error("Temperature")).not_to_be_empty()
    await expect(visitor.modal_field("Temperature")).to_be_focused()
    assert not [told for told in app.received if told.get("type") == "view_submission"]

    await visitor.fill_modal("Temperature", "1")
    await visitor.submit_modal()
    await expect(visitor.modal_error("Model")).to_have_text("This model was withdrawn.")
    await expect(visitor.modal_error("Temperature")).to_have_count(0)
    await expect(visitor.modal_field("Custom instructions")).to_have_value("Be brief.")
    await visitor.saved()


async def test_a_redrawn_window_keeps_focus_and_text_but_not_a_field_of_another_name(
    visitor: Visitor, app: AppSide
) -> None:
    app.opens = settings()
    await visitor.open_settings()
    await visitor.fill_modal("Model", "Large")
    await visitor.modal_field("Custom instructions").press_sequentially("Be ")
    (view,) = visitor.playground.workspace.views_of(ADA)
    changed = settings(model_action="model_again")
    hint: JsonObject = {"type": "section", "text": plain("The model takes other values.")}
    await app.calls.ok("views.update", view_id=view.id, view={**changed, "blocks": [hint, *changed["blocks"]]})  # type: ignore[misc]  # a list of blocks
    await expect(visitor.modal).to_contain_text("takes other values")
    await expect(visitor.modal_field("Custom instructions")).to_be_focused()
    await visitor.page.keyboard.type("brief.")
    await expect(visitor.modal_field("Custom instructions")).to_have_value("Be brief.")
    await expect(visitor.modal_field("Model")).to_have_value("small")
    await visitor.saved()
    values = (await app.interaction("view_submission"))["view"]["state"]["values"]
    assert values["instructions"]["instructions"]["value"] == "Be brief."
    assert values["model"]["model_again"]["selected_option"]["value"] == "small"


async def test_a_choice_that_tells_the_app_takes_along_what_was_typed(visitor: Visitor, app: AppSide) -> None:
    app.opens = settings()
    await visitor.open_settings()
    app.opens = None
    await visitor.fill_modal("Custom instructions", "half a thou")
    await visitor.modal.locator(".section select").select_option(label="This thread")
    told = await app.interaction("block_actions")
    assert told["actions"][0]["selected_option"]["value"] == "thread"
    assert told["view"]["state"]["values"]["instructions"]["instructions"]["value"] == "half a thou"
    await visitor.click_button(visitor.modal, "Forget this thread")
    told = await app.told(lambda payload: payload.get("actions", [{}])[0].get("action_id") == "forget_thread")
    assert told["view"]["callback_id"] == "settings"


async def test_a_window_is_busy_until_the_app_has_answered(visitor: Visitor, app: AppSide) -> None:
    app.opens = window([field("reason", "Reason", TEXT)], "Feedback")
    await visitor.open_settings()
    app.hold.clear()
    await visitor.fill_modal("Reason", "too long")
    await visitor.submit_modal()
    await expect(visitor.modal.locator("form")).to_have_attribute("aria-busy", "true")
    await expect(visitor.modal).to_be_visible()
    app.hold.set()
    await expect(visitor.modal).to_be_hidden()


async def test_an_app_that_does_not_answer_is_said_in_the_window(visitor: Visitor, app: AppSide) -> None:
    visitor.playground.faults.ack_timeout = 0.5
    app.opens = window([field("reason", "Reason", TEXT)], "Feedback")
    await visitor.open_settings()
    app.hold.clear()
    await visitor.submit_modal()
    await expect(visitor.modal.get_by_role("alert")).to_contain_text("trouble connecting")
    await expect(visitor.modal.locator("form")).to_have_attribute("aria-busy", "false")
    app.hold.set()
    await visitor.close_modal()
    await expect(visitor.modal).to_be_hidden()


async def test_windows_lie_above_each_other_and_the_keyboard_stays_in_the_top_one(
    visitor: Visitor, app: AppSide
) -> None:
    app.opens = window([field("first", "First", TEXT)], "Below")
    app.acknowledgements = [
        {"response_action": "push", "view": window([field("second", "Second", TEXT)], "Above", notify_on_close=True)}
    ]
    await visitor.open_settings()
    await visitor.fill_modal("First", "kept")
    await visitor.submit_modal()
    await expect(visitor.page.get_by_role("dialog", name="Above")).to_be_visible()
    await expect(visitor.modal_field("Second")).to_be_focused()
    for _ in range(3):
        await visitor.page.keyboard.press("Tab")
        inside = "document.activeElement === document.body || Boolean(document.activeElement.closest('#modal'))"
        assert await visitor.page.evaluate(inside)
    await visitor.close_modal()
    await expect(visitor.page.get_by_role("dialog", name="Below")).to_be_visible()
    await expect(visitor.modal_field("First")).to_have_value("kept")
    await app.interaction("view_closed")
    await visitor.modal.get_by_role("button", name="Cancel").click()
    await expect(visitor.modal).to_be_hidden()


async def test_a_window_fills_a_phone(visitor: Visitor, app: AppSide) -> None:
    await visitor.page.set_viewport_size({"width": 390, "height": 780})
    app.opens = settings()
    await visitor.open_settings()
    box = await visitor.modal.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 780)
    await expect(visitor.modal.locator("[type=submit]")).to_be_in_viewport()
    assert await visitor.page.evaluate("document.querySelector('.view-body').scrollWidth") <= 390
