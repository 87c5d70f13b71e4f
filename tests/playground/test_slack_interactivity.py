"""Commands, message shortcuts and clicks: what the app is told, and what people see."""

import pytest

from playground.server import Playground
from playground.slack.wire import SlackError
from tests.playground.app_side import ADA, COMMAND, GENERAL, AppSide, plain, select
from tests.playground.raw_socket import RawSocket
from tests.playground.slack_calls import SlackCalls

BUTTON = {"type": "button", "action_id": "answer_again", "text": plain("Answer again"), "value": "turn-1"}
ROW = {"type": "actions", "block_id": "row", "elements": [BUTTON]}
THUMBS = {
    "type": "feedback_buttons",
    "action_id": "feedback",
    "positive_button": {"text": plain("Good"), "value": "up:1"},
    "negative_button": {"text": plain("Bad"), "value": "down:1"},
}
VOTES = {"type": "context_actions", "block_id": "votes", "elements": [THUMBS]}


async def posted(slack: SlackCalls, *blocks: object, **args: object) -> str:
    answer = await slack.ok("chat.postMessage", channel=GENERAL, text="answer", blocks=list(blocks), **args)
    return str(answer["ts"])


async def told(app: AppSide, kind: str = "interactive") -> dict[str, object]:
    """The payload of the next envelope of a kind; events before it are acknowledged."""
    while True:
        envelope = await app.socket.read()
        await app.socket.acknowledge(envelope)
        if envelope["type"] == kind:
            payload: dict[str, object] = envelope["payload"]
            return payload


async def test_a_command_is_told_flat(app: AppSide) -> None:
    trigger = app.playground.workspace.interactivity.command("ada", "team", COMMAND, "channel")
    payload = await app.next()
    assert str(payload.pop("response_url")).startswith(f"{app.playground.page_url}response/")
    assert payload == {
        "token": "playground",
        "team_id": "T0PLAYGRND",
        "team_domain": "playground",
        "channel_id": "C0TEAM0001",
        "channel_name": "privategroup",
        "user_id": ADA,
        "user_name": "ada",
        "command": COMMAND,
        "text": "channel",
        "api_app_id": "A0THREADWL",
        "is_enterprise_install": "false",
        "trigger_id": trigger,
    }


async def test_what_a_command_is_answered_is_seen_by_one_person(app: AppSide) -> None:
    workspace = app.playground.workspace
    workspace.interactivity.command("ada", "general", COMMAND)
    await app.next(answer={"text": "only for you"})
    workspace.interactivity.command("ada", "general", COMMAND)
    await app.next(answer={"blocks": [ROW]})
    workspace.interactivity.command("ada", "general", COMMAND)
    await app.next(answer={"response_type": "in_channel", "text": "for all"})
    assert [(note.user, note.text, note.blocks) for note in workspace.ephemerals] == [
        (ADA, "only for you", None),
        (ADA, "", [ROW]),
    ]
    assert [message.text for message in workspace.channel("general").messages.values()] == ["for all"]


async def test_a_command_nobody_answers_fails_before_the_person_and_is_not_sent_again(app: AppSide) -> None:
    app.playground.faults.ack_timeout = 0.05
    app.playground.faults.retry_pauses = (0.0,)
    app.playground.workspace.interactivity.command("ada", "general", COMMAND)
    await app.socket.read()
    assert await app.socket.silent_for(0.3)
    assert [note.text for note in app.playground.workspace.ephemerals] == [
        '/ai-settings failed with the error "operation_timeout"'
    ]


async def test_what_people_do_while_no_socket_is_open_is_lost(playground: Playground) -> None:
    playground.workspace.interactivity.command("ada", "general", COMMAND)
    assert [note.user for note in playground.workspace.ephemerals] == [ADA]
    playground.workspace.post("ada", "general", "an event waits")
    async with RawSocket(playground) as socket:
        assert (await socket.read())["type"] == "events_api"
        assert await socket.silent_for(0.1)


@pytest.mark.parametrize(
    ("user", "channel", "command", "code"),
    [
        ("ada", "general", "/else", "command_not_found"),
        ("gwen", "team", COMMAND, "not_in_channel"),
        ("nobody", "general", COMMAND, "user_not_found"),
    ],
)
async def test_commands_that_cannot_be_sent(
    playground: Playground, user: str, channel: str, command: str, code: str
) -> None:
    with pytest.raises(SlackError, match=code):
        playground.workspace.interactivity.command(user, channel, command)


async def test_a_message_shortcut_tells_the_message(app: AppSide) -> None:
    workspace = app.playground.workspace
    root = workspace.post("ada", "general", "question")
    reply = workspace.post("grace", "general", "reply", root)
    trigger = workspace.interactivity.message_shortcut("ada", "general", reply, "thread_settings")
    payload = await told(app)
    assert {"type", "callback_id", "trigger_id", "message_ts"} < payload.keys()
    assert (payload["type"], payload["callback_id"]) == ("message_action", "thread_settings")
    assert (payload["trigger_id"], payload["message_ts"]) == (trigger, reply)
    assert payload["channel"] == {"id": GENERAL, "name": "general"}
    message = payload["message"]
    assert isinstance(message, dict)
    assert (message["text"], message["thread_ts"], message["user"]) == ("reply", root, "U0GRACE001")
    with pytest.raises(SlackError, match="shortcut_not_found"):
        workspace.interactivity.message_shortcut("ada", "general", reply, "else")


