"""People steer the real bot on the page: settings, Stop, edits, feedback, and what is there to begin with."""

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from .newcomers import Newcomer
from .visitor import Visitor

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]

LENGTH = "Length of answers"
SETTINGS_MENU = "Thread settings"
# 0 is black, 1 is white.
BRIGHTNESS = """element => {
  const [red, green, blue] = getComputedStyle(element).backgroundColor.match(/[\\d.]+/g).map(Number);
  return (red + green + blue) / 765;
}"""


@pytest_asyncio.fixture(loop_scope="module")
async def newcomer(visitor: Visitor) -> Newcomer:
    return await Newcomer.comes(visitor)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_next_answer_has_the_model_and_the_instructions_of_the_window(
    newcomer: Newcomer, scheme: str
) -> None:
    await newcomer.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await newcomer.open_settings()
    brightness = await newcomer.modal.evaluate(BRIGHTNESS)
    assert brightness < 0.3 if scheme == "dark" else brightness > 0.9
    await newcomer.fill_modal("Instructions", "Answer like a pirate.")
    await expect(newcomer.modal_field("Reasoning effort")).to_be_visible()
    await newcomer.fill_modal("Model", "gpt-4.1")
    await newcomer.fill_modal("Temperature", "0.5")
    await expect(newcomer.modal_field("Reasoning effort")).to_have_count(0)
    await expect(newcomer.modal_field("Instructions")).to_have_value("Answer like a pirate.")
    await newcomer.keeps()
    answer = await newcomer.asks("settings?")
    await expect(answer).to_contain_text("model: gpt-4.1")
    await expect(answer).to_contain_text("temperature: 0.5")
    await expect(answer).to_contain_text("Answer like a pirate.")


async def set_length(newcomer: Newcomer, answer: Locator, length: str) -> None:
    """Choose how long the answers of this thread are to be."""
    await newcomer.message_shortcut(answer, SETTINGS_MENU)
    await newcomer.fill_modal(LENGTH, length)
    await newcomer.keeps()


async def test_a_threads_own_setting_wins_over_the_persons_until_it_is_taken_back(newcomer: Newcomer) -> None:
    await newcomer.open_settings()
    await newcomer.fill_modal(LENGTH, "Short")
    await newcomer.keeps()
    answer = await newcomer.asks("settings?")
    await expect(answer).to_contain_text("verbosity: low")

    await newcomer.message_shortcut(answer, SETTINGS_MENU)
    await expect(newcomer.modal).to_contain_text("Inherited (set by you, for all your conversations): Short")
    await newcomer.close_modal()
    await expect(newcomer.modal).to_be_hidden()
    await set_length(newcomer, answer, "Detailed")
    await expect(await newcomer.asks_on("settings?", 2)).to_contain_text("verbosity: high")
    await set_length(newcomer, answer, "As inherited: Short")
    await expect(await newcomer.asks_on("settings?", 3)).to_contain_text("verbosity: low")


async def test_what_is_wrong_in_a_field_stands_at_it_and_nothing_is_kept_before_it_is_right(newcomer: Newcomer) -> None:
    await newcomer.open_settings()
    await newcomer.fill_modal("Model", "gpt-4.1")
    await newcomer.fill_modal("Temperature", "5")
    await newcomer.fill_modal("Instructions", "Be brief.")
    await newcomer.submit_modal()
    await expect(newcomer.modal_error("Temperature")).to_have_text("Must be 2 or less.")
    await newcomer.fill_modal("Temperature", "warm")
    await newcomer.submit_modal()
    await expect(newcomer.modal_error("Temperature")).to_contain_text("number")
    await expect(newcomer.modal_field("Instructions")).to_have_value("Be brief.")
    await newcomer.close_modal()
    await expect(newcomer.modal).to_be_hidden()
    await expect(await newcomer.asks("settings?")).to_contain_text("model: gpt-6.2-sol")


async def test_a_good_answer_is_marked_and_a_bad_one_is_asked_about(newcomer: Newcomer) -> None:
    answer = await newcomer.asks("echo: judge me")
    await newcomer.feedback(answer, "Good answer")
    await newcomer.feedback(answer, "Bad answer")
    await expect(newcomer.page.get_by_role("dialog", name="Thank you")).to_be_visible()
    await newcomer.fill_modal("What was wrong with it?", "It says nothing.")
    await newcomer.saved()
    await expect(newcomer.thread.locator(".ephemeral").last).to_contain_text("Thank you, noted.")


async def test_a_question_is_answered_again_by_a_button_where_it_failed_and_by_the_menu_anywhere(
    newcomer: Newcomer,
) -> None:
    newcomer.playground.model.knobs.next(status=400, code="invalid_request_error", message="no")
    failed = await newcomer.asks("echo: at last")
    await expect(failed).to_contain_text("⚠️")
    await newcomer.click_button(failed, "Answer again")
    second = (await newcomer.answered(2)).nth(1)
    await expect(second.locator(".text")).to_have_text("at last")
    await expect(second.get_by_role("button", name="Answer again")).to_have_count(0)
    await newcomer.message_shortcut(second, "Answer again")
    await expect((await newcomer.answered(3)).nth(2).locator(".text")).to_have_text("at last")


async def test_home_shows_what_was_changed_there_and_the_last_answers(newcomer: Newcomer) -> None:
    await newcomer.asks("echo: remember me")
    await newcomer.direct_messages()
    home = await newcomer.open_home()
    await expect(home).to_contain_text("Answers: 1")
    await expect(home).to_contain_text("today")
    await expect(home).to_contain_text("Show answers while they are written: Yes (the bot's own setting)")
    await newcomer.click_button(home, "Edit")
    await newcomer.fill_modal("Show answers while they are written", "No")
    await newcomer.keeps()
    await expect(home).to_contain_text("Show answers while they are written: No (set by you")


async def test_a_prompt_that_is_suggested_is_asked_at_a_click(newcomer: Newcomer) -> None:
    await newcomer.direct_messages()
    suggested = newcomer.page.get_by_role("button", name="Ask about a document")
    await suggested.click()
    await expect(newcomer.messages().first).to_contain_text("What are its most important points?")
    await expect((await newcomer.answered()).first.locator(".text")).not_to_be_empty()


async def test_a_first_question_is_answered_and_followed_by_one_note_whose_button_opens_the_settings(
    newcomer: Newcomer,
) -> None:
    await newcomer.asks("echo: hello")
    note = newcomer.thread.locator(".ephemeral")
    await expect(note).to_contain_text("Only visible to you")
    await expect(note).to_contain_text("Hello! I answer here in the thread")
    await newcomer.click_button(note, "Settings")
    await expect(newcomer.modal_field("Model")).to_be_visible()
    await newcomer.close_modal()
    await expect(newcomer.modal).to_be_hidden()
    await newcomer.asks("echo: me again")
    await newcomer.asks_on("echo: still me", 2)
    await expect(note).to_have_count(0)


async def test_a_german_is_spoken_to_in_german(visitor: Visitor) -> None:
    newcomer = await Newcomer.comes(visitor, "de-DE")
    answer = await newcomer.asks("settings?")
    await expect(answer).to_contain_text("the locale de-DE")
    await expect(newcomer.thread.locator(".ephemeral")).to_contain_text("Hallo! Ich antworte hier im Thread")
    await newcomer.open_settings()
    await newcomer.fill_modal("Modell", "gpt-4.1")
    await expect(newcomer.modal_field("Temperatur")).to_be_visible()
    await newcomer.keeps()
    await expect(await newcomer.asks_on("settings?", 2)).to_contain_text("model: gpt-4.1")
