"""What an app adds to the page: blocks, commands, shortcuts, tabs, Stop. The app is one made by hand."""

import pytest
from playwright.async_api import expect

from playground.slack.wire import JsonObject

from .app_side import AppSide
from .visitor import Visitor
from .windows import ADA, FEEDBACK, button, plain, settings

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="module")]


async def open_thread(visitor: Visitor, text: str = "a question") -> str:
    """A question of Ada's whose thread is open; its ts."""
    ts = visitor.playground.workspace.post("ada", visitor.room.id, text)
    await visitor.page.goto(f"{visitor.playground.page_url}#/{ADA}/{visitor.room.id}/{ts}")
    await visitor.thread.wait_for()
    return ts


async def test_blocks_stand_in_place_of_the_text_and_their_buttons_tell_the_app(visitor: Visitor, app: AppSide) -> None:
    blocks: list[JsonObject] = [
        {"type": "header", "text": plain("Set aside")},
        {"type": "markdown", "text": "Two messages **wait**."},
        {"type": "section", "text": {"type": "mrkdwn", "text": "Shall I *answer* <@U0ADA00001>?"}},
        {"type": "divider"},
        {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a lighthouse"},
        {"type": "context", "elements": [plain("Nothing is lost")]},
        {"type": "actions", "elements": [button("Answer them", "answer_aside", "1.000001", style="primary")]},
    ]
    await app.calls.ok("chat.postMessage", channel=visitor.room.id, text="only for notifications", blocks=blocks)
    message = visitor.messages().first
    await expect(message.get_by_role("heading", name="Set aside")).to_be_visible()
    await expect(message.locator("strong")).to_have_text("wait")
    await expect(message.locator(".mention")).to_have_text("@Ada Lovelace")
    await expect(message.locator("figure")).to_contain_text("a lighthouse")
    await expect(message).not_to_contain_text("only for notifications")
    await visitor.click_button(message, "Answer them")
    told = await app.interaction("block_actions")
    assert (told["actions"][0]["action_id"], told["actions"][0]["value"]) == ("answer_aside", "1.000001")
    assert told["user"]["id"] == ADA


async def test_a_button_that_asks_first_tells_nothing_when_the_answer_is_no(visitor: Visitor, app: AppSide) -> None:
    confirm = {"title": plain("Sure?"), "text": plain("It goes."), "confirm": plain("Go"), "deny": plain("Stay")}
    blocks = [{"type": "actions", "elements": [button("Throw away", "throw", style="danger", confirm=confirm)]}]
    await app.calls.ok("chat.postMessage", channel=visitor.room.id, text="x", blocks=blocks)
    press = visitor.messages().first.get_by_role("button", name="Throw away")
    await press.click()
    question = visitor.page.get_by_role("dialog", name="Sure?")
    await expect(question).to_contain_text("It goes.")
    await question.get_by_role("button", name="Stay").click()
    await expect(question).to_be_hidden()
    await visitor.click_button(visitor.messages().first, "Throw away")
    await app.interaction("block_actions")
    assert len([told for told in app.received if told.get("type") == "block_actions"]) == 1


async def test_a_vote_under_a_streamed_answer_is_marked_and_the_other_one_takes_its_mark(
    visitor: Visitor, app: AppSide
) -> None:
    ts = await open_thread(visitor)
    started = await app.calls.ok(
        "chat.startStream",
        channel=visitor.room.id,
        thread_ts=ts,
        recipient_user_id=ADA,
        recipient_team_id=visitor.playground.workspace.identity.team_id,
        markdown_text="So it is.",
    )
    await app.calls.ok("chat.stopStream", channel=visitor.room.id, ts=started["ts"], blocks=[FEEDBACK])
    answer = visitor.messages("thread").nth(1)
    await expect(answer.locator(".text")).to_have_text("So it is.")
    await visitor.feedback(answer, "Good answer")
    assert (await app.interaction("block_actions"))["actions"][0]["value"] == "up:1"
    await visitor.feedback(answer, "Bad answer")
    await expect(answer.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "false")


async def test_a_note_for_one_person_has_buttons_too(visitor: Visitor, app: AppSide) -> None:
    blocks: list[JsonObject] = [
        {"type": "section", "text": plain("Hello!"), "accessory": button("Settings", "open_settings", "user")}
    ]
    await app.calls.ok("chat.postEphemeral", channel=visitor.room.id, user=ADA, text="Hello!", blocks=blocks)
    note = visitor.messages().first
    await expect(note).to_contain_text("Only visible to you")
    app.opens = settings()
    await visitor.click_button(note, "Settings")
    await expect(visitor.page.get_by_role("dialog", name="Settings")).to_be_visible()


async def test_a_shortcut_is_chosen_from_a_messages_menu(visitor: Visitor, app: AppSide) -> None:
    ts = visitor.playground.workspace.post("grace", visitor.room.id, "hers")
    await visitor.message_shortcut(visitor.messages().first, "Thread settings")
    told = await app.interaction("message_action")
    assert (told["callback_id"], told["message_ts"]) == ("thread_settings", ts)
    await expect(visitor.page.get_by_role("menu")).to_have_count(0)


async def test_a_menu_is_used_without_a_mouse(visitor: Visitor, app: AppSide) -> None:
    visitor.playground.workspace.post("grace", visitor.room.id, "hers")
    more = visitor.messages().first.get_by_role("button", name="More actions")
    await visitor.messages().first.focus()
    for _ in range(5):  # three reactions, the reply, the menu
        await visitor.page.keyboard.press("Tab")
    await expect(more).to_be_focused()
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.page.get_by_role("menuitem", name="Thread settings")).to_be_focused()
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.page.get_by_role("menu")).to_have_count(0)
    await expect(more).to_be_focused()
    await visitor.page.keyboard.press("Enter")
    await visitor.page.keyboard.press("ArrowUp")
    await visitor.page.keyboard.press("Enter")
    assert (await app.interaction("message_action"))["callback_id"] == "summarise_thread"


