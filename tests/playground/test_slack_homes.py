"""Tabs people open, channels the bot comes into, languages people have."""

import pytest

from playground.server import Playground
from playground.slack.wire import SlackError
from tests.playground.app_side import ADA, GENERAL, AppSide
from tests.playground.slack_calls import SlackCalls


async def test_opening_a_tab_is_told_with_the_home_that_is_there(app: AppSide) -> None:
    workspace = app.playground.workspace
    workspace.open_home("ada")
    event = (await app.next())["event"]
    assert float(event.pop("event_ts")) > 0
    assert event == {"type": "app_home_opened", "user": ADA, "channel": "D0ADA00001", "tab": "home"}
    view = {"type": "home", "blocks": [], "private_metadata": "kept"}
    await app.slack.ok("views.publish", user_id=ADA, view=view)
    workspace.open_home("ada")
    assert (await app.next())["event"]["view"]["private_metadata"] == "kept"
    workspace.open_messages("ada")
    event = (await app.next())["event"]
    assert (event["tab"], event["channel"], "view" in event) == ("messages", "D0ADA00001", False)


async def test_the_bot_joins_leaves_and_joins_again(app: AppSide) -> None:
    workspace = app.playground.workspace
    workspace.leave_bot("general")
    assert await app.slack.refused("chat.postMessage", channel=GENERAL, text="x") == "not_in_channel"
    workspace.post("ada", "general", "unheard")
    workspace.join_bot("general", "ada")
    event = (await app.next())["event"]
    assert float(event.pop("event_ts")) > 0
    assert event == {
        "type": "member_joined_channel",
        "user": "U0THREADWL",
        "channel": GENERAL,
        "channel_type": "C",
        "team": "T0PLAYGRND",
        "inviter": ADA,
    }
    await app.slack.ok("chat.postMessage", channel=GENERAL, text="x")
    with pytest.raises(SlackError, match="already_in_channel"):
        workspace.join_bot("general")


async def test_a_person_s_language_is_told_to_those_who_ask(playground: Playground, slack: SlackCalls) -> None:
    playground.workspace.set_locale("ada", "de-DE")
    assert "locale" not in (await slack.ok("users.info", user=ADA))["user"]
    assert (await slack.ok("users.info", user=ADA, include_locale=True))["user"]["locale"] == "de-DE"
    everybody = (await slack.ok("users.list", include_locale=True))["members"]
    assert {person["name"]: person["locale"] for person in everybody if person["name"] in {"ada", "grace"}} == {
        "ada": "de-DE",
        "grace": "en-US",
    }
