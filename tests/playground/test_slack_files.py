"""Files: sent by people and by the app, fetched, looked at, deleted."""

import base64

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.server import Playground
from playground.slack.files import FileAccess, FileMode
from tests.playground.raw_socket import RawSocket
from tests.playground.sent_files import GENERAL, PNG, fetch, told, upload
from tests.playground.slack_calls import SlackCalls


async def test_a_sent_file_is_described_as_slack_does_and_can_be_fetched(
    playground: Playground, session: aiohttp.ClientSession
) -> None:
    async with RawSocket(playground) as socket:
        upload(playground)
        event = await told(socket, "message", "file_share")
    (shape,) = event["files"]
    assert event["subtype"] == "file_share"
    described = (shape["name"], shape["mimetype"], shape["filetype"], shape["size"], shape["mode"])
    assert described == ("Shot 1.PNG", "image/png", "png", len(PNG), "hosted")
    assert shape["url_private"].startswith(f"{playground.page_url}files-pri/T0PLAYGRND-F")
    for url in (shape["url_private"], shape["url_private_download"]):
        assert await fetch(session, url, playground.bot_token) == (200, "image/png", PNG)


async def test_a_mention_with_a_file_carries_it_without_a_subtype(playground: Playground) -> None:
    async with RawSocket(playground) as socket:
        bot = playground.workspace.identity.bot_user_id
        playground.workspace.upload("ada", GENERAL, f"<@{bot}> what is this?", [("a.pdf", b"%PDF"), ("b.csv", b"1")])
        mention = await told(socket, "app_mention")
        message = await told(socket, "message", "file_share")
    assert mention["ts"] == message["ts"]
    assert [file["filetype"] for file in mention["files"]] == ["pdf", "csv"]


@pytest.mark.parametrize("token", ["", "xoxb-wrong", "xapp-wrong"])
async def test_without_the_token_there_is_a_login_page(
    playground: Playground, session: aiohttp.ClientSession, token: str
) -> None:
    _, file = upload(playground)
    url = f"{playground.page_url}files-pri/T0PLAYGRND-{file.id}/x.png"
    assert (await fetch(session, url, token, follow=False))[0] == 302
    status, content_type, body = await fetch(session, url, token)
    assert (status, content_type, b"Sign in" in body) == (200, "text/html", True)


@pytest.mark.parametrize(
    ("mode", "access", "shown"),
    [
        ("hidden_by_limit", "visible", {"mode": "hidden_by_limit"}),
        ("hosted", "access_denied", {"mode": "file_access", "file_access": "access_denied"}),
        ("hosted", "check_file_info", {"mode": "file_access", "file_access": "check_file_info"}),
        ("external", "visible", {"mode": "external", "is_external": True}),
    ],
)
async def test_files_the_app_may_not_have_say_so(
    playground: Playground, slack: SlackCalls, mode: FileMode, access: FileAccess, shown: dict[str, object]
) -> None:
    message, _ = upload(playground, mode=mode, access=access)
    (reply,) = (await slack.get("conversations.replies", channel=GENERAL, ts=message.ts))["messages"]
    (shape,) = reply["files"]
    assert shape.items() >= shown.items()
    assert not shape.get("url_private", "").startswith(playground.page_url)


