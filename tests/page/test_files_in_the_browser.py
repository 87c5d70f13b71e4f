"""Pictures and documents as people bring them, in a real browser, with the real bot behind the workspace."""

import base64
import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Locator, expect

from tests.ingestion.samples import pdf, png

from .visitor import Visitor

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]

PATIENCE = 30_000  # milliseconds: 80 pages take a while to read
COPY = """async (data) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) })]);
}"""
PIXELS = """async (image) => {
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  canvas.getContext("2d").drawImage(image, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
}"""


async def paste_picture(visitor: Visitor, data: bytes) -> None:
    """Copy a PNG and paste it into the channel's composer by its keys."""
    await visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await visitor.page.evaluate(COPY, base64.b64encode(data).decode())
    await visitor.composer().focus()
    await visitor.page.keyboard.press("Control+V")


async def drag_and_drop(visitor: Visitor, file: Path, onto: Locator) -> None:
    """Drag a file from outside of the browser over an element, see it offer itself, and let go."""
    box = await onto.bounding_box()
    assert box is not None
    devtools = await visitor.page.context.new_cdp_session(visitor.page)
    dragged = {
        "x": box["x"] + box["width"] / 2,
        "y": box["y"] + box["height"] / 2,
        "data": {"items": [], "files": [str(file)], "dragOperationsMask": 1},
    }
    for kind in ("dragEnter", "dragOver"):
        await devtools.send("Input.dispatchDragEvent", {"type": kind, **dragged})
    await expect(onto).to_have_attribute("data-drop", "")
    await devtools.send("Input.dispatchDragEvent", {"type": "drop", **dragged})
    await devtools.detach()


async def pixels(picture: Locator) -> Image.Image:
    """What the browser shows of a picture."""
    return Image.open(io.BytesIO(base64.b64decode(await picture.evaluate(PIXELS))))


def brightness(picture: Image.Image) -> int:
    """The median of its grey values, 0 to 255."""
    values = sorted(picture.convert("L").resize((64, 64)).tobytes())
    return values[len(values) // 2]


async def test_a_pasted_picture_is_described_by_its_size_and_colour(visitor: Visitor) -> None:
    await paste_picture(visitor, png(640, 480, "red"))
    await expect(visitor.channel.locator(".tray img")).to_be_visible()
    await visitor.write("@Threadwell what is on it?")
    await expect(visitor.messages().first.get_by_role("img", name="image.png")).to_be_visible()
    answer = (await visitor.answered()).first
    await expect(answer.locator(".text")).to_contain_text("640 x 480 px, mostly red")


async def test_a_picture_is_drawn_with_its_steps_shown_then_changed(visitor: Visitor) -> None:
    visitor.playground.model.knobs.set(image_seconds=0.8)
    await visitor.write("@Threadwell draw a lighthouse")
    steps = visitor.thread.get_by_role("list", name="Steps").get_by_role("listitem")
    await expect(steps.first).to_have_attribute("data-state", "in_progress")
    pictures = visitor.thread.locator(".picture img")
    await expect(pictures).to_have_count(1, timeout=PATIENCE)
    await visitor.answered(2)
    await expect(steps).to_have_attribute("data-state", "complete")
    await expect(pictures).to_have_attribute("alt", "a lighthouse")

    visitor.playground.model.knobs.reset()
    await visitor.write("make it night", "thread")
    await expect(pictures).to_have_count(2, timeout=PATIENCE)
    await visitor.answered(4)
    await expect(steps).to_have_count(2)
    await expect(steps.nth(1)).to_have_attribute("data-state", "complete")
    day, night = await pixels(pictures.first), await pixels(pictures.nth(1))
    assert night.size == day.size
    assert brightness(night) < brightness(day)


async def test_a_page_of_a_dropped_document_is_quoted(visitor: Visitor, tmp_path: Path) -> None:
    filler = "The tide comes in and goes out again. " * 120  # too much for one request, so that the tools are needed
    report = tmp_path / "report.pdf"
    report.write_bytes(pdf([f"This is page {n}. Its code word is heron{n * n}. {filler}" for n in range(1, 81)]))
    await drag_and_drop(visitor, report, visitor.channel)
    await expect(visitor.channel.locator(".tray li")).to_contain_text("report.pdf")
    await visitor.write("@Threadwell what does page 57 say?")
    await expect(visitor.messages().first.locator(".card")).to_contain_text("report.pdf")

    quoted = visitor.thread.locator(".message .text", has_text="heron3249")
    await expect(quoted).to_be_visible(timeout=PATIENCE)
    await visitor.answered()
    await expect(quoted).to_contain_text("page 57: This is page 57. Its code word is heron3249.")
    steps = visitor.thread.get_by_role("list", name="Steps").get_by_role("listitem")
    await expect(steps.last).to_have_attribute("data-state", "complete")
    await expect(steps.last).to_contain_text("57")
