"""Commands, shortcuts, clicks and submissions: what they mean, and that whoever does them gets an answer in time."""

import asyncio
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base_client import ThreadKey
from message_processor.small_tasks import SmallTasks
from ops.figures import Figures
from slack_client.event_handlers import interactions
from slack_client.event_handlers.interaction import Acknowledgement, Handler, Interaction, Kind, View
from slack_client.event_handlers.interactions import Interactions, read_interaction
from slack_client.event_handlers.registration import acknowledgement
from tests.slack_client.scripted import IDENTITY

Json = dict[str, object]
TS, ROOT = "1700000000.000100", "1600000000.000100"
WHO: Json = {"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}, "trigger_id": "1.2.x"}
COMMAND: Json = {
    "command": "/ai-settings",
    "text": " channel ",
    "team_id": "T1",
    "user_id": "U1",
    "channel_id": "C1",
    "trigger_id": "1.2.x",
}
SHORTCUT: Json = {
    **WHO,
    "type": "message_action",
    "callback_id": "stop_answer",
    "channel": {"id": "C1"},
    "message_ts": TS,
    "message": {"ts": TS, "thread_ts": ROOT, "user": "U0BOT", "bot_id": "B0BOT"},
    "action_ts": "1700000001.000000",
}
CLICK: Json = {
    **WHO,
    "type": "block_actions",
    "channel": {"id": "C1"},
    "container": {"type": "message", "message_ts": TS, "channel_id": "C1", "thread_ts": ROOT},
    "actions": [{"action_id": "answer_again", "type": "button", "value": "t1", "action_ts": "1700000001.000000"}],
}
VIEW: Json = {
    "id": "V1",
    "hash": "h1",
    "callback_id": "settings",
    "private_metadata": "kept",
    "state": {
        "values": {
            "model:1": {"settings_model": {"type": "static_select", "selected_option": {"value": "luna"}}},
            "instructions": {"instructions": {"type": "plain_text_input", "value": "Be brief."}},
            "temperature": {"temperature": {"type": "number_input", "value": None}},
        }
    },
}
SUBMISSION: Json = {**WHO, "type": "view_submission", "view": VIEW}


def read(body: Mapping[str, object]) -> Interaction | None:
    return read_interaction(body, IDENTITY)


def test_a_command_is_read() -> None:
    expected = Interaction(Kind.COMMAND, "/ai-settings", "T1", "U1", "C1", trigger="1.2.x", value="channel")
    assert read(COMMAND) == expected


def test_a_shortcut_knows_its_message_and_its_moment() -> None:
    assert read(SHORTCUT) == Interaction(
        Kind.SHORTCUT, "stop_answer", "T1", "U1", "C1", ROOT, TS, True, "1.2.x", ts="1700000001.000000"
    )


def test_a_message_without_a_thread_is_the_beginning_of_one() -> None:
    read_one = read({**SHORTCUT, "message": {"ts": TS, "user": "U2"}})
    assert read_one is not None
    assert (read_one.thread_ts, read_one.message_ts, read_one.own) == (TS, TS, False)


def test_a_click_knows_its_place_also_where_only_its_container_does() -> None:
    expected = Interaction(
        Kind.CLICK, "answer_again", "T1", "U1", "C1", ROOT, TS, trigger="1.2.x", value="t1", ts="1700000001.000000"
    )
    assert read(CLICK) == expected
    assert read({name: value for name, value in CLICK.items() if name != "channel"}) == expected


def test_a_choice_is_the_value_that_was_chosen() -> None:
    chosen = {"action_id": "settings_scope", "type": "static_select", "selected_option": {"value": "user"}}
    click = read({**WHO, "type": "block_actions", "view": VIEW, "actions": [chosen]})
    assert click is not None
    assert (click.value, click.view and click.view.id) == ("user", "V1")


def test_where_no_workspace_is_named_the_persons_own_counts() -> None:
    done = read({**SHORTCUT, "team": None})
    assert done is not None
    assert done.team == "T1"


@pytest.mark.parametrize(("kind", "expected"), [("view_submission", Kind.SUBMISSION), ("view_closed", Kind.CLOSED)])
def test_a_windows_fields_are_read_by_block(kind: str, expected: Kind) -> None:
    values = {"model:1": "luna", "instructions": "Be brief.", "temperature": ""}
    view = View("V1", "h1", "settings", "kept", values)
    assert read({**SUBMISSION, "type": kind}) == Interaction(
        expected, "settings", "T1", "U1", trigger="1.2.x", view=view
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**COMMAND, "command": 7},
        {**COMMAND, "user_id": ""},
        {**SHORTCUT, "callback_id": None},
        {**SHORTCUT, "team": None, "user": {"id": "U1"}},
        {**CLICK, "actions": []},
        {**CLICK, "actions": "all"},
        {**CLICK, "actions": [None]},
        {**SUBMISSION, "view": {}},
        {**SUBMISSION, "type": "block_suggestion"},
    ],
)
def test_what_is_malformed_or_unheard_of_is_nothing(body: Json) -> None:
    assert read(body) is None


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from([TS, "U1", "values", "view_closed"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "state", "values", "value", "ts", "view"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.sampled_from([COMMAND, SHORTCUT, CLICK, SUBMISSION]),
    st.dictionaries(st.sampled_from([*CLICK, "view"]), json_values),
)
def test_whatever_comes_nothing_raises(body: Json, changes: Json) -> None:
    read({**body, **changes})


# Handling


class Door:
    """Keeps some people out."""

    named: frozenset[str] = frozenset({"U0NAMED"})

    def __init__(self, *kept_out: str) -> None:
        self.kept_out = kept_out
        self.told: list[str] = []

    async def lets_in(self, person: str, channel: str = "") -> bool:
        return person not in self.kept_out

    def tell(self, thread: ThreadKey, person: str) -> None:
        self.told.append(person)


def desk(
    handlers: Mapping[tuple[Kind, str], Handler],
    tasks: SmallTasks,
    figures: Figures | None = None,
    door: Door | None = None,
) -> Interactions:
    return Interactions(IDENTITY, handlers, tasks, figures or Figures(), door or Door())


async def test_a_submission_is_answered_with_its_payload_and_followed_up() -> None:
    followed = asyncio.Event()

    async def follow() -> None:
        followed.set()

    async def handle(_: Interaction) -> Acknowledgement:
        return Acknowledgement({"response_action": "clear"}, follow())

    tasks = SmallTasks()
    assert await desk({(Kind.SUBMISSION, "settings"): handle}, tasks).take(SUBMISSION) == {"response_action": "clear"}
    async with asyncio.timeout(1):
        await followed.wait()
    await tasks.close()


async def test_what_follows_keeps_nobody_waiting() -> None:
    async def handle(_: Interaction) -> Acknowledgement:
        return Acknowledgement(follow_up=asyncio.sleep(60))

    tasks = SmallTasks()
    async with asyncio.timeout(1):
        assert await desk({(Kind.CLICK, "answer_again"): handle}, tasks).take(CLICK) is None
    await tasks.close()


async def test_a_handler_that_fails_is_acknowledged_and_counted() -> None:
    async def handle(_: Interaction) -> Acknowledgement:
        raise RuntimeError("boom")

    figures = Figures()
    assert await desk({(Kind.CLICK, "answer_again"): handle}, SmallTasks(), figures).take(CLICK) is None
    assert figures.snapshot()["interactions_failed"] == 1


async def test_a_handler_that_hangs_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactions, "ANSWER_SECONDS", 0.01)

    async def handle(_: Interaction) -> Acknowledgement:
        await asyncio.sleep(60)
        return Acknowledgement()

    async with asyncio.timeout(1):
        assert await desk({(Kind.CLICK, "answer_again"): handle}, SmallTasks()).take(CLICK) is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [(CLICK, "unknown"), ({**CLICK, "actions": 5}, "malformed"), ({"type": "shortcut"}, "malformed")],
)
async def test_what_nobody_handles_is_acknowledged_and_counted(body: Json, reason: str) -> None:
    figures = Figures()
    assert await desk({}, SmallTasks(), figures).take(body) is None
    assert figures.snapshot()[f"interactions_dropped{{reason={reason}}}"] == 1


