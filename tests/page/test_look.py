"""How the page looks: light and dark, on a desk and on a phone. Nobody has to answer for that."""

import pytest
from playwright.async_api import expect

from playground.server import Options, Playground

from .visitor import Visitor

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="module")]

GROUND = "getComputedStyle(document.body).backgroundColor"


async def test_dark_follows_the_system_and_can_be_chosen(visitor: Visitor) -> None:
    light = await visitor.page.evaluate(GROUND)
    await visitor.page.emulate_media(color_scheme="dark")
    dark = await visitor.page.evaluate(GROUND)
    assert light == "rgb(255, 255, 255)"
    assert dark != light
    await visitor.page.get_by_role("button", name="Light or dark").click()
    assert await visitor.page.evaluate(GROUND) == light
    await visitor.open()
    assert await visitor.page.evaluate(GROUND) == light


async def test_a_phone_shows_one_pane_at_a_time(visitor: Visitor) -> None:
    workspace = visitor.playground.workspace
    ts = workspace.post("ada", visitor.room.id, "a root with " + "many words " * 30 + "w" * 120)
    workspace.post("grace", visitor.room.id, "a reply\n```\n" + "code " * 60 + "\n```", ts)
    await visitor.page.set_viewport_size({"width": 360, "height": 740})
    await expect(visitor.channel).to_be_visible()
    await expect(visitor.page.locator("#sidebar")).to_be_hidden()

    await visitor.channel.get_by_role("link", name="1 reply").click()
    await expect(visitor.thread).to_be_visible()
    await expect(visitor.channel).to_be_hidden()
    assert await visitor.page.evaluate("document.documentElement.scrollWidth") == 360
    assert await visitor.thread.locator("pre").evaluate("block => block.scrollWidth > block.clientWidth")

    await visitor.page.get_by_role("button", name="Back to the channel").click()
    await expect(visitor.channel).to_be_visible()
    await visitor.page.get_by_role("button", name="Back to the channels").click()
    await expect(visitor.page.locator("#sidebar")).to_be_visible()
    await visitor.page.get_by_role("link", name="team").click()
    await expect(visitor.channel.get_by_role("heading", name="team")).to_be_visible()
    assert await visitor.page.evaluate("document.documentElement.scrollWidth") == 360


async def test_another_channel_is_marked_until_it_is_read(visitor: Visitor) -> None:
    visitor.playground.workspace.post("grace", "team", "psst")
    await expect(visitor.page.locator(".unread")).to_have_text("team")
    await visitor.go("team")
    await expect(visitor.page.locator(".unread")).to_have_count(0)
    await expect(visitor.messages().first).to_contain_text("psst")


async def test_a_draft_waits_where_it_was_written(visitor: Visitor) -> None:
    await visitor.composer().fill("not yet")
    await visitor.go("team")
    await expect(visitor.composer()).to_have_value("")
    await visitor.go(visitor.room.name)
    await expect(visitor.composer()).to_have_value("not yet")


async def test_the_page_comes_back_after_a_restart(visitor: Visitor) -> None:
    await visitor.write("before")
    await visitor.composer().fill("half a thou")
    await visitor.playground.stop()
    await expect(visitor.page.get_by_role("status").first).to_contain_text("does not answer")
    await visitor.composer().press("Enter")
    await expect(visitor.composer()).to_have_value("half a thou")
    await visitor.playground.start()
    await expect(visitor.page.locator("#banner")).to_be_empty()
    await visitor.write("after")
    await expect(visitor.messages().nth(1)).to_contain_text("after")
    visitor.complaints = [line for line in visitor.complaints if "ERR_CONNECTION_REFUSED" not in line]


async def test_what_cannot_be_posted_goes_back_into_the_composer(visitor: Visitor) -> None:
    visitor.room.is_archived = True
    await visitor.composer().fill("too late")
    await visitor.composer().press("Enter")
    await expect(visitor.page.get_by_role("alert")).to_have_text("Not sent: is archived.")
    await expect(visitor.composer()).to_have_value("too late")


async def test_a_new_playground_at_the_old_address_says_that_all_is_gone(visitor: Visitor) -> None:
    await visitor.write("before")
    await visitor.playground.stop()
    await expect(visitor.page.locator("#banner")).not_to_be_empty()
    port = int(visitor.playground.page_url.rstrip("/").rpartition(":")[2])
    async with Playground(Options(slack_port=port)):
        await expect(visitor.page.get_by_role("alert")).to_contain_text("was restarted")
        await expect(visitor.page.locator(".room[aria-current]")).to_have_text("general")
        await expect(visitor.messages()).to_have_count(0)
    await visitor.playground.start()
    visitor.complaints = [line for line in visitor.complaints if "ERR_CONNECTION_REFUSED" not in line]
