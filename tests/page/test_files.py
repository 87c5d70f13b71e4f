"""Files on the page: attached, sent, shown, deleted; and the task cards of an answer. Nobody has to answer for that."""

import asyncio
import base64
import io

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Route, expect

from .visitor import Visitor

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="module")]

DROP_OR_PASTE = """([selector, kind, name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type }));
  const common = { bubbles: true, cancelable: true };
  const event = kind === "paste"
    ? new ClipboardEvent(kind, { ...common, clipboardData: transfer })
    : new DragEvent(kind, { ...common, dataTransfer: transfer });
  document.querySelector(selector).dispatchEvent(event);
}"""


def png(width: int = 600, height: int = 400) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "#336699").save(made, "PNG")
    return made.getvalue()


def payload(name: str, kind: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": data}


async def attach(visitor: Visitor, *files: FilePayload) -> None:
    """Choose files for the channel's composer, and see them wait there."""
    await visitor.channel.get_by_label("Attach files").set_input_files(list(files))
    await expect(visitor.channel.locator(".tray li")).to_have_count(len(files))


async def bring(visitor: Visitor, selector: str, kind: str, name: str, media_type: str, data: bytes) -> None:
    """Paste or drop a file on an element."""
    given = [selector, kind, name, media_type, base64.b64encode(data).decode()]
    await visitor.page.evaluate(DROP_OR_PASTE, given)


async def test_chosen_files_wait_with_a_preview_and_go_with_the_text(visitor: Visitor) -> None:
    before = set(visitor.playground.workspace.filing.known)
    await attach(
        visitor,
        payload("shot.png", "image/png", png()),
        payload("notes.txt", "text/plain", b"words"),
        payload("report.pdf", "application/pdf", b"%PDF" * 400),
    )
    await expect(visitor.channel.locator(".tray img")).to_be_visible()
    await visitor.channel.get_by_role("button", name="Remove notes.txt").click()
    await visitor.composer().fill("look at these")
    await visitor.composer().press("Enter")

    message = visitor.messages().first
    await expect(message.locator(".text")).to_have_text("look at these")
    await expect(visitor.channel.locator(".tray li")).to_have_count(0)
    picture = message.get_by_role("img", name="shot.png")
    await expect(picture).to_be_visible()
    box = await picture.bounding_box()
    assert box is not None
    assert (round(box["width"]), round(box["height"])) == (360, 241)  # with its border
    await expect(message.locator(".card")).to_contain_text("report.pdf")
    async with visitor.page.expect_download() as download:
        await message.get_by_role("link", name="Download report.pdf").click()
    assert (await download.value).suggested_filename == "report.pdf"
    sent = visitor.room.messages[next(iter(visitor.room.messages))].files
    assert [file.name for file in sent] == ["shot.png", "report.pdf"]
    known = visitor.playground.workspace.filing.known
    assert [file.name for id, file in known.items() if id not in before and not file.completed] == []


async def test_a_picture_opens_in_a_tab_of_its_own(visitor: Visitor) -> None:
    visitor.playground.workspace.upload("grace", visitor.room.id, "", [("shot.png", png())])
    async with visitor.page.context.expect_page() as opened:
        await visitor.messages().first.get_by_role("link", name="shot.png").click()
    tab = await opened.value
    await tab.wait_for_load_state()
    assert await tab.evaluate("document.contentType") == "image/png"
    assert await tab.evaluate("document.images[0].naturalWidth") == 600


async def test_a_picture_is_pasted_and_sent_without_a_word(visitor: Visitor) -> None:
    await bring(visitor, "#channel textarea", "paste", "image.png", "image/png", png())
    await expect(visitor.channel.locator(".tray img")).to_be_visible()
    await visitor.composer().press("Enter")
    await expect(visitor.messages().first.get_by_role("img", name="image.png")).to_be_visible()


async def test_a_file_is_dropped_on_the_pane_it_is_for(visitor: Visitor) -> None:
    ts = visitor.playground.workspace.post("ada", visitor.room.id, "a question")
    await visitor.messages().first.focus()
    await visitor.page.keyboard.press("t")
    await expect(visitor.thread).to_be_visible()
    await bring(visitor, "#t", "dragover", "a.csv", "text/csv", b"1,2")
    await expect(visitor.thread).to_have_attribute("data-drop", "")
    await bring(visitor, "#t", "drop", "a.csv", "text/csv", b"1,2")
    await expect(visitor.thread).not_to_have_attribute("data-drop", "")
    await expect(visitor.thread.locator(".tray li")).to_contain_text("a.csv")
    await expect(visitor.channel.locator(".tray li")).to_have_count(0)
    await visitor.thread.get_by_role("button", name="Send the reply").click()
    await expect(visitor.thread.locator(".card")).to_contain_text("a.csv")
    assert [len(message.files) for message in visitor.playground.workspace.thread(visitor.room.id, ts)] == [0, 1]


async def test_enter_before_the_file_is_there_sends_both_as_soon_as_it_is(visitor: Visitor) -> None:
    may_go = asyncio.Event()

    async def hold(route: Route) -> None:
        await may_go.wait()
        await route.continue_()

    await visitor.page.route("**/upload?*", hold)
    await attach(visitor, payload("slow.txt", "text/plain", b"words"))
    await visitor.composer().fill("with a slow file")
    await visitor.composer().press("Enter")
    await expect(visitor.composer()).to_have_value("with a slow file")
    assert not visitor.room.messages
    may_go.set()
    await expect(visitor.messages().first.locator(".card")).to_contain_text("slow.txt")
    await expect(visitor.composer()).to_have_value("")


async def test_a_failed_upload_is_said_and_keeps_the_text(visitor: Visitor) -> None:
    await visitor.page.route("**/upload?*", lambda route: route.fulfill(status=413))
    await visitor.composer().fill("with a huge file")
    await visitor.channel.get_by_label("Attach files").set_input_files([payload("huge.bin", "", b"x")])
    await expect(visitor.page.get_by_role("alert")).to_have_text("huge.bin was not uploaded: it is too large.")
    await expect(visitor.channel.locator(".tray li")).to_have_count(0)
    await expect(visitor.composer()).to_have_value("with a huge file")
    visitor.complaints = [line for line in visitor.complaints if "413" not in line]


async def test_files_wait_where_they_were_attached_and_come_back_when_refused(visitor: Visitor) -> None:
    await attach(visitor, payload("notes.txt", "text/plain", b"words"))
    await visitor.go("team")
    await expect(visitor.channel.locator(".tray li")).to_have_count(0)
    await visitor.go(visitor.room.name)
    await expect(visitor.channel.locator(".tray li")).to_have_count(1)
    visitor.room.is_archived = True
    await visitor.composer().press("Enter")
    await expect(visitor.page.get_by_role("alert")).to_have_text("Not sent: is archived.")
    await expect(visitor.channel.locator(".tray li")).to_have_count(1)
    visitor.room.is_archived = False
    await visitor.composer().press("Enter")
    await expect(visitor.messages().first.locator(".card")).to_contain_text("notes.txt")


async def test_own_files_are_deleted_and_others_are_not(visitor: Visitor) -> None:
    workspace = visitor.playground.workspace
    workspace.upload("ada", visitor.room.id, "mine", [("shot.png", png())])
    workspace.upload("grace", visitor.room.id, "hers", [("hers.pdf", b"%PDF")])
    await expect(visitor.messages().nth(1).get_by_role("button", name="Delete the file")).to_have_count(0)
    message = visitor.messages().first
    await message.get_by_role("button", name="Delete the file shot.png").click()
    await visitor.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(message.locator(".files")).to_have_text("This file was deleted.")
    await expect(message.locator(".text")).to_have_text("mine")


async def test_the_way_to_the_newest_message_stands_clear_of_waiting_files(visitor: Visitor) -> None:
    workspace, room = visitor.playground.workspace, visitor.room
    workspace.post("grace", room.id, "line\n" * 80)
    await attach(visitor, *(payload(f"notes {number}.txt", "text/plain", b"words") for number in range(7)))
    await visitor.channel.locator(".scroller").hover()
    await visitor.page.mouse.wheel(0, -900)
    await visitor.page.wait_for_function("() => document.querySelector('#channel .scroller').scrollTop < 900")
    workspace.post("grace", room.id, "one more")
    button = visitor.channel.get_by_role("button", name="New messages")
    await expect(button).to_be_visible()
    above, below = await button.bounding_box(), await visitor.channel.locator(".composer").bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]


