"""`python -m tests.page.screenshot`: makes the pictures in docs/ anew, from the real page, bot and workspace."""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Browser, expect

from playground.server import Playground
from tests.ingestion.samples import pdf
from tests.wire.harness import running_bot

from .browser import ROOT, running_chromium
from .visitor import Visitor

DOCS = ROOT / "docs"
QUESTION = "@Threadwell draw a lighthouse on a hill by the sea, with a boat"
DRAWN = "Here it is: **picture 1**. Shall I change the *hour*, the *colours*, the `size`?"
CHANGED = "Night has fallen: **picture 2**, with the moon above the sea."
TIDES = (
    "The **moon** pulls the near side of the sea more than the earth, and the earth more than the far side. "
    "So there are *two* bulges, and two high tides a day:\n\n"
    "| tide | cause |\n|---|---|\n| spring | sun and moon in one line |\n| neap | at a right angle |\n"
)
SPRING = (
    "Twice a month, at **full moon** and at **new moon**, sun and moon pull along one line. "
    + "And so it goes on. " * 40
)


async def on_page(browser: Browser, playground: Playground, room: str) -> Visitor:
    """Ada in a channel, on a page of its own."""
    page = await browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light")
    visitor = Visitor(page, playground, playground.workspace.channel(room))
    await visitor.open()
    return visitor


async def taken(visitor: Visitor, name: str) -> None:
    """Keep what is to be seen as docs/<name>.png."""
    await expect(visitor.page.locator("#sidebar .touched")).to_be_hidden()
    path = DOCS / f"{name}.png"
    await visitor.page.screenshot(path=path, animations="disabled")
    print(f"wrote {path.relative_to(ROOT)}")


async def playground_picture(visitor: Visitor) -> None:
    """A channel with some life in it, and a thread with a picture that was drawn, then changed."""
    playground, workspace, room = visitor.playground, visitor.playground.workspace, visitor.room
    ts = workspace.post("grace", room.id, "The nightly import is through, *no errors* this time.")
    workspace.react("ada", room.id, ts, "tada")
    workspace.react("alan", room.id, ts, "tada")
    workspace.react("alan", room.id, ts, "eyes")
    plan = workspace.upload(
        "alan", room.id, "The plan for the harbour is *ready*:", [("harbour.pdf", pdf(["The plan. " * 400] * 80))]
    )
    workspace.post("grace", room.id, "Reads well!", plan)
    workspace.post("ada", room.id, "One question about step `3`, later today.", plan)
    playground.model.knobs.set(answer=DRAWN)
    await visitor.write(QUESTION)
    await visitor.answered(2)
    playground.model.knobs.set(answer=CHANGED)
    await visitor.write("make it night", "thread")
    await visitor.answered(4)
    await visitor.page.locator("#thread .scroller").evaluate("scroller => scroller.scrollTop = 0")
    playground.model.knobs.reset()
    await visitor.page.mouse.move(700, 300)
    await taken(visitor, "playground")


async def settings_picture(visitor: Visitor) -> None:
    """The window with a person's settings, over an answer."""
    visitor.playground.model.knobs.set(answer=TIDES)
    await visitor.write("@Threadwell why are there two high tides a day?")
    await visitor.answered()
    visitor.playground.model.knobs.reset()
    await visitor.open_settings()
    await visitor.fill_modal("Length of answers", "Short")
    await visitor.fill_modal("Instructions", "I teach physics to children of ten. Explain without formulas.")
    await visitor.submit_modal()
    await expect(visitor.modal).to_contain_text("Saved")
    await visitor.close_modal()
    await expect(visitor.modal).to_be_hidden()
    await visitor.open_settings()
    await taken(visitor, "settings")
    await visitor.close_modal()
    await expect(visitor.modal).to_be_hidden()


async def home_picture(visitor: Visitor) -> None:
    """The app's home tab, after some answers."""
    await visitor.go("Threadwell")
    home = await visitor.open_home()
    await expect(home).to_contain_text("Short")
    await taken(visitor, "home")


async def phone_picture(visitor: Visitor) -> None:
    """A thread on a phone: an answer, one that was stopped, and what waited for it."""
    await visitor.page.set_viewport_size({"width": 390, "height": 844})
    thread = next(reversed(visitor.room.threads))
    await visitor.page.goto(f"{visitor.page.url}/{thread}")
    visitor.playground.model.knobs.set(answer=SPRING, total_seconds=60.0, chunk_characters=12)
    await visitor.write("What are spring tides?", "thread")
    await expect(visitor.thread.locator(".message.live .text")).to_contain_text("new moon")
    await visitor.write("And on the moon itself?", "thread")
    await expect(visitor.messages("thread").last.locator(".chip")).to_be_visible()
    await visitor.press_stop()
    await expect(visitor.thread.get_by_role("button", name="Answer them")).to_be_visible()
    await visitor.answered(3)
    visitor.playground.model.knobs.reset()
    await visitor.page.mouse.move(200, 20)
    await taken(visitor, "phone")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with Playground() as playground, running_bot(playground, Path(folder)), running_chromium() as browser:
            await playground_picture(await on_page(browser, playground, "general"))
            await settings_picture(await on_page(browser, playground, "team"))
            await home_picture(await on_page(browser, playground, "team"))
            await phone_picture(await on_page(browser, playground, "team"))


if __name__ == "__main__":
    asyncio.run(main())
