"""Commands, shortcuts, clicks and forms over HTTP, and a bot on the real SDK as their partner."""

from typing import Any

import pytest

from playground.server import Playground
from tests.playground.app_side import ADA, COMMAND, GENERAL, AppSide, modal, plain, text_field
from tests.playground.sdk_bot import SdkBot
from tests.playground.slack_calls import SlackCalls

BUTTON = {"type": "button", "action_id": "go", "text": plain("Go"), "value": "1"}
ROW = {"type": "actions", "block_id": "row", "elements": [BUTTON]}


async def test_a_form_from_its_command_to_its_end(app: AppSide) -> None:
    control = app.slack.control
    sent = await control("POST", "commands", user="ada", channel="general", command=COMMAND, text="channel")
    payload = await app.next(answer={"text": "a note"})
    assert (payload["text"], payload["trigger_id"]) == ("channel", sent["trigger_id"])
    view = modal(blocks=[text_field(), ROW])
    view_id = (await app.slack.ok("views.open", trigger_id=sent["trigger_id"], view=view))["view"]["id"]
    place = {"user": "ada", "view_id": view_id}
    assert (await control("POST", "views", **place))["sent"] is False
    assert (await control("PATCH", "views", **place, values={"typed": "one"}))["ok"] is True
    await control("POST", "clicks", **place, action_id="go", value="2")
    assert (await app.next())["actions"][0]["value"] == "2"
    assert (await control("POST", "views", **place))["sent"] is True
    await app.next(answer={"response_action": "errors", "errors": {"words": "Too short."}})
    seen = await control("GET", "views", user="ada")
    assert [(one["id"], one["errors"]) for one in seen["views"]] == [(view_id, {"words": "Too short."})]
    assert (seen["home"], [note["text"] for note in seen["notes"]]) == (None, ["a note"])
    await control("DELETE", "views", **place)
    assert (await control("GET", "views", user="ada"))["views"] == []
    assert (await control("DELETE", "views", **place))["error"] == "not_found"


async def test_shortcuts_and_clicks_on_messages(app: AppSide) -> None:
    ts = (await app.slack.ok("chat.postMessage", channel=GENERAL, text="x", blocks=[ROW]))["ts"]
    await app.next()
    place = {"user": "ada", "channel": "general", "ts": ts}
    await app.slack.control("POST", "shortcuts", **place, callback_id="answer_again")
    assert (await app.next())["callback_id"] == "answer_again"
    await app.slack.control("POST", "clicks", **place, action_id="go")
    assert (await app.next())["actions"][0]["value"] == "1"
    assert (await app.slack.control("POST", "clicks", **place, action_id="else"))["error"] == "action_not_found"


async def test_tabs_members_and_languages(app: AppSide) -> None:
    control = app.slack.control
    for tab in ("home", "messages"):
        await control("POST", "tabs", user="ada", tab=tab)
        assert (await app.next())["event"]["tab"] == tab
    assert (await control("POST", "tabs", user="ada", tab="about"))["error"] == "unknown_tab"
    await control("DELETE", "members", channel="general")
    await control("POST", "members", channel="general", user="ada")
    assert (await app.next())["event"]["inviter"] == ADA
    await control("PATCH", "people", user="ada", locale="ja-JP")
    assert app.playground.workspace.person("ada").locale == "ja-JP"


@pytest.mark.parametrize("words", ["bad", "good"])
async def test_a_bot_on_the_real_sdk_opens_a_window_and_answers_its_form(
    playground: Playground, bot: SdkBot, slack: SlackCalls, words: str
) -> None:
    opened: list[str] = []

    @bot.app.command(COMMAND)
    async def on_command(ack: Any, body: dict[str, Any]) -> None:
        await ack("one moment")
        opened.append((await bot.client.views_open(trigger_id=body["trigger_id"], view=modal()))["view"]["id"])
        playground.changes.wake()

    @bot.app.view("settings")
    async def on_form(ack: Any, view: dict[str, Any]) -> None:
        if view["state"]["values"]["words"]["typed"]["value"] == "bad":
            await ack(response_action="errors", errors={"words": "No."})
        else:
            await ack()

    workspace = playground.workspace
    workspace.interactivity.command("ada", "general", COMMAND)
    (view_id,) = await workspace.wait_for(lambda: opened)
    (view,) = workspace.views_of("ada")
    workspace.interactivity.fill("ada", view_id, {"typed": words})
    workspace.interactivity.submit("ada", view_id)
    await workspace.wait_for(lambda: not view.busy)
    assert [note.text for note in workspace.ephemerals] == ["one moment"]
    expected = ([view], {"words": "No."}) if words == "bad" else ([], {})
    assert (workspace.views_of("ada"), view.errors) == expected
