"""What a person does with an app's windows, buttons, commands and shortcuts."""

import re

from playwright.async_api import Locator, Page, expect


class Interacting:
    """The verbs of a Visitor that need an app behind the workspace."""

    page: Page

    # -- windows -----------------------------------------------------------------------------------------------------

    @property
    def modal(self) -> Locator:
        """The window on top."""
        return self.page.locator("#modal")

    async def open_settings(self, command: str = "/ai-settings") -> None:
        """Send a slash command, and see a window with fields or buttons, which the first one seldom has."""
        field = self.page.locator(".composer[data-where=channel] textarea")
        await field.fill(command)
        await field.press("Escape")
        await field.press("Enter")
        await self.modal.locator(".view-body :is(input, select, textarea, button)").first.wait_for()

    def modal_field(self, label: str) -> Locator:
        """The field of the window with this label; for radio buttons and checkboxes their group."""
        return self.modal.get_by_label(re.compile(rf"^{re.escape(label)}( \(optional\))?$"))

    async def fill_modal(self, label: str, value: str) -> None:
        """Type a text, or choose an option by its words."""
        field = self.modal_field(label)
        tag = await field.evaluate("field => field.localName")
        if tag == "select":
            await field.select_option(label=value)
        elif tag == "div":
            await field.get_by_label(value, exact=True).check()
        else:
            await field.fill(value)

    async def submit_modal(self) -> None:
        """Press the window's own button; what comes of it is for the caller to see."""
        await self.modal.locator("[type=submit]").click()

    async def saved(self) -> None:
        """Press it, and see the window close."""
        await self.submit_modal()
        await expect(self.modal).to_be_hidden()

    def modal_error(self, label: str) -> Locator:
        """The line that says what is wrong with a field."""
        words = self.page.locator(".field-label", has_text=re.compile(rf"^{re.escape(label)}( \(optional\))?$"))
        return self.modal.locator(".block", has=words).locator(".field-error")

    async def close_modal(self) -> None:
        """Close the window on top with the keyboard."""
        await self.page.keyboard.press("Escape")

    # -- messages ----------------------------------------------------------------------------------------------------

    async def click_button(self, where: Locator, name: str) -> None:
        """Press a button of blocks; a question that it asks first is answered with yes."""
        await where.get_by_role("button", name=name, exact=True).click()
        question = self.page.locator("#ask[open]")
        if await question.count():
            await question.locator("button[value=yes]").click()

    async def feedback(self, message: Locator, name: str) -> None:
        """Press a thumb under an answer, and see it marked."""
        thumb = message.get_by_role("button", name=name, exact=True)
        await thumb.click()
        await expect(thumb).to_have_attribute("aria-pressed", "true")

    async def message_shortcut(self, message: Locator, name: str) -> None:
        """Choose an entry of a message's menu."""
        await message.hover()
        await message.get_by_role("button", name="More actions").click()
        await self.page.get_by_role("menuitem", name=name, exact=True).click()

    # -- conversations -----------------------------------------------------------------------------------------------

    async def press_stop(self) -> None:
        """Slack's own Stop in the open thread."""
        await self.page.locator("#thread").get_by_role("button", name="Stop", exact=True).click()

    async def open_home(self) -> Locator:
        """The app's home tab; direct messages are open already."""
        await self.page.get_by_role("tab", name="Home").click()
        home = self.page.get_by_role("tabpanel", name="Home")
        await home.wait_for()
        return home

    async def rename_conversation(self, title: str) -> None:
        """Give the open thread another title."""
        await self.page.locator("#thread-head").get_by_role("button", name="Rename the conversation").click()
        field = self.page.get_by_label("Title of the conversation")
        await field.fill(title)
        await field.press("Enter")
