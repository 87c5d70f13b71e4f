"""What every call has in common: encodings, tokens, unknown methods, the record."""

import pytest

from playground.server import Playground
from tests.playground.slack_calls import SlackCalls


async def test_arguments_come_as_json_query_or_empty_form(slack: SlackCalls) -> None:
    assert (await slack.call("users.info", user="U0ADA00001", team_id="T0PLAYGRND"))["user"]["name"] == "ada"
    assert (await slack.get("users.info", user="U0ADA00001", team_id="T0PLAYGRND"))["user"]["name"] == "ada"
    assert (await slack.query_post("users.info", user="U0ADA00001"))["user"]["name"] == "ada"


async def test_structures_come_as_json_or_as_text(playground: Playground, slack: SlackCalls) -> None:
    block = {"type": "markdown", "text": "**hello**"}
    first = await slack.ok("chat.postMessage", channel="C0GENERAL1", text="hello", blocks=[block])
    second = await slack.query_post(
        "chat.postMessage", channel="C0GENERAL1", text="hello", blocks='[{"type": "markdown", "text": "**hello**"}]'
    )
    for answer in (first, second):
        assert playground.workspace.message("general", answer["ts"]).blocks == [block]


async def test_tokens_of_the_wrong_kind_are_refused(playground: Playground, slack: SlackCalls) -> None:
    assert (await slack.call_as("", "auth.test"))["error"] == "not_authed"
    assert (await slack.call_as("xoxb-of-somebody-else", "auth.test"))["error"] == "invalid_auth"
    assert (await slack.call_as(playground.app_token, "auth.test"))["error"] == "not_allowed_token_type"
    assert await slack.refused("apps.connections.open") == "not_allowed_token_type"
    opened = await slack.call_as(playground.app_token, "apps.connections.open")
    assert opened["url"].startswith("ws://127.0.0.1:")


async def test_a_token_among_the_arguments_does_not_count(playground: Playground, slack: SlackCalls) -> None:
    assert (await slack.call_as("", "auth.test", token=playground.bot_token))["error"] == "not_authed"


async def test_unknown_methods_and_bodies_that_are_no_object(slack: SlackCalls) -> None:
    assert await slack.call("chat.explode") == {"ok": False, "error": "unknown_method", "req_method": "chat.explode"}
    assert (await slack.body("auth.test", "{"))["error"] == "invalid_json"
    assert (await slack.body("auth.test", "[" * 100_000))["error"] == "invalid_json"
    assert (await slack.body("auth.test", "[]"))["error"] == "json_not_object"


async def test_missing_and_malformed_arguments_are_named(slack: SlackCalls) -> None:
    body = await slack.call("users.info")
    assert (body["error"], body["response_metadata"]["messages"]) == (
        "invalid_arguments",
        ["[ERROR] missing required field: user"],
    )
    assert await slack.refused("users.info", user=["U0ADA00001"]) == "invalid_arguments"


async def test_every_call_is_recorded(playground: Playground, slack: SlackCalls) -> None:
    await slack.call("users.info", user="U0ADA00001")
    await slack.call("users.info", user="U0NOBODY00")
    first, second = playground.calls
    assert (first.method, first.args, first.status, first.error) == ("users.info", {"user": "U0ADA00001"}, 200, "")
    assert second.error == "user_not_found"
    assert first.connection == second.connection
    assert first.at <= second.at


@pytest.mark.parametrize(
    ("method", "args", "code"),
    [
        ("users.info", {"user": "U0NOBODY00"}, "user_not_found"),
        ("bots.info", {"bot": "B0NOBODY00"}, "bot_not_found"),
        ("team.info", {"team": "T0NOWHERE0"}, "team_not_found"),
        ("conversations.info", {"channel": "C0NOWHERE0"}, "channel_not_found"),
        ("conversations.info", {"channel": "general"}, "channel_not_found"),
        ("conversations.open", {"users": "U0NOBODY00"}, "user_not_found"),
        ("conversations.list", {"types": "secret_channel"}, "invalid_types"),
        ("conversations.members", {"channel": "C0GENERAL1", "limit": 0}, "invalid_limit"),
        ("conversations.members", {"channel": "C0GENERAL1", "cursor": "?"}, "invalid_cursor"),
    ],
)
async def test_what_does_not_exist_is_refused(
    slack: SlackCalls, method: str, args: dict[str, object], code: str
) -> None:
    assert await slack.refused(method, **args) == code


async def test_people_channels_and_the_team_can_be_read(slack: SlackCalls) -> None:
    people = (await slack.ok("users.list"))["members"]
    assert {person["name"] for person in people} == {"ada", "grace", "alan", "gwen", "otto", "threadwell"}
    channels = (await slack.ok("conversations.list", types="public_channel,private_channel"))["channels"]
    assert [(channel["name"], channel["is_private"]) for channel in channels] == [
        ("general", False),
        ("partners", False),
        ("team", True),
    ]
    assert (await slack.ok("conversations.info", channel="C0PARTNERS"))["channel"]["is_ext_shared"] is True
    assert "U0GUEST001" not in (await slack.ok("conversations.members", channel="C0TEAM0001"))["members"]
    assert (await slack.ok("conversations.open", users="U0ADA00001"))["channel"]["id"] == "D0ADA00001"
    assert (await slack.ok("bots.info", bot="B0THREADWL"))["bot"]["user_id"] == "U0THREADWL"
    assert (await slack.ok("team.info"))["team"]["id"] == "T0PLAYGRND"


async def test_lists_come_in_pages(slack: SlackCalls) -> None:
    first = await slack.ok("users.list", limit=4)
    second = await slack.ok("users.list", limit=4, cursor=first["response_metadata"]["next_cursor"])
    assert (len(first["members"]), len(second["members"])) == (4, 2)
    assert second["response_metadata"]["next_cursor"] == ""
