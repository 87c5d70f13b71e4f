"""The page in a real browser, with the real bot behind the workspace."""

import pytest
from playwright.async_api import expect

from .visitor import Visitor

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]


async def test_a_mention_is_answered_in_a_thread_while_the_model_still_writes(visitor: Visitor) -> None:
    visitor.playground.model.knobs.set(first_token_seconds=1.5, total_seconds=6.0)
    await visitor.composer().press_sequentially("Good morning @thr")
    await expect(visitor.page.get_by_role("option")).to_have_text(["ThreadwellApp"])
    await visitor.composer().press("Tab")
    await visitor.composer().press_sequentially("long 2500")
    await visitor.composer().press("Enter")
    await expect(visitor.channel.locator(".mention")).to_have_text("@Threadwell")
    await expect(visitor.page.locator("#thread-status")).to_have_text("Threadwell is thinking…")

    live = visitor.thread.locator(".message.live .text")
    await expect(live).to_contain_text("Part")
    first = await live.inner_text()
    await expect(visitor.thread.locator("#thread-head .progress")).to_be_attached()
    await expect(visitor.page.locator("#thread .message.live h2").nth(1)).to_be_visible()
    assert len(await live.inner_text()) > len(first) > 0

    answer = (await visitor.answered()).first
    await expect(answer.locator("h2").first).to_have_text("Part 1")
    await expect(answer.locator(".table td.right").first).to_have_text("0.01")
    await expect(answer.locator(".code .k").first).to_have_text("def")
    await expect(visitor.thread.locator("#thread-head .progress")).not_to_be_attached()


async def test_a_thread_is_opened_and_goes_on_without_a_mention(visitor: Visitor) -> None:
    await visitor.write("@Threadwell echo: first")
    await visitor.answered()
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.thread).to_be_hidden()

    await visitor.channel.get_by_role("link", name="1 reply").click()
    await expect(visitor.composer("thread")).to_be_focused()
    await visitor.write("echo: **second**", "thread")
    answers = await visitor.answered(2)
    await expect(answers.nth(1).locator("strong")).to_have_text("second")
    await expect(visitor.channel.get_by_role("link", name="3 replies")).to_be_visible()


async def test_own_messages_are_edited_and_deleted(visitor: Visitor) -> None:
    await visitor.write("@Threadwell echo: a question")
    await visitor.answered()
    await visitor.write("only a rmark")
    root, remark = visitor.messages().nth(0), visitor.messages().nth(1)

    await visitor.tool(remark, "Edit")
    await visitor.page.get_by_label("Edit the message").fill("only a remark")
    await visitor.page.keyboard.press("Enter")
    await expect(remark.locator(".text")).to_have_text("only a remark")
    await expect(remark.locator(".mark")).to_have_text("(edited)")

    await visitor.tool(root, "Edit")
    await expect(visitor.page.get_by_label("Edit the message")).to_have_value("@Threadwell echo: a question")
    await visitor.page.keyboard.press("Escape")

    await visitor.tool(remark, "Delete")
    await visitor.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(visitor.messages()).to_have_count(1)
    await visitor.tool(root, "Delete")
    await visitor.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(root.locator(".text")).to_have_text("This message was deleted.")
    await expect(root.get_by_role("link", name="1 reply")).to_be_visible()


async def test_everything_on_a_message_works_without_a_mouse(visitor: Visitor) -> None:
    await visitor.write("first words")
    await visitor.composer().press("ArrowUp")
    await visitor.page.keyboard.type(" and more")
    await visitor.page.keyboard.press("Enter")
    message = visitor.messages().first
    await expect(message.locator(".text")).to_have_text("first words and more")
    await expect(message).to_be_focused()

    await visitor.page.keyboard.press("Tab")
    await visitor.page.keyboard.press("Enter")
    await expect(message.locator(".chip")).to_have_attribute("aria-pressed", "true")
    await message.focus()
    await visitor.page.keyboard.press("t")
    await expect(visitor.composer("thread")).to_be_focused()
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.thread).to_be_hidden()

    await message.focus()
    await visitor.page.keyboard.press("Delete")
    await expect(visitor.page.get_by_role("button", name="Cancel")).to_be_focused()
    await visitor.page.keyboard.press("Tab")
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.messages()).to_have_count(0)

    await visitor.page.keyboard.press("Alt+ArrowDown")
    await expect(visitor.page.locator(".room[aria-current]")).to_have_text("Threadwell")


async def test_direct_messages_need_no_mention(visitor: Visitor) -> None:
    await visitor.go("Threadwell")
    await visitor.write("echo: just us")
    await expect((await visitor.answered()).first.locator(".text")).to_have_text("just us")


