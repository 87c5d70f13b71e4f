"""The status page in a browser: the figures of a bot at work, and no words of anybody."""

import re
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from playground.server import Playground
from tests.wire.database_side import rows
from tests.wire.harness import GENERAL, House, running_bot
from tests.wire.model_side import model_works, recorded

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(playground: Playground, port: int, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("bot")
    given = {"HEALTH_PORT": str(port), "WORKSPACE_MONTH": "5000000"}
    timings = {"history_step": 0.3, "accounts_interval": 0.01}
    async with running_bot(playground, folder, timings=timings, may_log_tracebacks=False, **given) as bot:
        yield House(playground, bot, "async")


@pytest_asyncio.fixture(loop_scope="module")
async def page(chromium: Browser, house: House, port: int) -> AsyncIterator[Page]:
    """A window on the page; whatever the browser complains about fails the test."""
    complaints: list[str] = []
    context = await chromium.new_context(viewport={"width": 1200, "height": 900})
    page = await context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"http://127.0.0.1:{port}/")
    yield page
    assert [each for each in complaints if "favicon" not in each and "404" not in each] == []
    await context.close()


async def test_figures_plots_and_threads_at_work(page: Page, house: House) -> None:
    await house.ask("echo: one of many")
    house.playground.model.knobs.next(status=429, code="insufficient_quota")
    await house.ask("echo: never")
    house.playground.model.knobs.next(total_seconds=15.0, chunk_count=30)
    ts = house.mention("echo: nobody reads this here")
    await model_works(house)
    await expect(page.locator("#state")).to_contain_text("serving · async mode · version")
    await expect(page.locator("#lanes")).to_contain_text(f"{GENERAL}/{ts}")
    await expect(page.locator(".figure", has_text="turns at work")).to_contain_text("1")
    await expect(page.locator("#errors")).to_contain_text("quota")
    await expect(page.locator("#starts tbody tr")).to_have_count(1)
    await expect(page.locator("#plots figure")).to_have_count(7)
    await expect(page.locator("#plots polyline").first).to_have_attribute("points", re.compile(r"\d+,\d"))
    assert "nobody reads" not in await page.content()


async def test_what_was_used_this_month(page: Page, house: House) -> None:
    ts = house.mention("echo: some tokens")
    await recorded(house, ts)
    await page.reload()
    month = page.locator("#usage")
    await expect(month.locator("rect")).to_have_count(1)
    (tokens, cost), *_ = rows(house, "SELECT sum(input + output), sum(cost) FROM usage WHERE state <> 'reserved'")
    assert isinstance(tokens, int)
    assert isinstance(cost, int)
    await expect(month).to_contain_text(f"{tokens:,} tokens · ${cost / 1e9:.4f}".rstrip("0"))
    await expect(month).to_contain_text("WORKSPACE_MONTH: 0 % of 5,000,000 tokens")
    await expect(month.locator("svg")).to_have_attribute("aria-label", re.compile(r"tokens a day in \d{4}-\d\d, up to"))


async def test_on_a_phone_nothing_is_wider_than_the_screen(page: Page) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    await expect(page.locator("#plots figure")).to_have_count(7)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
