"""Our own files into a thread: bytes to Slack alone and without the token, and shared once, whatever gets lost."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web as http
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from base_client import ChatUnavailable, ThreadKey, Upload
from ops.figures import Figures
from slack_client.errors import Ambiguous, OutOfPatience, Refused, SlackFailure
from slack_client.pacing import Pacing
from slack_client.uploads import SlackUploads
from slack_client.web_api import Answer, WebApi
from tests.slack_client.file_host import FileHost, open_host
from tests.slack_client.scripted import THREAD, TIMINGS, ScriptedApi

URL, COMPLETE, INFO = "files.getUploadURLExternal", "files.completeUploadExternal", "files.info"
ELSEWHERE = ThreadKey("T1", "C1", "1600000000.000001")


@dataclass
class Desk:
    """Uploads to `slack`; `foreign` is another host."""

    slack: FileHost
    foreign: FileHost
    uploads: SlackUploads
    api: ScriptedApi = field(default_factory=ScriptedApi)
    figures: Figures = field(default_factory=Figures)

    async def share(self, *, in_doubt: bool = False) -> None:
        await self.uploads.share(THREAD, "F1", "A lighthouse", in_doubt=in_doubt)


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    """Two hosts, and a Web API that a test makes up."""
    async with open_host() as slack, open_host() as foreign:
        api = ScriptedApi()
        figures = Figures()
        uploads = SlackUploads(api, f"{slack.address}api/", figures)
        yield Desk(slack, foreign, uploads, api, figures)
        await uploads.close()


def shared(thread: ThreadKey, reach: str = "public", place: str = "thread_ts") -> Answer:
    return {"file": {"id": "F1", "shares": {reach: {thread.channel: [{"ts": "1.1", place: thread.thread_ts}]}}}}


async def test_a_place_is_reserved(desk: Desk) -> None:
    desk.api.next[URL] = [Ambiguous(URL, "reset"), {"upload_url": f"{desk.slack.address}upload", "file_id": "F1"}]
    assert await desk.uploads.reserve("a.png", 5, "a" * 2_000) == Upload("F1", f"{desk.slack.address}upload")
    assert desk.api.calls[0] == (URL, {"filename": "a.png", "length": "5", "alt_txt": "a" * 1_000})


@pytest.mark.parametrize("answer", [Refused(URL, "missing_scope"), {}, {"upload_url": 5, "file_id": "F1"}])
async def test_a_place_that_is_not_given_is_said(desk: Desk, answer: SlackFailure | Answer) -> None:
    desk.api.next[URL] = [answer]
    with pytest.raises(ChatUnavailable):
        await desk.uploads.reserve("a.png", 5, "")


async def test_bytes_go_to_slack_without_the_token(desk: Desk) -> None:
    await desk.uploads.send(Upload("F1", f"{desk.slack.address}upload"), b"bytes")
    (request,) = desk.slack.asked
    assert (request.method, request.token, request.body) == ("POST", None, b"bytes")


async def test_connections_are_counted(desk: Desk) -> None:
    await desk.uploads.send(Upload("F1", f"{desk.slack.address}upload"), b"bytes")
    assert desk.figures.snapshot() == {"connections_opened{pool=slack}": 1}


async def test_bytes_that_were_not_taken_are_sent_again(desk: Desk) -> None:
    desk.slack.statuses = [500, 503]
    await desk.uploads.send(Upload("F1", f"{desk.slack.address}upload"), b"bytes")
    assert [request.body for request in desk.slack.asked] == [b"bytes"] * 3


@pytest.mark.parametrize("statuses", [[500] * 9, [403] * 9, [302] * 9])
async def test_bytes_that_are_never_taken_are_given_up(desk: Desk, statuses: list[int]) -> None:
    desk.slack.statuses = statuses
    with pytest.raises(ChatUnavailable) as failure:
        await desk.uploads.send(Upload("F1", f"{desk.slack.address}upload"), b"bytes")
    assert failure.value.reason == f"http_{statuses[0]}"
    assert {request.path for request in desk.slack.asked} == {"/upload"}


@pytest.mark.parametrize(
    "url", ["{foreign}upload", "https://files.slack.com/upload", "http://[", "", "gopher://a.example/"]
)
async def test_bytes_go_to_no_other_host(desk: Desk, url: str) -> None:
    with pytest.raises(ChatUnavailable):
        await desk.uploads.send(Upload("F1", url.format(foreign=desk.foreign.address)), b"bytes")
    assert desk.foreign.asked == []


async def test_a_file_is_shared_in_its_thread(desk: Desk) -> None:
    await desk.share()
    ((method, arguments),) = desk.api.calls
    assert method == COMPLETE
    assert json.loads(str(arguments["files"])) == [{"id": "F1", "title": "A lighthouse"}]
    assert (arguments["channel_id"], arguments["thread_ts"]) == (THREAD.channel, THREAD.thread_ts)


@pytest.mark.parametrize("reach", ["public", "private"])
@pytest.mark.parametrize("place", ["thread_ts", "ts"])
async def test_in_doubt_a_file_that_stands_there_is_not_shared_again(desk: Desk, reach: str, place: str) -> None:
    desk.api.next[INFO] = [shared(THREAD, reach, place)]
    await desk.share(in_doubt=True)
    assert desk.api.methods() == [INFO]


@pytest.mark.parametrize("info", [Refused(INFO, "file_not_found"), shared(ELSEWHERE), {"file": {"shares": []}}, {}])
async def test_in_doubt_a_file_that_does_not_stand_there_is_shared(desk: Desk, info: SlackFailure | Answer) -> None:
    desk.api.next[INFO] = [info] * 3
    await desk.share(in_doubt=True)
    assert desk.api.methods()[-1] == COMPLETE


async def test_after_a_lost_answer_slack_is_asked_before_it_is_shared_again(desk: Desk) -> None:
    desk.api.next[COMPLETE] = [Ambiguous(COMPLETE, "reset")]
    desk.api.next[INFO] = [Refused(INFO, "file_not_found"), shared(THREAD)]
    await desk.share()
    assert desk.api.methods() == [COMPLETE, INFO, INFO]


async def test_a_share_that_was_not_carried_out_is_repeated(desk: Desk) -> None:
    desk.api.next[COMPLETE] = [Ambiguous(COMPLETE, "reset")]
    desk.api.next[INFO] = [Refused(INFO, "file_not_found")] * 3
    await desk.share()
    assert desk.api.methods() == [COMPLETE, INFO, INFO, INFO, COMPLETE]


async def test_a_refusal_of_what_was_shared_already_is_no_failure(desk: Desk) -> None:
    desk.api.next[COMPLETE] = [Refused(COMPLETE, "invalid_arguments")]
    desk.api.next[INFO] = [shared(THREAD)]
    await desk.share()


@pytest.mark.parametrize(
    "answers",
    [
        [Refused(COMPLETE, "not_in_channel")],
        [Ambiguous(COMPLETE, "reset")] * 9,
        [OutOfPatience(COMPLETE, "not through")],
    ],
)
async def test_what_cannot_be_shared_is_said(desk: Desk, answers: list[SlackFailure]) -> None:
    desk.api.next[COMPLETE] = [*answers]
    desk.api.next[INFO] = [Refused(INFO, "file_not_found")] * 30
    with pytest.raises(ChatUnavailable):
        await desk.share()


async def test_the_methods_of_uploads_are_asked_with_a_form() -> None:
    """Slack takes no JSON there; what people read about a picture is longer than an address may be."""
    came: dict[str, Mapping[str, object]] = {}

    async def handle(request: http.Request) -> http.Response:
        came[request.match_info["method"]] = dict(await request.post())
        return http.json_response({"ok": True, "upload_url": "https://files.slack.com/upload/v1/x", "file_id": "F1"})

    app = http.Application()
    app.router.add_post("/api/{method}", handle)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        base = str(server.make_url("/api/"))
        client = AsyncWebClient(token="xoxb-test", base_url=base, session=session, retry_handlers=[])
        client.proxy = None
        uploads = SlackUploads(WebApi(client, Pacing(TIMINGS), TIMINGS, Figures()), base, Figures())
        await uploads.reserve("Leuchtturm.png", 5, "ü" * 1_000)
        await uploads.share(THREAD, "F1", "Ein Leuchtturm", in_doubt=False)
        await uploads.close()
    assert came[URL] == {"filename": "Leuchtturm.png", "length": "5", "alt_txt": "ü" * 1_000}
    assert came[COMPLETE]["files"] == '[{"id": "F1", "title": "Ein Leuchtturm"}]'
