"""Events to what the core understands. Whatever arrives, nothing raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base_client import Deletion, Edit, Message, MessageKey, ThreadKey
from slack_client.event_handlers.message_events import Dropped, Incoming, Unaddressed, read_event
from slack_client.identity import Identity

BOT = Identity("T1", "U0BOT", "B0BOT", "threadwell")
TS = "1700000000.000100"
Json = dict[str, object]
EVENT: Json = {
    "type": "message",
    "channel": "C1",
    "channel_type": "channel",
    "user": "U1",
    "ts": TS,
    "text": "<@U0BOT> hi",
}


def read(changes: Json | None = None, without: str = "", **body: object) -> Incoming:
    event = {name: value for name, value in {**EVENT, **(changes or {})}.items() if name != without}
    return read_event({"type": "event_callback", "event": event, **body}, BOT)


def test_a_mention_is_a_message() -> None:
    expected = Message(MessageKey("T1", "C1", TS), ThreadKey("T1", "C1", TS), "U1", "hi")
    assert read() == expected
    assert read({"type": "app_mention"}) == expected


def test_a_reply_belongs_to_its_thread() -> None:
    message = read({"thread_ts": "1600000000.000100"})
    assert isinstance(message, Message)
    assert message.thread.thread_ts == "1600000000.000100"


def test_a_direct_message_needs_no_mention() -> None:
    message = read({"channel_type": "im", "text": "hi"})
    assert isinstance(message, Message)
    assert message.wants_answer


@pytest.mark.parametrize(("text", "wants_answer"), [("hi", True), ("<@U0OTHER> hi", False), ("hi <@U0OTHER>", True)])
def test_a_reply_without_a_mention_is_for_the_bots_threads(text: str, wants_answer: bool) -> None:
    incoming = read({"thread_ts": "1600000000.000100", "text": text})
    assert isinstance(incoming, Unaddressed)
    assert incoming.message.wants_answer is wants_answer


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("<@U0BOT> what now?", "what now?"),
        ("<@U0BOT>, what now?", "what now?"),
        ("what now, <@U0BOT>?", "what now, @threadwell?"),
        ("<@U0BOT>", ""),
        ("<@U0BOT> ask <@U2> &amp; <#C2|general>", "ask @U2 & #general"),
        ("<@U0BOT> \x00\x07bell", "bell"),
    ],
)
def test_the_own_name_leaves_the_beginning(text: str, heard: str) -> None:
    message = read({"text": text})
    assert isinstance(message, Message)
    assert message.text == heard


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
def test_subtypes_that_people_write_are_answered(subtype: str) -> None:
    assert isinstance(read({"subtype": subtype}), Message)


@pytest.mark.parametrize(
    "subtype",
    ["channel_join", "channel_topic", "me_message", "message_replied", "reminder_add", "new_kind", 7, ["x"], {}],
)
def test_other_subtypes_are_dropped(subtype: object) -> None:
    assert read({"subtype": subtype}) == Dropped("subtype")


@pytest.mark.parametrize(
    "changes",
    [{"bot_id": "B9"}, {"subtype": "bot_message"}, {"user": "USLACKBOT"}, {"user": "USLACK"}, {"user": "U0BOT"}],
)
def test_what_no_person_wrote_is_dropped(changes: Json) -> None:
    assert read(changes) == Dropped("bot")


@pytest.mark.parametrize("field", ["user_team", "source_team", "team"])
def test_an_outsider_of_a_shared_channel_is_dropped(field: str) -> None:
    assert read({field: "T2"}, is_ext_shared_channel=True) == Dropped("outsider")
    assert isinstance(read({field: "T1"}, is_ext_shared_channel=True), Message)
    assert isinstance(read({field: "T2"}), Message), "another workspace of the same organisation"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"text": "hi"}, "not_addressed"),
        ({"type": "reaction_added"}, "event_type"),
        ({"type": None}, "event_type"),
        ({"type": ["message"]}, "event_type"),
        ({"user": ["U1"]}, "malformed"),
        ({"channel": 5}, "malformed"),
        ({"ts": 1700000000.0001}, "malformed"),
        ({"ts": "soon"}, "malformed"),
        ({"thread_ts": "not a ts"}, "malformed"),
        ({"ts": ""}, "malformed"),
    ],
)
def test_what_is_not_for_the_bot_is_dropped_and_counted(changes: Json, reason: str) -> None:
    assert read(changes) == Dropped(reason)


@pytest.mark.parametrize("field", ["channel", "user", "ts"])
def test_a_message_without_its_parts_is_malformed(field: str) -> None:
    assert read(without=field) == Dropped("malformed")


def changed(now: object, before: object = None, **more: object) -> Incoming:
    return read({"subtype": "message_changed", "message": now, "previous_message": before, **more})


def test_an_edit_is_followed() -> None:
    now = {"user": "U1", "ts": TS, "text": "<@U0BOT> new &lt;"}
    assert changed(now, {"text": "old"}) == Edit(MessageKey("T1", "C1", TS), "new <")
    assert changed(now, "no object") == Edit(MessageKey("T1", "C1", TS), "new <")
    assert changed(now, {"text": now["text"]}) == Dropped("unchanged")
    assert changed(now | {"bot_id": "B0BOT"}) == Dropped("bot")


def test_a_deletion_is_followed() -> None:
    key = MessageKey("T1", "C1", TS)
    assert read({"subtype": "message_deleted", "deleted_ts": TS}) == Deletion(key)
    assert changed({"subtype": "tombstone", "ts": TS, "user": "USLACKBOT"}) == Deletion(key)


@pytest.mark.parametrize(
    "incoming",
    [
        changed(None),
        changed("text"),
        changed({"text": "no ts"}),
        changed({"ts": TS}, channel=None),
        read({"subtype": "message_deleted"}),
        read({"subtype": "message_deleted", "deleted_ts": 5}),
        read_event({}, BOT),
        read_event({"event": None}, BOT),
        read_event({"event": [EVENT]}, BOT),
    ],
)
def test_a_malformed_change_is_dropped(incoming: Incoming) -> None:
    assert incoming == Dropped("malformed")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([TS, "U1", "<@U0BOT>"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
kinds = st.sampled_from(["message", "app_mention", "message_changed", "message_deleted", "tombstone", "file_share"])
names = st.sampled_from(
    [*EVENT, "subtype", "thread_ts", "message", "previous_message", "deleted_ts", "bot_id", "user_team", "hidden"]
)


@given(st.dictionaries(names, json_values | kinds, max_size=8), st.booleans(), json_values)
def test_nothing_that_arrives_raises(changes: Json, complete: bool, shared: object) -> None:
    event = {**EVENT, **changes} if complete else changes
    assert read_event({"event": event, "is_ext_shared_channel": shared}, BOT) is not None
