"""Stop, edits and deletions in the browser, while the real bot writes.

A file of its own, and so a bot of its own: Slack lets a bot begin twenty streams in a minute.
"""

import pytest
import pytest_asyncio
from playwright.async_api import expect

from .newcomers import Newcomer
from .visitor import Visitor

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]

LENGTH = "Length of answers"
SETTINGS_MENU = "Thread settings"


@pytest_asyncio.fixture(loop_scope="module")
async def newcomer(visitor: Visitor) -> Newcomer:
    return await Newcomer.comes(visitor)


async def test_stop_ends_an_answer_in_the_middle_and_what_waited_is_answered_at_a_click(newcomer: Newcomer) -> None:
    await newcomer.write("@Threadwell slow 60 long 9000")
    live = await newcomer.bot_writes()
    await newcomer.waits("echo: and this?")
    await newcomer.press_stop()
    answers = await newcomer.answered(2)
    await expect(live).to_have_count(0)
    await expect(answers.first.locator(".text")).to_contain_text("Part 1")
    await expect(answers.first.locator("em").last).to_have_text("Stopped.")
    await expect(answers.nth(1)).to_contain_text("1 waiting message was set aside.")
    await newcomer.click_button(answers.nth(1), "Answer them")
    await expect((await newcomer.answered(3)).nth(2).locator(".text")).to_have_text("and this?")
    await expect(answers.nth(1)).to_contain_text("Answering what was set aside.")


async def test_a_waiting_question_that_is_edited_is_answered_with_its_new_words(newcomer: Newcomer) -> None:
    await newcomer.asks("echo: begin")
    await newcomer.write("slow 60 long 9000", "thread")
    await newcomer.bot_writes()
    await newcomer.waits("echo: befroe")
    await newcomer.edits_last("echo: after", "thread")
    await expect(newcomer.messages("thread").filter(has_text="after").locator(".mark")).to_have_text("(edited)")
    await newcomer.deletes(newcomer.messages("thread").filter(has_text="slow 60"))
    answers = await newcomer.answered(3)
    await expect(answers.nth(1)).to_contain_text("Stopped: the question was deleted.")
    await expect(answers.nth(2).locator(".text")).to_have_text("after")


async def test_a_running_question_that_is_edited_is_answered_anew_in_the_same_message(newcomer: Newcomer) -> None:
    await newcomer.write("@Threadwell slow 60 long 9000")
    await newcomer.bot_writes()
    await newcomer.edits_last("@Threadwell echo: something shorter", "channel")
    answers = newcomer.thread.locator(".message", has=newcomer.page.locator(".badge"))
    await expect(answers.first.locator(".text")).to_have_text("something shorter")
    await newcomer.answered()


async def test_everything_is_within_reach_on_a_phone_in_the_dark(newcomer: Newcomer) -> None:
    await newcomer.page.set_viewport_size({"width": 390, "height": 780})
    await newcomer.page.emulate_media(color_scheme="dark")
    answer = await newcomer.asks("settings?")
    await newcomer.message_shortcut(answer, SETTINGS_MENU)
    await newcomer.fill_modal(LENGTH, "Short")
    await newcomer.fill_modal("Instructions", "Answer like a sailor.")
    await expect(newcomer.modal.locator("[type=submit]")).to_be_in_viewport()
    assert await newcomer.modal.locator(".view-body").evaluate("body => body.scrollWidth <= body.clientWidth")
    await newcomer.keeps()
    await expect(await newcomer.asks_on("settings?", 2)).to_contain_text("Answer like a sailor.")
    await newcomer.write("slow 60 long 9000", "thread")
    await newcomer.bot_writes()
    await newcomer.press_stop()
    await expect((await newcomer.answered(3)).nth(2)).to_contain_text("Stopped.")
    assert await newcomer.page.evaluate("document.documentElement.scrollWidth") <= 390
