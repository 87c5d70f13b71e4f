"""Posting, updating, deleting, reading back: what is stored and what is refused."""

import pytest

from playground.server import Playground
from tests.playground.slack_calls import SlackCalls

GENERAL = "C0GENERAL1"


async def test_long_posts_are_cut_and_say_so(playground: Playground, slack: SlackCalls) -> None:
    answer = await slack.ok("chat.postMessage", channel=GENERAL, text="x" * 40_001)
    assert len(playground.workspace.message(GENERAL, answer["ts"]).text) == 40_000
    assert answer["warning"] == "message_truncated"


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"channel": GENERAL}, "no_text"),
        ({"channel": GENERAL, "text": "  "}, "no_text"),
        ({"channel": "C0NOWHERE0", "text": "x"}, "channel_not_found"),
        ({"text": "x"}, "invalid_arguments"),
        ({"channel": GENERAL, "markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"channel": GENERAL, "markdown_text": "x", "text": "x"}, "markdown_text_conflict"),
        ({"channel": GENERAL, "markdown_text": "x", "blocks": [{"type": "divider"}]}, "markdown_text_conflict"),
        ({"channel": GENERAL, "text": "x", "thread_ts": "yesterday"}, "invalid_thread_ts"),
        ({"channel": GENERAL, "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"channel": GENERAL, "text": "x", "blocks": "["}, "invalid_blocks_format"),
        ({"channel": GENERAL, "text": "x", "blocks": [{}]}, "invalid_blocks"),
        ({"channel": GENERAL, "text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"channel": GENERAL, "text": "x", "blocks": [{"type": "markdown", "text": "x" * 12_001}]}, "msg_too_long"),
        (
            {"channel": GENERAL, "text": "x", "blocks": [{"type": "table", "rows": "x" * 13_200}]},
            "msg_blocks_too_long",
        ),
        (
            {"channel": GENERAL, "text": "x", "blocks": [{"type": "section", "text": {"text": "x" * 3_001}}]},
            "invalid_blocks",
        ),
        (
            {
                "channel": GENERAL,
                "text": "x",
                "blocks": [{"type": "context_actions", "elements": [{"type": "button"}]}],
            },
            "invalid_blocks",
        ),
        ({"channel": GENERAL, "text": "x", "metadata": {"event_type": "turn"}}, "invalid_metadata_format"),
        (
            {"channel": GENERAL, "text": "x", "metadata": {"event_type": "t", "event_payload": {"x": "x" * 16_000}}},
            "metadata_too_large",
        ),
    ],
)
async def test_posts_that_slack_refuses(
    playground: Playground, slack: SlackCalls, args: dict[str, object], code: str
) -> None:
    assert await slack.refused("chat.postMessage", **args) == code
    assert playground.workspace.channel(GENERAL).messages == {}


async def test_writing_needs_membership_and_an_open_channel(playground: Playground, slack: SlackCalls) -> None:
    workspace = playground.workspace
    workspace.channel("partners").members.discard(workspace.identity.bot_user_id)
    workspace.channel("team").members.discard(workspace.identity.bot_user_id)
    workspace.channel("general").is_archived = True
    assert await slack.refused("chat.postMessage", channel="C0PARTNERS", text="x") == "not_in_channel"
    assert await slack.refused("chat.postMessage", channel="C0TEAM0001", text="x") == "channel_not_found"
    assert await slack.refused("chat.postMessage", channel=GENERAL, text="x") == "is_archived"


async def test_a_reply_to_a_reply_is_refused(playground: Playground, slack: SlackCalls) -> None:
    root = playground.workspace.post("ada", GENERAL, "one")
    reply = playground.workspace.post("ada", GENERAL, "two", root)
    code = await slack.refused("chat.postMessage", channel=GENERAL, text="x", thread_ts=reply)
    assert code == "cannot_reply_to_message"


async def test_a_person_s_id_means_their_direct_messages(playground: Playground, slack: SlackCalls) -> None:
    answer = await slack.ok("chat.postMessage", channel="U0ADA00001", text="hello")
    assert answer["channel"] == playground.workspace.direct("ada").id


async def test_updates(playground: Playground, slack: SlackCalls) -> None:
    workspace = playground.workspace
    theirs = workspace.post("ada", GENERAL, "mine")
    ours = (await slack.ok("chat.postMessage", channel=GENERAL, text="one"))["ts"]
    assert await slack.refused("chat.update", channel=GENERAL, ts=theirs, text="x") == "cant_update_message"
    assert await slack.refused("chat.update", channel=GENERAL, ts="1.000001", text="x") == "message_not_found"
    assert await slack.refused("chat.update", channel=GENERAL, ts=ours, text="x" * 4_001) == "msg_too_long"
    await slack.ok("chat.update", channel=GENERAL, ts=ours, markdown_text="x" * 12_000)
    answer = await slack.ok("chat.update", channel=GENERAL, ts=ours, text="two")
    assert answer["text"] == "two"
    assert workspace.message(GENERAL, ours).text == "two"
    assert workspace.message(GENERAL, ours).edited is not None


async def test_deletions(playground: Playground, slack: SlackCalls) -> None:
    workspace = playground.workspace
    theirs = workspace.post("ada", GENERAL, "mine")
    ours = (await slack.ok("chat.postMessage", channel=GENERAL, text="one", thread_ts=theirs))["ts"]
    assert await slack.refused("chat.delete", channel=GENERAL, ts=theirs) == "cant_delete_message"
    await slack.ok("chat.delete", channel=GENERAL, ts=ours)
    assert await slack.refused("chat.delete", channel=GENERAL, ts=ours) == "message_not_found"
    assert [message.ts for message in workspace.thread(GENERAL, theirs)] == [theirs]


async def test_ephemeral_messages_are_for_members(playground: Playground, slack: SlackCalls) -> None:
    await slack.ok("chat.postEphemeral", channel="C0TEAM0001", user="U0ADA00001", text="psst")
    code = await slack.refused("chat.postEphemeral", channel="C0TEAM0001", user="U0GUEST001", text="psst")
    assert code == "user_not_in_channel"
    assert [(one.user, one.text) for one in playground.workspace.ephemerals] == [("U0ADA00001", "psst")]


async def test_reactions(playground: Playground, slack: SlackCalls) -> None:
    ts = playground.workspace.post("ada", GENERAL, "hello")
    args = {"channel": GENERAL, "timestamp": ts, "name": "hourglass"}
    await slack.ok("reactions.add", **args)
    assert playground.workspace.message(GENERAL, ts).reactions == {"hourglass": ["U0THREADWL"]}
    assert await slack.refused("reactions.add", **args) == "already_reacted"
    await slack.ok("reactions.remove", **args)
    assert await slack.refused("reactions.remove", **args) == "no_reaction"
    assert playground.workspace.message(GENERAL, ts).reactions == {}
    assert await slack.refused("reactions.add", **(args | {"name": "no such"})) == "invalid_name"
    assert await slack.refused("reactions.add", **(args | {"timestamp": "1.000001"})) == "message_not_found"


async def test_permalinks(playground: Playground, slack: SlackCalls) -> None:
    ts = playground.workspace.post("ada", GENERAL, "hello")
    link = (await slack.ok("chat.getPermalink", channel=GENERAL, message_ts=ts))["permalink"]
    assert link == f"{playground.page_url}archives/{GENERAL}/p{ts.replace('.', '')}"
