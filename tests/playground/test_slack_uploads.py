"""Files that the app sends: three steps, their refusals, and their faults."""

import io

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from playground.server import Playground
from tests.playground.raw_socket import RawSocket
from tests.playground.sent_files import GENERAL, PNG, fetch, told, upload
from tests.playground.slack_calls import SlackCalls


async def test_the_sdk_uploads_into_a_thread(
    playground: Playground, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    root = playground.workspace.post("ada", GENERAL, "draw two")
    async with RawSocket(playground) as socket:
        uploads = [
            {"filename": "one.png", "content": PNG, "title": "A lighthouse", "alt_txt": "a lighthouse at night"},
            {"filename": "two.txt", "content": b"words"},
        ]
        await client.files_upload_v2(
            file_uploads=uploads, channel=GENERAL, thread_ts=root, initial_comment="here they are"
        )
        event = await told(socket, "message", "file_share")
    assert (event["subtype"], event["bot_id"], event["thread_ts"]) == ("file_share", "B0THREADWL", root)
    assert event["text"] == "here they are"
    one, two = event["files"]
    assert (one["title"], one["alt_txt"], two["mode"]) == ("A lighthouse", "a lighthouse at night", "snippet")
    (message,) = playground.workspace.answers(GENERAL, root)
    assert [file.data for file in message.files] == [PNG, b"words"]
    assert (await fetch(session, two["url_private"], playground.bot_token))[1:] == ("text/plain", b"words")


async def test_shares_tell_where_a_file_is(playground: Playground, client: AsyncWebClient, slack: SlackCalls) -> None:
    root = playground.workspace.post("ada", GENERAL, "draw")
    answer = await client.files_upload_v2(filename="a.png", content=PNG, channel=GENERAL, thread_ts=root)
    file_id = answer["files"][0]["id"]
    file = (await client.files_info(file=file_id))["file"]
    (share,) = file["shares"]["public"][GENERAL]
    (message,) = playground.workspace.answers(GENERAL, root)
    assert (share["thread_ts"], share["ts"], file["channels"]) == (root, message.ts, [GENERAL])
    playground.workspace.delete(GENERAL, message.ts)
    assert (await slack.ok("files.info", file=file_id))["file"]["shares"] == {}


async def test_a_private_upload_is_in_no_channel(playground: Playground, client: AsyncWebClient) -> None:
    answer = await client.files_upload_v2(filename="a.png", content=PNG)
    assert (await client.files_info(file=answer["files"][0]["id"]))["file"]["shares"] == {}
    assert not playground.workspace.channel(GENERAL).messages


async def reserve(slack: SlackCalls, length: int = len(PNG)) -> tuple[str, str]:
    """Id and address of an upload that has begun."""
    answer = await slack.query_post("files.getUploadURLExternal", filename="a.png", length=str(length))
    return answer["file_id"], answer["upload_url"]


async def send(session: aiohttp.ClientSession, url: str, data: object) -> tuple[int, str]:
    async with session.post(url, data=data) as answer:
        return answer.status, await answer.text()


async def test_bytes_come_raw_or_as_a_form_and_may_come_again(
    playground: Playground, slack: SlackCalls, session: aiohttp.ClientSession
) -> None:
    file_id, url = await reserve(slack)
    assert await send(session, url, PNG) == (200, f"OK - {len(PNG)}")
    form = aiohttp.FormData()
    form.add_field("filename", PNG[::-1], filename="a.png")
    assert await send(session, url, form) == (200, f"OK - {len(PNG)}")
    assert playground.workspace.filing.known[file_id].data == PNG[::-1]
    assert (await send(session, url, b"too few"))[0] == 400
    assert (await send(session, f"{playground.page_url}upload/v1/nothing", PNG))[0] == 404


async def test_a_second_completion_is_refused_and_posts_nothing(
    playground: Playground, slack: SlackCalls, session: aiohttp.ClientSession
) -> None:
    file_id, url = await reserve(slack)
    await send(session, url, PNG)
    done: dict[str, object] = {"files": [{"id": file_id}], "channel_id": GENERAL}
    await slack.ok("files.completeUploadExternal", **done)
    assert await slack.refused("files.completeUploadExternal", **done) == "invalid_arguments"
    assert len(playground.workspace.channel(GENERAL).messages) == 1
    assert (await send(session, url, PNG))[0] == 404


async def test_what_cannot_be_completed_is_refused_whole(
    playground: Playground, slack: SlackCalls, session: aiohttp.ClientSession
) -> None:
    empty, _ = await reserve(slack)
    full, url = await reserve(slack)
    await send(session, url, PNG)
    _, of_ada = upload(playground)
    complete = "files.completeUploadExternal"
    assert await slack.refused(complete, files=[{"id": full}, {"id": empty}], channel_id=GENERAL) == "invalid_arguments"
    assert await slack.refused(complete, files=[{"id": full}, {"id": full}]) == "invalid_arguments"
    assert await slack.refused(complete, files=[{"id": of_ada.id}]) == "file_not_found"
    assert await slack.refused(complete, files=[{"id": full}], channel_id="C0NOWHERE0") == "channel_not_found"
    nowhere: dict[str, object] = {"channel_id": GENERAL, "thread_ts": "1.000001"}
    assert await slack.refused(complete, files=[{"id": full}], **nowhere) == "thread_not_found"
    assert await slack.refused(complete, files=[{"id": full}], thread_ts="1.000001") == "invalid_arguments"
    assert await slack.refused("files.info", file=full) == "file_not_found"
    await slack.ok(complete, files=[{"id": full}], channel_id=GENERAL)


async def test_large_files_fit(playground: Playground, slack: SlackCalls, session: aiohttp.ClientSession) -> None:
    data = bytes(20 * 1024 * 1024)
    file_id, url = await reserve(slack, len(data))
    assert await send(session, url, io.BytesIO(data)) == (200, f"OK - {len(data)}")
    await slack.ok("files.completeUploadExternal", files=[{"id": file_id}])
    file = (await slack.ok("files.info", file=file_id))["file"]
    assert (await fetch(session, file["url_private"], playground.bot_token))[2] == data


async def test_the_app_deletes_its_own_files_only(client: AsyncWebClient, playground: Playground) -> None:
    _, of_ada = upload(playground)
    answer = await client.files_upload_v2(filename="a.png", content=PNG, channel=GENERAL)
    own = answer["files"][0]["id"]
    await client.files_delete(file=own)
    for file_id, code in ((own, "file_deleted"), (of_ada.id, "cant_delete_file"), ("F0", "file_not_found")):
        with pytest.raises(SlackApiError, match=code):
            await client.files_delete(file=file_id)


async def test_bytes_fail_on_purpose_and_are_not_in_the_record(
    playground: Playground, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    playground.faults.add("server_error", "upload")
    with pytest.raises(SlackRequestError, match="503"):
        await client.files_upload_v2(filename="a.png", content=PNG, channel=GENERAL)
    await client.files_upload_v2(filename="a.png", content=PNG, channel=GENERAL)
    assert [(call.status, call.args.get("size")) for call in playground.calls if call.method == "upload"] == [
        (503, None),
        (200, len(PNG)),
    ]
    _, file = upload(playground)
    url = f"{playground.page_url}files-pri/T0PLAYGRND-{file.id}/x.png"
    playground.faults.add("drop_after", "download")
    assert (await fetch(session, url, playground.bot_token))[2] == PNG  # the client asks again by itself
    assert [call.status for call in playground.calls if call.method == "download"] == [0, 200]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"length": "5"}, "invalid_arguments"),
        ({"filename": "a.png", "length": "many"}, "invalid_arguments"),
        ({"filename": "a.png", "length": 0}, "missing_argument"),
        ({"filename": "a.png", "length": 5, "alt_txt": "x" * 1_001}, "alt_txt_too_large"),
        ({"filename": "a.png", "length": 10**10}, "file_upload_size_restricted"),
    ],
)
async def test_uploads_that_slack_refuses_at_once(slack: SlackCalls, args: dict[str, object], code: str) -> None:
    assert await slack.refused("files.getUploadURLExternal", **args) == code
