"""Response addresses: answering where something happened."""

from contextlib import AsyncExitStack

import aiohttp

from playground.server import Options, Playground
from playground.slack.clock import Clock
from tests.playground.app_side import ADA, COMMAND, GENERAL, AppSide, plain
from tests.playground.raw_socket import RawSocket
from tests.playground.slack_calls import SlackCalls

ROW = {
    "type": "actions",
    "block_id": "row",
    "elements": [{"type": "button", "action_id": "go", "text": plain("Go")}],
}


async def address(app: AppSide, ts: str = "") -> str:
    """A response address: that of a command, or of a click on a message."""
    if ts:
        app.playground.workspace.interactivity.click("ada", "general", ts, "go")
    else:
        app.playground.workspace.interactivity.command("ada", "general", COMMAND)
    while "response_url" not in (payload := await app.next()):
        pass
    return str(payload["response_url"])


async def send(session: aiohttp.ClientSession, url: str, **body: object) -> tuple[int, str]:
    async with session.post(url, json=body) as response:
        return response.status, await response.text()


async def test_an_answer_is_for_the_person_unless_it_is_for_all(app: AppSide, session: aiohttp.ClientSession) -> None:
    url, workspace = await address(app), app.playground.workspace
    assert await send(session, url, text="for you", blocks=[ROW]) == (200, "ok")
    assert await send(session, url, text="for all", response_type="in_channel") == (200, "ok")
    assert [(note.user, note.text, note.blocks) for note in workspace.ephemerals] == [(ADA, "for you", [ROW])]
    assert [(one.text, one.bot_id) for one in workspace.channel("general").messages.values()] == [
        ("for all", "B0THREADWL")
    ]
    assert [call.method for call in app.playground.calls][-2:] == ["response_url", "response_url"]


async def test_the_message_that_was_clicked_is_replaced_and_deleted(
    app: AppSide, session: aiohttp.ClientSession
) -> None:
    workspace = app.playground.workspace
    ts = (await app.slack.ok("chat.postMessage", channel=GENERAL, text="one", blocks=[ROW]))["ts"]
    url = await address(app, ts)
    await send(session, url, text="two", replace_original=True)
    message = workspace.message("general", ts)
    assert (message.text, message.blocks) == ("two", None)
    await send(session, url, delete_original=True)
    assert ts not in workspace.channel("general").messages


async def test_the_note_that_was_clicked_is_replaced_and_deleted(app: AppSide, session: aiohttp.ClientSession) -> None:
    workspace = app.playground.workspace
    args = {"channel": GENERAL, "user": ADA, "text": "one", "blocks": [ROW]}
    url = await address(app, (await app.slack.ok("chat.postEphemeral", **args))["message_ts"])
    await send(session, url, text="two", replace_original=True)
    assert [(note.text, note.blocks) for note in workspace.ephemerals] == [("two", None)]
    await send(session, url, delete_original=True)
    assert workspace.ephemerals == []


async def test_five_answers_in_half_an_hour() -> None:
    passed = 0.0
    async with AsyncExitStack() as opened:
        playground = await opened.enter_async_context(Playground(Options(clock=Clock(monotonic=lambda: passed))))
        slack = await opened.enter_async_context(SlackCalls(playground))
        session = await opened.enter_async_context(aiohttp.ClientSession())
        app = AppSide(playground, await opened.enter_async_context(RawSocket(playground)), slack)
        first, second = await address(app), await address(app)
        answers = [await send(session, first, text=str(number)) for number in range(6)]
        assert [status for status, _ in answers] == [200] * 5 + [404]
        assert "used_url" in answers[-1][1]
        passed = 1_799.0
        assert (await send(session, second, text="in time"))[0] == 200
        passed = 1_801.0
        status, said = await send(session, second, text="too late")
        assert (status, "expired_url" in said) == (404, True)
        assert len(playground.workspace.ephemerals) == 6


async def test_an_unknown_address_and_an_empty_answer_are_refused(app: AppSide, session: aiohttp.ClientSession) -> None:
    url = await address(app)
    assert (await send(session, url))[0] == 400
    assert (await send(session, url + "x", text="x"))[0] == 404
    assert app.playground.workspace.ephemerals == []
