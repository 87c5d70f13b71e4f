"""Files and task cards as HTML, and the page's own way to files, without a browser."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from playground.page.attached import attached, size
from playground.page.tasks import tasks
from playground.server import Playground
from playground.slack.files import File, FileMode
from playground.slack.wire import JsonObject

ADA = "U0ADA00001"


def file(name: str, mode: FileMode = "hosted", *, data: bytes = b"x" * 1_500, alt_txt: str = "") -> File:
    return File("F1", "T1", ADA, name, name, 0, "http://x/", len(data), alt_txt, mode=mode, data=data)


@pytest_asyncio.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground() as running:
        yield running


@pytest_asyncio.fixture
async def session(playground: Playground) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(playground.page_url) as session:
        yield session


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (9_960, "10 kB"), (999_600, "1.0 MB"), (60_000_000, "60 MB")],
)
def test_sizes_are_for_people(count: int, shown: str) -> None:
    assert size(count) == shown


def test_a_picture_is_shown_with_its_description() -> None:
    shown = attached((file("shot.png", alt_txt='a "lighthouse"'),), "U0GRACE001")
    assert 'src="/page-files/F1/shot.png" alt="a &quot;lighthouse&quot;"' in shown
    assert "delete-file" not in shown


@pytest.mark.parametrize(
    ("name", "mode", "expected"),
    [
        ("report.pdf", "hosted", "1.5 kB · PDF"),
        ("drawing.svg", "hosted", "download="),
        ("plan.docx", "external", "Kept elsewhere · Word Document"),
        ("shot.png", "external", "Kept elsewhere · PNG"),
        ("shot.png", "hidden_by_limit", "over its storage limit"),
        ("shot.png", "tombstone", "This file was deleted."),
    ],
)
def test_everything_else_is_a_card_or_a_line(name: str, mode: FileMode, expected: str) -> None:
    shown = attached((file(name, mode),), ADA)
    assert expected in shown
    assert "<img" not in shown


def test_names_never_become_markup() -> None:
    shown = attached((file('<b>"x".pdf'), file("<i>.png")), ADA)
    assert "<b>&lt;b&gt;" in shown
    assert "<i>" not in shown


def update(task: str, title: str, status: str, **more: str) -> JsonObject:
    return {"type": "task_update", "id": task, "title": title, "status": status, **more}


def test_the_newest_of_a_task_holds_and_its_details_follow_each_other() -> None:
    shown = tasks(
        [
            {"type": "plan_update", "title": "First"},
            update("1", "Reading", "pending", details="one "),
            update("2", "Drawing", "in_progress"),
            update("1", "Read <all>", "complete", details="two"),
            {"type": "plan_update", "title": "Second"},
        ]
    )
    assert shown.index("Read &lt;all&gt;") < shown.index("Drawing")
    assert "one two" in shown
    assert '<p class="plan">Second</p>' in shown
    assert ("Reading" in shown, shown.count("<li ")) == (False, 2)
    assert "(done)" in shown
    assert tasks([]) == ""


async def test_attached_files_wait_for_their_message(playground: Playground, session: aiohttp.ClientSession) -> None:
    form = aiohttp.FormData(quote_fields=False)  # as browsers do
    form.add_field("file", b"words", filename="Notiz Ä.txt")
    async with session.post(f"/upload?person={ADA}", data=form) as answer:
        (kept,) = (await answer.json())["files"]
    waiting = playground.workspace.filing.waiting(kept["id"])
    assert (waiting.name, waiting.data, waiting.completed) == ("Notiz Ä.txt", b"words", False)


async def test_uploads_without_a_person_or_a_form_are_refused_in_words(session: aiohttp.ClientSession) -> None:
    async with session.post("/upload?person=nobody", data=aiohttp.FormData({"a": "b"})) as answer:
        assert (answer.status, await answer.json()) == (400, {"error": "user not found"})
    headers = {"Content-Type": "multipart/form-data"}
    async with session.post(f"/upload?person={ADA}", data=b"no boundary", headers=headers) as answer:
        assert (answer.status, await answer.json()) == (400, {"error": "invalid form data"})


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
async def test_files_are_for_this_machine_only(
    playground: Playground, session: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    kept = playground.workspace.filing.keep(ADA, "a.png", b"x")
    async with session.get(f"/page-files/{kept.id}/a.png", headers=headers) as answer:
        assert answer.status == 403
    async with session.post(f"/upload?person={ADA}", data={"a": "b"}, headers=headers) as answer:
        assert answer.status == 403


@pytest.mark.parametrize(
    ("name", "kind", "content_type"),
    [
        ("a.png", "inline", "image/png"),
        ("a.svg", "attachment", "application/octet-stream"),
        ("a.html", "attachment", "application/octet-stream"),
    ],
)
async def test_only_pictures_are_opened_and_nothing_runs(
    playground: Playground, session: aiohttp.ClientSession, name: str, kind: str, content_type: str
) -> None:
    kept = playground.workspace.filing.keep(ADA, name, b"<script>")
    async with session.get(f"/page-files/{kept.id}/{name}") as answer:
        assert answer.headers["Content-Disposition"].startswith(kind)
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.content_type == content_type


async def test_a_deleted_file_is_not_served(playground: Playground, session: aiohttp.ClientSession) -> None:
    ts = playground.workspace.upload("ada", "general", "", [("a.png", b"x")])
    sent = playground.workspace.message("general", ts).files[0]
    playground.workspace.delete_file("ada", sent.id)
    async with session.get(f"/page-files/{sent.id}/a.png") as answer:
        assert answer.status == 404
