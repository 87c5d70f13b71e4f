"""People's files: only from Slack, with the token for nobody else, and every trouble by its name."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from pydantic import SecretStr
from yarl import URL

from base_client import FileRef, FileTrouble, FileUnavailable
from message_processor.ingestion.web import Web
from ops.figures import Figures
from slack_client.errors import Refused, SlackFailure, Unreachable
from slack_client.files import SlackFiles
from tests.ingestion.site import settings
from tests.slack_client.file_host import FileHost, open_host
from tests.slack_client.scripted import ScriptedApi

TOKEN = "xoxb-secret"
OURS = f"Bearer {TOKEN}"


@dataclass
class Desk:
    """Files from `slack`; `foreign` is a host that must never see the token."""

    slack: FileHost
    foreign: FileHost
    web: Web
    api: ScriptedApi = field(default_factory=ScriptedApi)

    async def fetch(self, url: str, name: str = "shot.png", size: int = 0, limit: int = 1_000) -> bytes:
        files = SlackFiles(self.api, self.web, SecretStr(TOKEN), f"{self.slack.address}api/")
        return await files.fetch(FileRef("F1", name, size, url), limit)

    async def trouble(self, url: str, name: str = "shot.png", size: int = 0) -> FileTrouble:
        with pytest.raises(FileUnavailable) as failure:
            await self.fetch(url, name, size)
        return failure.value.trouble

    def url(self, path: str, **query: str) -> str:
        return str(URL(f"{self.slack.address}{path}").with_query(query))


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    """Two hosts and the pool."""
    async with open_host() as slack, open_host() as foreign:
        port = URL(foreign.address).port
        web = await Web.open(settings(f"{slack.address}api/", TEST_LINK_ADDRESS=f"127.0.0.1:{port}"), Figures())
        yield Desk(slack, foreign, web)
        await web.close()


async def test_a_file_is_fetched_with_the_token(desk: Desk) -> None:
    assert await desk.fetch(desk.url("file/5/shot.png")) == b"xxxxx"
    assert desk.slack.tokens() == {OURS}


async def test_a_redirect_among_slacks_own_is_followed(desk: Desk) -> None:
    assert await desk.fetch(desk.url("to/x", url="/file/3/shot.png")) == b"xxx"


@pytest.mark.parametrize("way", ["straight", "redirect", "two redirects", "files.info"])
async def test_the_token_never_leaves_for_another_host(desk: Desk, way: str) -> None:
    elsewhere = f"{desk.foreign.address}file/3/shot.png"
    url = elsewhere
    if way == "redirect":
        url = desk.url("to/x", url=elsewhere)
    elif way == "two redirects":
        url = desk.url("to/x", url=desk.url("to/y", url=elsewhere))
    elif way == "files.info":
        url, desk.api.next["files.info"] = "", [{"file": {"id": "F1", "url_private": elsewhere}}]
    assert await desk.trouble(url) is FileTrouble.REFUSED_ADDRESS
    assert desk.foreign.asked == []


async def test_links_of_the_same_pool_carry_no_token(desk: Desk) -> None:
    await desk.fetch(desk.url("file/5/shot.png"))
    assert (await desk.web.get(f"{desk.foreign.address}file/3/x", 10)).data == b"xxx"
    assert desk.foreign.tokens() == {None}


@pytest.mark.parametrize(
    ("path", "trouble"),
    [
        ("page/shot.png", FileTrouble.DENIED),
        ("status/401/x", FileTrouble.DENIED),
        ("status/403/x", FileTrouble.DENIED),
        ("status/404/x", FileTrouble.GONE),
        ("status/500/x", FileTrouble.UNREACHABLE),
        ("file/1001/x", FileTrouble.TOO_LARGE),
    ],
)
async def test_every_trouble_has_its_name(desk: Desk, path: str, trouble: FileTrouble) -> None:
    assert await desk.trouble(desk.url(path)) is trouble


async def test_a_redirect_to_the_login_is_a_denial_also_for_a_page(desk: Desk) -> None:
    assert await desk.trouble(desk.url("to/x", url="/login?redir=/file"), name="page.html") is FileTrouble.DENIED
    assert [request.path for request in desk.slack.asked] == ["/to/x"]


async def test_a_page_that_people_sent_is_a_file(desk: Desk) -> None:
    assert (await desk.fetch(desk.url("page/x"), name="Report.HTML")).startswith(b"<!DOCTYPE html>")


async def test_what_is_said_to_be_too_large_is_not_asked_for(desk: Desk) -> None:
    assert await desk.trouble(desk.url("file/5/x"), size=1_001) is FileTrouble.TOO_LARGE
    assert desk.slack.asked == []


async def test_a_file_that_slack_shows_on_request_is_asked_for(desk: Desk) -> None:
    shown = {"id": "F1", "name": "other.png", "size": 5, "url_private": desk.url("file/5/shot.png")}
    desk.api.next["files.info"] = [{"file": shown}]
    assert await desk.fetch("") == b"xxxxx"
    assert desk.api.calls[0] == ("files.info", {"file": "F1"})


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (Refused("files.info", "file_deleted"), FileTrouble.GONE),
        (Refused("files.info", "file_not_found"), FileTrouble.GONE),
        (Refused("files.info", "access_denied"), FileTrouble.DENIED),
        (Refused("files.info", "missing_scope"), FileTrouble.DENIED),
        ({"file": {"id": "F1", "mode": "tombstone"}}, FileTrouble.GONE),
        ({"file": {"id": "F1", "url_private": "https://files.slack.com/x", "size": 2_000}}, FileTrouble.TOO_LARGE),
        ({"file": {"id": "F1"}}, FileTrouble.DENIED),
        ({"file": "none"}, FileTrouble.DENIED),
        ({}, FileTrouble.DENIED),
    ],
)
async def test_what_slack_says_of_a_file_on_request_is_taken_at_its_word(
    desk: Desk, answer: SlackFailure | dict[str, object], trouble: FileTrouble
) -> None:
    desk.api.next["files.info"] = [answer]
    assert await desk.trouble("") is trouble


async def test_a_lost_question_is_asked_again(desk: Desk) -> None:
    shown = {"id": "F1", "url_private": desk.url("file/5/shot.png")}
    desk.api.next["files.info"] = [Unreachable("files.info", "refused"), {"file": shown}]
    assert await desk.fetch("") == b"xxxxx"


async def test_known_trouble_is_not_looked_for(desk: Desk) -> None:
    files = SlackFiles(desk.api, desk.web, SecretStr(TOKEN), f"{desk.slack.address}api/")
    with pytest.raises(FileUnavailable) as failure:
        await files.fetch(FileRef("F1", "x", 0, desk.url("file/5/x"), FileTrouble.HIDDEN.value), 10)
    assert failure.value.trouble is FileTrouble.HIDDEN
    assert desk.slack.asked == []


async def test_the_token_is_in_nothing_that_is_printed(desk: Desk) -> None:
    files = SlackFiles(desk.api, desk.web, SecretStr(TOKEN), f"{desk.slack.address}api/")
    assert TOKEN not in repr(vars(files))