async def test_a_click_tells_where_it_was_and_what_it_is_worth(app: AppSide) -> None:
    workspace = app.playground.workspace
    root = workspace.post("ada", "general", "question")
    ts = await posted(app.slack, ROW, thread_ts=root)
    trigger = workspace.interactivity.click("grace", "general", ts, "answer_again")
    payload = await told(app)
    assert (payload["type"], payload["trigger_id"]) == ("block_actions", trigger)
    assert payload["user"] == {
        "id": "U0GRACE001",
        "username": "grace",
        "name": "grace",
        "team_id": "T0PLAYGRND",
    }
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": GENERAL,
        "is_ephemeral": False,
        "thread_ts": root,
    }
    (action,) = payload["actions"] if isinstance(payload["actions"], list) else []
    assert float(action.pop("action_ts")) > float(ts)
    assert action == {
        "action_id": "answer_again",
        "block_id": "row",
        "type": "button",
        "value": "turn-1",
        "text": plain("Answer again"),
    }
    message = payload["message"]
    assert isinstance(message, dict)
    assert message["blocks"] == [ROW]


async def test_feedback_is_worth_one_of_two_values_or_what_was_tampered_with(app: AppSide) -> None:
    click = app.playground.workspace.interactivity.click
    ts = await posted(app.slack, VOTES)
    votes = app.playground.workspace.interactivity.messages.votes
    values = []
    for value in (None, "down:1", "up:someone else's"):
        click("ada", "general", ts, "feedback", value)
        payload = await told(app)
        (action,) = payload["actions"] if isinstance(payload["actions"], list) else []
        values.append((action["type"], action["value"]))
        assert votes(ADA, GENERAL, ts) == {"feedback": action["value"]}
    assert votes("U0GRACE001", GENERAL, ts) == {}
    assert values == [
        ("feedback_buttons", "up:1"),
        ("feedback_buttons", "down:1"),
        ("feedback_buttons", "up:someone else's"),
    ]


async def test_a_choice_in_a_message_tells_the_option(app: AppSide) -> None:
    row = {"type": "actions", "elements": [select("model", "a", "b")]}
    ts = await posted(app.slack, row)
    app.playground.workspace.interactivity.click("ada", "general", ts, "model", "b")
    payload = await told(app)
    (action,) = payload["actions"] if isinstance(payload["actions"], list) else []
    assert (action["selected_option"]["value"], "value" in action) == ("b", False)
    assert action["block_id"]


async def test_a_click_on_a_note_tells_no_message(app: AppSide) -> None:
    args = {"channel": GENERAL, "user": ADA, "text": "note"}
    ts = (await app.slack.ok("chat.postEphemeral", **args, blocks=[ROW]))["message_ts"]
    click = app.playground.workspace.interactivity.click
    with pytest.raises(SlackError, match="message_not_found"):
        click("grace", "general", ts, "answer_again")
    click("ada", "general", ts, "answer_again")
    payload = await told(app)
    container = payload["container"]
    assert isinstance(container, dict)
    assert (container["is_ephemeral"], container["message_ts"], "message" in payload) == (True, ts, False)


async def test_a_deleted_message_can_still_be_clicked(app: AppSide) -> None:
    ts = await posted(app.slack, ROW)
    app.playground.workspace.post("ada", "general", "a reply makes it a tombstone", ts)
    await app.slack.ok("chat.delete", channel=GENERAL, ts=ts)
    app.playground.workspace.interactivity.click("ada", "general", ts, "answer_again")
    message = (await told(app))["message"]
    assert isinstance(message, dict)
    assert (message["blocks"], message["text"]) == ([ROW], "answer")


async def test_what_has_no_button_cannot_be_clicked(app: AppSide) -> None:
    ts = await posted(app.slack, ROW)
    with pytest.raises(SlackError, match="action_not_found"):
        app.playground.workspace.interactivity.click("ada", "general", ts, "else")


async def test_a_double_click_arrives_twice_and_a_repeated_delivery_is_the_same_click(app: AppSide) -> None:
    ts = await posted(app.slack, ROW)
    await app.next()
    click = app.playground.workspace.interactivity.click
    triggers = [click("ada", "general", ts, "answer_again") for _ in range(2)]
    assert [(await told(app))["trigger_id"] for _ in range(2)] == triggers
    app.playground.faults.duplicate_deliveries = 1
    trigger = click("ada", "general", ts, "answer_again")
    assert [(await told(app))["trigger_id"] for _ in range(2)] == [trigger] * 2
