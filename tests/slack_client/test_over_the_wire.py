"""Files and cards against a Slack on this machine, through the real SDK: what people see, and what gets lost."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from slack_sdk.web.async_client import AsyncWebClient

from base_client import (
    FileRef,
    FileTrouble,
    FileUnavailable,
    Message,
    MessageKey,
    Reply,
    TaskCard,
    TaskState,
    ThreadKey,
)
from database import Store
from message_processor.ingestion.web import Web
from ops.figures import Figures
from playground.server import Playground
from playground.slack.files import FileAccess, FileMode
from slack_client.chat import SlackChat
from slack_client.files import SlackFiles
from slack_client.identity import Identity
from slack_client.pacing import Pacing
from slack_client.uploads import SlackUploads
from slack_client.web_api import WebApi
from tests.ingestion.site import settings
from tests.slack_client.scripted import TIMINGS, Records

GENERAL = "C0GENERAL1"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9
LIMIT = 1_000_000


@dataclass
class Office:
    """The bot's end of Slack, without the bot."""

    playground: Playground
    chat: SlackChat
    team: str

    async def sent(self, mode: FileMode = "hosted", access: FileAccess = "visible", name: str = "a b.png") -> FileRef:
        """A person's file as the bot reads it in the thread."""
        files = [(name, PNG)]
        ts = self.playground.workspace.upload("ada", GENERAL, "look", files, mode=mode, file_access=access)
        (message,) = await self.chat.read_thread(ThreadKey(self.team, GENERAL, ts), None, "9999999999.000000")
        return message.files[0]

    def asked(self) -> ThreadKey:
        return ThreadKey(self.team, GENERAL, self.playground.workspace.post("ada", GENERAL, "draw a lighthouse"))

    def reply(self, thread: ThreadKey) -> Reply:
        author = self.playground.workspace.person("ada").id
        question = Message(MessageKey(self.team, GENERAL, thread.thread_ts), thread, author, "draw a lighthouse")
        return self.chat.open_reply("t1", question, Records())

    async def picture(self) -> str:
        """The id of an upload that is nowhere yet."""
        upload = await self.chat.reserve_upload("lighthouse.png", len(PNG), "a lighthouse")
        await self.chat.send_upload(upload, PNG)
        return upload.file_id

    def answers(self, thread: ThreadKey) -> list[tuple[str, list[str]]]:
        """Text and file titles of the bot's messages."""
        found = self.playground.workspace.answers(GENERAL, thread.thread_ts)
        return [(message.text, [file.title for file in message.files]) for message in found]


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A playground and a chat client for it."""
    async with Playground() as playground, aiohttp.ClientSession() as session:
        identity, base = playground.workspace.identity, playground.slack_api_url
        given = settings(base, SLACK_BOT_TOKEN=playground.bot_token)
        client = AsyncWebClient(token=playground.bot_token, base_url=base, session=session, retry_handlers=[])
        client.proxy = None
        api = WebApi(client, Pacing(TIMINGS), TIMINGS, Figures())
        store = await Store.open(f"sqlite+aiosqlite:///{tmp_path}/bot.db", Figures())
        web = await Web.open(given, Figures())
        who = Identity(identity.team_id, identity.bot_user_id, identity.bot_id, "threadwell")
        files = SlackFiles(api, web, given.SLACK_BOT_TOKEN, base)
        chat = SlackChat(api, who, store, TIMINGS, Figures(), files, SlackUploads(api, base, Figures()))
        yield Office(playground, chat, identity.team_id)
        await chat.close()
        await web.close()
        await store.close()


@pytest.mark.parametrize("access", ["visible", "check_file_info"])
async def test_a_persons_file_is_fetched(office: Office, access: FileAccess) -> None:
    assert await office.chat.fetch_file(await office.sent(access=access), LIMIT) == PNG


@pytest.mark.parametrize(
    ("mode", "access", "trouble"),
    [
        ("external", "visible", FileTrouble.EXTERNAL),
        ("hidden_by_limit", "visible", FileTrouble.HIDDEN),
        ("hosted", "access_denied", FileTrouble.DENIED),
    ],
)
async def test_a_file_that_cannot_be_had_is_named(
    office: Office, mode: FileMode, access: FileAccess, trouble: FileTrouble
) -> None:
    with pytest.raises(FileUnavailable) as failure:
        await office.chat.fetch_file(await office.sent(mode, access), LIMIT)
    assert failure.value.trouble is trouble


async def test_a_file_that_was_deleted_meanwhile_is_gone(office: Office) -> None:
    file = await office.sent()
    office.playground.workspace.delete_file("ada", file.id)
    with pytest.raises(FileUnavailable) as failure:
        await office.chat.fetch_file(file, LIMIT)
    assert failure.value.trouble is FileTrouble.GONE


async def test_a_login_page_is_a_denial(office: Office) -> None:
    file = await office.sent()
    office.playground.workspace.filing.file(file.id).file_access = "access_denied"
    with pytest.raises(FileUnavailable) as failure:
        await office.chat.fetch_file(file, LIMIT)
    assert failure.value.trouble is FileTrouble.DENIED


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "server_error"])
async def test_a_fetch_that_was_cut_is_repeated(office: Office, fault: str) -> None:
    file = await office.sent()
    office.playground.faults.apply({"rules": [{"kind": fault, "method": "download"}]})
    assert await office.chat.fetch_file(file, LIMIT) == PNG


async def test_a_picture_is_shared_in_its_thread(office: Office) -> None:
    thread = office.asked()
    await office.chat.share_upload(thread, await office.picture(), "A lighthouse")
    assert office.answers(thread) == [("", ["A lighthouse"])]


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "server_error", "rate_limited"])
@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
async def test_whatever_gets_lost_a_picture_is_shared_once(office: Office, fault: str, method: str) -> None:
    thread = office.asked()
    office.playground.faults.apply({"rules": [{"kind": fault, "method": method}]})
    file_id = await office.picture()
    await office.chat.share_upload(thread, file_id, "A lighthouse")
    await office.chat.share_upload(thread, file_id, "A lighthouse", in_doubt=True)
    assert office.answers(thread) == [("", ["A lighthouse"])]


async def test_in_doubt_a_picture_that_was_not_shared_is(office: Office) -> None:
    thread = office.asked()
    await office.chat.share_upload(thread, await office.picture(), "A lighthouse", in_doubt=True)
    assert office.answers(thread) == [("", ["A lighthouse"])]


async def test_people_see_the_tool_at_work_and_then_the_answer(office: Office) -> None:
    thread = office.asked()
    reply = office.reply(thread)
    reply.task(TaskCard("a", "Drawing a lighthouse", TaskState.IN_PROGRESS))
    answers = office.playground.workspace.answers
    (message,) = await office.playground.workspace.wait_for(lambda: answers(GENERAL, thread.thread_ts))
    await office.playground.workspace.wait_for(lambda: message.chunks)
    assert (message.chunks[0]["status"], message.text) == ("in_progress", "")
    await office.chat.share_upload(thread, await office.picture(), "A lighthouse")
    reply.task(TaskCard("a", "Drew a lighthouse", TaskState.COMPLETE, "1024x1024"))
    reply.say("Here it is.")
    assert await reply.close()
    assert message.chunks[-1]["status"] == "complete"
    assert office.answers(thread) == [("Here it is.", []), ("", ["A lighthouse"])]


async def test_a_stream_whose_start_was_lost_is_found_beside_a_shared_picture(office: Office) -> None:
    thread = office.asked()
    await office.chat.share_upload(thread, await office.picture(), "A lighthouse")
    office.playground.faults.apply({"rules": [{"kind": "drop_after", "method": "chat.startStream"}]})
    reply = office.reply(thread)
    reply.task(TaskCard("a", "Reading", TaskState.IN_PROGRESS))
    await office.playground.workspace.wait_for(office.playground.workspace.open_streams)
    reply.say("One two three")
    assert await reply.close()
    assert office.answers(thread) == [("", ["A lighthouse"]), ("One two three", [])]
    assert office.playground.workspace.open_streams() == []


async def test_a_stream_of_cards_that_slack_ended_is_followed_by_the_text_alone(office: Office) -> None:
    thread = office.asked()
    reply = office.reply(thread)
    reply.task(TaskCard("a", "Reading", TaskState.IN_PROGRESS))
    await office.playground.workspace.wait_for(office.playground.workspace.open_streams)
    office.playground.workspace.streams.expire_all()
    reply.task(TaskCard("a", "Reading page 2", TaskState.IN_PROGRESS))
    reply.say("One two three")
    assert await reply.close("_Cut off._")
    assert [text for text, _ in office.answers(thread)] == ["One two three\n\n_Cut off._"]