async def test_task_cards_show_what_is_being_done_above_the_answer(visitor: Visitor) -> None:
    workspace, room = visitor.playground.workspace, visitor.room
    root = workspace.post("ada", room.id, "a question")
    await visitor.page.goto(f"{visitor.playground.page_url}#/U0ADA00001/{room.id}/{root}")
    message = workspace.streams.start(room, root, "U0ADA00001")

    def tell(title: str, status: str, **more: str) -> None:
        workspace.streams.append(
            message, [], [{"type": "task_update", "id": "1", "title": title, "status": status, **more}]
        )

    tell("Reading page 1 of 80", "in_progress")
    row = visitor.thread.get_by_role("list", name="Steps").get_by_role("listitem")
    await expect(row).to_have_text("Reading page 1 of 80 (in progress)")
    spinner = "row => getComputedStyle(row.querySelector('.sign'), '::after').animationDuration"
    assert await row.evaluate(spinner) == "0.9s"
    await visitor.page.emulate_media(reduced_motion="reduce")
    assert await row.evaluate(spinner) == "0s"

    tell("Read 80 pages", "complete", details="The answer is on page 57")
    workspace.streams.append(message, ["It says **so**."], [])
    await expect(row).to_have_text("Read 80 pages (done)The answer is on page 57")
    text = visitor.thread.locator(".message .text", has_text="It says so.")
    card_box, text_box = await row.bounding_box(), await text.bounding_box()
    assert card_box is not None
    assert text_box is not None
    assert card_box["y"] + card_box["height"] <= text_box["y"]