async def test_a_file_behind_check_file_info_is_had_by_asking(
    playground: Playground, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    _, file = upload(playground, access="check_file_info")
    info = await client.files_info(file=file.id)
    assert (await fetch(session, info["file"]["url_private"], playground.bot_token))[2] == PNG


async def test_a_denied_file_is_a_login_page_and_no_info(
    playground: Playground, slack: SlackCalls, session: aiohttp.ClientSession
) -> None:
    _, file = upload(playground, access="access_denied")
    assert await slack.refused("files.info", file=file.id) == "access_denied"
    url = f"{playground.page_url}files-pri/T0PLAYGRND-{file.id}/x.png"
    assert (await fetch(session, url, playground.bot_token))[1] == "text/html"


async def test_a_person_deletes_a_file_everywhere(
    playground: Playground, slack: SlackCalls, session: aiohttp.ClientSession
) -> None:
    message, file = upload(playground)
    url = f"{playground.page_url}files-pri/T0PLAYGRND-{file.id}/x.png"
    async with RawSocket(playground) as socket:
        playground.workspace.delete_file("ada", file.id)
        gone = await told(socket, "file_deleted")
        changed = await told(socket, "message", "message_changed")
    assert (gone["file_id"], gone["channel_ids"]) == (file.id, [GENERAL])
    assert changed["message"]["text"] == "look"
    assert changed["message"]["files"] == [{"id": file.id, "mode": "tombstone"}]
    assert changed["previous_message"]["files"][0]["name"] == file.name
    assert (await fetch(session, url, playground.bot_token))[0] == 404
    assert await slack.refused("files.info", file=file.id) == "file_deleted"
    (shown,) = (await slack.get("conversations.replies", channel=GENERAL, ts=message.ts))["messages"]
    assert shown["files"] == [{"id": file.id, "mode": "tombstone"}]


async def test_a_file_outlives_its_message_and_its_deletion_is_still_told(
    playground: Playground, session: aiohttp.ClientSession
) -> None:
    message, file = upload(playground)
    playground.workspace.delete(GENERAL, message.ts)
    url = f"{playground.page_url}files-pri/T0PLAYGRND-{file.id}/x.png"
    assert (await fetch(session, url, playground.bot_token))[2] == PNG
    async with RawSocket(playground) as socket:
        playground.workspace.delete_file("ada", file.id)
        assert (await told(socket, "file_deleted"))["file_id"] == file.id


async def test_without_the_subscription_only_the_message_tells(playground: Playground) -> None:
    playground.workspace.events.subscriptions.discard("file_deleted")
    _, file = upload(playground)
    async with RawSocket(playground) as socket:
        playground.workspace.delete_file("ada", file.id)
        await told(socket, "message", "message_changed")
    assert "file_deleted" not in {envelope.event for envelope in playground.sockets.envelopes}


async def test_a_file_of_a_place_without_the_app_does_not_exist_for_it(
    playground: Playground, slack: SlackCalls
) -> None:
    room = playground.workspace.add_channel("secret", ["ada"], private=True)
    room.members.discard(playground.workspace.identity.bot_user_id)
    ts = playground.workspace.upload("ada", room.id, "psst", [("a.png", PNG)])
    file = playground.workspace.message(room.id, ts).files[0]
    assert await slack.refused("files.info", file=file.id) == "file_not_found"


async def test_the_controls_send_and_delete_files(
    playground: Playground, slack: SlackCalls, session: aiohttp.ClientSession
) -> None:
    given = [{"name": "a.png", "data": base64.b64encode(PNG).decode()}]
    first = await slack.control("POST", "files", user="ada", channel="general", text="hi", files=given, mode="external")
    form = aiohttp.FormData({"user": "ada", "channel": "@ada", "text": "two"})
    form.add_field("file", PNG, filename="b.png")
    form.add_field("file", b"words", filename="c.txt")
    async with session.post(f"{playground.page_url}control/files", data=form) as answer:
        second = await answer.json()
    message = playground.workspace.message(second["channel"], second["ts"])
    assert [(file.name, file.data) for file in message.files] == [("b.png", PNG), ("c.txt", b"words")]
    assert (await slack.control("DELETE", "files", user="ada", file=second["files"][0]))["ok"] is True
    refused = await slack.control("DELETE", "files", user="grace", file=second["files"][1])
    assert refused["error"] == "cant_delete_file"
    state = await slack.control("GET", "state")
    modes = {file["id"]: file["mode"] for file in state["files"]}
    assert modes == {first["files"][0]: "external", second["files"][0]: "tombstone", second["files"][1]: "snippet"}