async def test_a_slash_offers_the_commands_and_sends_one_instead_of_a_message(visitor: Visitor, app: AppSide) -> None:
    await visitor.composer().press_sequentially("/ai")
    await expect(visitor.page.get_by_role("listbox", name="Commands").get_by_role("option")).to_contain_text(
        ["/ai-settings"]
    )
    await visitor.composer().press("Tab")
    await visitor.composer().press_sequentially("channel")
    await visitor.composer().press("Enter")
    told = await app.told(lambda payload: "command" in payload)
    assert (told["command"], told["text"], told["channel_id"]) == ("/ai-settings", "channel", visitor.room.id)
    await expect(visitor.composer()).to_have_value("")
    assert not visitor.room.messages


async def test_commands_do_not_exist_in_threads_nor_by_other_names(visitor: Visitor, app: AppSide) -> None:
    await visitor.composer().fill("/nothing at all")
    await visitor.composer().press("Enter")
    await expect(visitor.page.locator("#notice")).to_contain_text("/nothing is not a command")
    await expect(visitor.composer()).to_have_value("/nothing at all")
    await open_thread(visitor)
    await visitor.composer("thread").press_sequentially("/ai-settings")
    await expect(visitor.thread.locator(".composer-note")).to_have_text("Slash commands do not exist in threads.")
    await visitor.composer("thread").press("Enter")
    await expect(visitor.page.locator("#notice")).to_contain_text("do not exist in threads")
    await expect(visitor.messages("thread")).to_have_count(1)


async def test_the_home_tab_is_opened_drawn_and_pressed(visitor: Visitor, app: AppSide) -> None:
    await visitor.go("Threadwell")
    assert (await app.event("app_home_opened"))["tab"] == "messages"
    home = await visitor.open_home()
    await app.told(lambda payload: payload.get("event", {}).get("tab") == "home")
    await expect(home).to_contain_text("not drawn this tab yet")
    view = {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("My settings")},
            {"type": "actions", "elements": [button("Edit", "open_settings", "user")]},
        ],
    }
    await app.calls.ok("views.publish", user_id=ADA, view=view)
    await expect(home.get_by_role("heading", name="My settings")).to_be_visible()
    await expect(visitor.composer()).to_be_hidden()
    app.opens = settings()
    await visitor.click_button(home, "Edit")
    await expect(visitor.page.get_by_role("dialog", name="Settings")).to_be_visible()
    assert (await app.interaction("block_actions"))["view"]["type"] == "home"
    await visitor.close_modal()
    await visitor.page.get_by_role("tab", name="Messages").click()
    await expect(visitor.composer()).to_be_visible()


async def test_a_suggested_prompt_is_sent_at_a_click(visitor: Visitor, app: AppSide) -> None:
    await visitor.go("Threadwell")
    place = visitor.playground.workspace.direct(ADA)
    prompts = [{"title": "Plan my day", "message": "Plan my day, please: three things at most."}]
    await app.calls.ok("assistant.threads.setSuggestedPrompts", channel_id=place.id, prompts=prompts)
    await visitor.page.get_by_role("button", name="Plan my day").click()
    await expect(visitor.messages().last).to_contain_text("three things at most")


async def test_stop_is_there_while_the_app_works_and_tells_it(visitor: Visitor, app: AppSide) -> None:
    ts = await open_thread(visitor)
    stop = visitor.thread.get_by_role("button", name="Stop", exact=True)
    await expect(stop).to_have_count(0)
    session = {"channel_id": visitor.room.id, "thread_ts": ts}
    await app.calls.ok("agents.sessions.setStatus", **session, status="processing")
    await visitor.press_stop()
    told = await app.event("agent_session_stopped")
    assert (told["thread_ts"], told["user"]) == (ts, ADA)
    await app.calls.ok("agents.sessions.setStatus", **session, status="active")
    await expect(stop).to_have_count(0)


async def test_a_conversation_is_renamed_in_its_head(visitor: Visitor, app: AppSide) -> None:
    ts = await open_thread(visitor)
    await app.calls.ok(
        "agents.sessions.setStatus", channel_id=visitor.room.id, thread_ts=ts, status="active", title="Harbour"
    )
    await expect(visitor.thread.get_by_role("heading")).to_contain_text("Harbour")
    await visitor.rename_conversation("The harbour plan")
    await expect(visitor.thread.get_by_role("heading")).to_contain_text("The harbour plan")
    assert (await app.event("agent_session_title_changed"))["title"] == "The harbour plan"
    await visitor.thread.get_by_role("heading").dblclick()
    await expect(visitor.page.get_by_label("Title of the conversation")).to_have_value("The harbour plan")
    await visitor.page.keyboard.press("Escape")


async def test_an_app_that_is_no_agent_has_no_stop(visitor: Visitor, app: AppSide) -> None:
    ts = await open_thread(visitor)
    await app.calls.ok("agents.sessions.setStatus", channel_id=visitor.room.id, thread_ts=ts, status="processing")
    stop = visitor.thread.get_by_role("button", name="Stop", exact=True)
    await expect(stop).to_be_visible()
    await visitor.page.locator("#sidebar").get_by_role("button", name="Faults").click()
    await visitor.panel.get_by_label("The app is an agent").uncheck()
    await expect(stop).to_have_count(0)
    await visitor.panel.get_by_role("button", name="Reset everything").click()
    await expect(stop).to_be_visible()