async def test_a_closed_window_is_no_news() -> None:
    figures = Figures()
    assert await desk({}, SmallTasks(), figures).take({**SUBMISSION, "type": "view_closed"}) is None
    assert figures.snapshot() == {}


def test_an_acknowledgement_carries_its_payload_as_json() -> None:
    answer = acknowledgement({"response_action": "clear"})
    assert (answer.status, answer.body) == (200, '{"response_action": "clear"}')
    assert answer.headers["content-type"][0].startswith("application/json")
    assert (acknowledgement(None).status, acknowledgement(None).body) == (200, "")


@pytest.mark.parametrize(
    ("kept_out", "user", "handled"),
    [
        ((), {"id": "U1", "team_id": "T1"}, True),
        (("U1",), {"id": "U1", "team_id": "T1"}, False),
        ((), {"id": "U1", "team_id": "T2"}, False),  # Slack Connect
        ((), {"id": "U0NAMED", "team_id": "T2"}, True),
    ],
)
async def test_who_is_kept_out_reaches_no_handler(
    kept_out: tuple[str, ...], user: dict[str, str], handled: bool
) -> None:
    taken: list[Interaction] = []

    async def handler(interaction: Interaction) -> Acknowledgement:
        taken.append(interaction)
        return Acknowledgement()

    door = Door(*kept_out)
    name = read(CLICK)
    assert name is not None
    await desk({(Kind.CLICK, name.name): handler}, SmallTasks(), door=door).take({**CLICK, "user": user})
    assert bool(taken) is handled
    assert bool(door.told) is not handled