async def test_somebody_else_writes_in_the_same_thread(visitor: Visitor) -> None:
    await visitor.write("@Threadwell echo: from Ada")
    await visitor.answered()
    await visitor.write_as("Grace Hopper")
    await expect(visitor.messages().first.get_by_role("button", name="Edit")).not_to_be_attached()
    await visitor.write("And who am I?", "thread")
    answer = (await visitor.answered(2)).nth(1)
    await expect(answer).to_contain_text("Who spoke: ada, grace")
    await visitor.write_as("Otto Outside")
    await expect(visitor.page.locator(".room")).to_contain_text(["partners", "Threadwell"])
    await expect(visitor.messages()).to_have_count(0)


async def test_a_hint_shows_what_to_try(visitor: Visitor) -> None:
    await visitor.page.get_by_role("button", name="@Threadwell table").click()
    await visitor.composer().press("Enter")
    await expect((await visitor.answered()).first.locator("table")).to_be_visible()
    await expect(visitor.page.locator("#hint")).to_be_hidden()


async def test_faults_are_chosen_and_taken_back(visitor: Visitor) -> None:
    playground = visitor.playground
    await visitor.page.locator("#sidebar").get_by_role("button", name="Faults").click()
    await visitor.panel.get_by_label("Refuse calls with status").fill("500")
    await visitor.panel.get_by_label("Enforce Slack's rate limits").check()
    await visitor.panel.get_by_label("To calls of").select_option("chat.startStream")
    await visitor.panel.get_by_role("button", name="Add this fault").click()
    await expect(visitor.page.locator("#rules")).to_contain_text("429 with Retry-After · chat.startStream")
    assert playground.model.knobs.status == 500
    assert playground.faults.enforce_tiers
    assert [rule.method for rule in playground.faults.rules] == ["chat.startStream"]

    playground.model.knobs.set(code="insufficient_quota", status=429)
    await visitor.write("@Threadwell are you there?")
    await expect((await visitor.answered()).first).to_contain_text("quota")

    await visitor.panel.get_by_role("button", name="Reset everything").click()
    await expect(visitor.panel.get_by_label("Refuse calls with status")).to_have_value("0")
    await expect(visitor.page.locator("#rules li")).to_have_count(0)
    assert playground.model.knobs.status == 0
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.panel).to_be_hidden()


async def test_a_reader_who_scrolled_up_is_left_there(visitor: Visitor) -> None:
    await visitor.write("@Threadwell long 6000")
    await visitor.answered()
    at_end = "s => s.scrollHeight - s.clientHeight - s.scrollTop < 5"
    scroller = visitor.thread.locator(".scroller")
    await visitor.page.wait_for_function(at_end, arg=await scroller.element_handle())
    await scroller.hover()
    await visitor.page.mouse.wheel(0, -1500)
    await expect(visitor.thread.locator(".to-end")).to_be_hidden()
    await visitor.page.wait_for_function(
        "s => s.scrollHeight - s.clientHeight - s.scrollTop > 1000", arg=await scroller.element_handle()
    )
    top = await scroller.evaluate("s => s.scrollTop")

    visitor.playground.workspace.post("grace", visitor.room.id, "one more", next(iter(visitor.room.threads)))
    button = visitor.thread.get_by_role("button", name="New messages")
    await expect(button).to_be_visible()
    assert await scroller.evaluate("s => s.scrollTop") == pytest.approx(top, abs=300)
    await button.click()
    await visitor.page.wait_for_function(at_end, arg=await scroller.element_handle())


async def test_no_text_ever_becomes_markup(visitor: Visitor) -> None:
    probes = (
        "<img src=x onerror=\"document.title='broken'\">",
        "<script>document.title='broken'</script>",
        "[a link](javascript:document.title='broken')",
        "<javascript:document.title='broken'|a link>",
        "![a picture](https://example.com/x.png)",
        "<svg/onload=document.title='broken'>",
        "```\"><img src=x onerror=document.title='broken'>\ncode\n```",
        "&lt;img src=x onerror=alert(1)&gt;",
    )
    text = "\n".join(probes)
    visitor.playground.model.knobs.set(answer=text)
    visitor.playground.workspace.post("grace", visitor.room.id, text)  # unescaped, as Slack never sends it
    await visitor.write(f"@Threadwell {text}".replace("\n", " "))
    await visitor.answered()
    page = visitor.page
    assert (
        await page.locator(":is(.text, .reactions) :is(img, script, svg, iframe, [onerror], [onload], [style])").count()
        == 0
    )
    links = await page.locator(".text a").evaluate_all("links => links.map(link => link.protocol)")
    assert set(links) == {"https:"}
    assert "broken" not in await page.title()
    await expect(visitor.messages().first.locator(".text")).to_contain_text(probes[0])
