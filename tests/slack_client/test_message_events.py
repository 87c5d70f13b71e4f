"""Events to what the core understands. Whatever arrives, nothing raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base_client import Deletion, Edit, FileDeletion, FileRef, Message, MessageKey, Stop, ThreadKey, TitleChange
from slack_client.event_handlers.agent_events import AGENT_EVENTS, HomeOpened, Joined
from slack_client.event_handlers.message_events import Dropped, Incoming, Outsider, Unaddressed, read_event
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


def read(changes: Json | None = None, without: str = "", **body: object) -> Incoming | Outsider:
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
def test_an_outsider_of_a_shared_channel_is_known_for_one(field: str) -> None:
    message = read()
    assert isinstance(message, Message)
    assert read({field: "T2"}, is_ext_shared_channel=True) == Outsider(message)
    among_others: Json = {field: "T2", "text": "hi all"}
    assert read(among_others, is_ext_shared_channel=True) == Dropped("outsider"), "not for the bot"
    event: Json = {**EVENT, field: "T2"}
    assert read_event({"event": event, "is_ext_shared_channel": True}, BOT, {"U1"}) == message
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


FILE = {"id": "F1", "name": "shot.png", "size": 5, "url_private": "https://files.slack.com/x"}
SHOT = FileRef("F1", "shot.png", 5, "https://files.slack.com/x")


@pytest.mark.parametrize("changes", [{}, {"subtype": "file_share"}, {"type": "app_mention"}])
def test_files_come_with_the_message(changes: Json) -> None:
    message = read({"files": [FILE, "no file", FILE | {"id": "F2"}], **changes})
    assert isinstance(message, Message)
    assert [file.id for file in message.files] == ["F1", "F2"]
    assert message.files[0] == SHOT


def test_a_file_needs_no_words() -> None:
    direct = read({"subtype": "file_share", "channel_type": "im", "text": "", "files": [FILE]})
    assert isinstance(direct, Message)
    assert (direct.text, direct.files, direct.wants_answer) == ("", (SHOT,), True)
    overheard = read({"subtype": "file_share", "thread_ts": "1600000000.000100", "text": "", "files": [FILE]})
    assert isinstance(overheard, Unaddressed)
    assert overheard.message.files == (SHOT,)


@pytest.mark.parametrize("author", [{"bot_id": "B0BOT"}, {"user": "U0BOT"}])
def test_the_bots_own_pictures_are_dropped(author: Json) -> None:
    assert read({"subtype": "file_share", "files": [FILE], "channel_type": "im", **author}) == Dropped("bot")


def test_the_deletion_of_a_file_is_followed() -> None:
    assert read_event({"event": {"type": "file_deleted", "file_id": "F1"}}, BOT) == FileDeletion("T1", "F1")
    assert read_event({"event": {"type": "file_deleted", "file_id": 1}}, BOT) == Dropped("malformed")
    assert read_event({"event": {"type": "file_deleted"}}, BOT) == Dropped("malformed")


@pytest.mark.parametrize("field", ["channel", "user", "ts"])
def test_a_message_without_its_parts_is_malformed(field: str) -> None:
    assert read(without=field) == Dropped("malformed")


def changed(now: object, before: object = None, **more: object) -> Incoming | Outsider:
    return read({"subtype": "message_changed", "message": now, "previous_message": before, **more})


def test_an_edit_is_followed() -> None:
    now = {"user": "U1", "ts": TS, "text": "<@U0BOT> new &lt;"}
    assert changed(now, {"text": "old"}) == Edit(MessageKey("T1", "C1", TS), "new <", TS)
    assert changed(now, "no object") == Edit(MessageKey("T1", "C1", TS), "new <", TS)
    assert changed(now, {"text": now["text"]}) == Dropped("unchanged")
    assert changed(now | {"bot_id": "B0BOT"}) == Dropped("bot")


def test_an_edit_that_only_removes_a_file_changes_no_words() -> None:
    now = {"user": "U1", "ts": TS, "text": "look", "files": [{"id": "F1", "mode": "tombstone"}]}
    assert changed(now, {"text": "look", "files": [FILE]}) == Dropped("unchanged")
    assert changed(now) == Edit(MessageKey("T1", "C1", TS), "look", TS)


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


ROOT = "1600000000.000100"


@pytest.mark.parametrize(
    "text", ["stop", "STOP", " Stop! ", "!stop", "stop.", "*stop*", "<@U0BOT> stop", "stop <@U0BOT>"]
)
@pytest.mark.parametrize("thread", [{}, {"thread_ts": ROOT}])
def test_a_message_that_only_says_stop_stops(text: str, thread: Json) -> None:
    direct = read({"channel_type": "im", "text": text, **thread})
    assert direct == Stop("T1", "C1", ROOT if thread else None, "U1", TS, said=True)


@pytest.mark.parametrize("text", ["stop it", "please stop", "non-stop", "stopp", "stop stop", "!", "", "停止"])
def test_whoever_says_more_asks_something(text: str) -> None:
    assert isinstance(read({"channel_type": "im", "text": text}), Message)


def test_a_stop_with_a_file_is_a_question() -> None:
    assert isinstance(read({"channel_type": "im", "text": "stop", "files": [FILE]}), Message)


def test_in_a_channel_stop_counts_where_the_bot_is_named_or_takes_part() -> None:
    named = Stop("T1", "C1", TS, "U1", TS, said=True)
    assert read({"text": "<@U0BOT> stop"}) == named
    assert read({"type": "app_mention", "text": "<@U0BOT> stop"}) == named
    assert read({"text": "stop"}) == Dropped("not_addressed")
    overheard = read({"text": "stop", "thread_ts": ROOT})
    assert isinstance(overheard, Unaddressed)
    assert overheard.stop == Stop("T1", "C1", ROOT, "U1", TS, said=True)


@pytest.mark.parametrize("changes", [{"bot_id": "B9"}, {"user": "USLACKBOT"}])
def test_no_bot_stops_anything_by_saying_so(changes: Json) -> None:
    assert read({"channel_type": "im", "text": "stop", **changes}) == Dropped("bot")


def test_an_unfurled_link_is_no_edit() -> None:
    now = {"user": "U1", "ts": TS, "text": "see https://a.example", "attachments": [{"from_url": "https://a.example"}]}
    assert changed(now, {"text": now["text"]}) == Dropped("unchanged")


# About the app itself

ABOUT: Json = {"channel": "D1", "thread_ts": ROOT, "user": "U1", "event_ts": TS}


def about(kind: str, without: str = "", **changes: object) -> Incoming | Outsider:
    event = {name: value for name, value in {**ABOUT, "type": kind, **changes}.items() if name != without}
    return read_event({"event": event}, BOT)


def test_the_stop_button_stops_its_thread_as_of_the_moment_it_was_pressed() -> None:
    assert about("agent_session_stopped", streaming_message_ts=[TS]) == Stop("T1", "D1", ROOT, "U1", TS)


def test_a_persons_title_is_heard_of_and_the_bots_own_is_not() -> None:
    kind = "agent_session_title_changed"
    assert about(kind, title="x" * 300) == TitleChange(ThreadKey("T1", "D1", ROOT), "x" * 200)
    assert about(kind, title="Mine", user="U0BOT") == Dropped("not_ours")


@pytest.mark.parametrize("tab", ["home", "messages"])
def test_the_apps_pages_are_heard_of_when_they_are_opened(tab: str) -> None:
    assert about("app_home_opened", tab=tab) == HomeOpened("U1", "D1", tab)


def test_only_the_bots_own_arrival_is_heard_of() -> None:
    assert about("member_joined_channel", user="U0BOT", inviter="U1") == Joined("D1", "U1")
    assert about("member_joined_channel") == Dropped("not_ours")


@pytest.mark.parametrize(
    "incoming",
    [
        *(about("agent_session_stopped", without=field) for field in ("channel", "thread_ts", "event_ts")),
        *(about("agent_session_title_changed", without=field) for field in ("channel", "thread_ts")),
        about("agent_session_stopped", event_ts="now"),
        about("app_home_opened", tab="about"),
        about("app_home_opened", without="user", tab="home"),
        about("member_joined_channel", user="U0BOT", without="channel"),
    ],
)
def test_what_is_malformed_about_the_app_is_dropped(incoming: Incoming) -> None:
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
kinds = st.sampled_from(
    [
        *AGENT_EVENTS,
        "message",
        "file_deleted",
        "app_mention",
        "message_changed",
        "message_deleted",
        "tombstone",
        "file_share",
    ]
)
names = st.sampled_from(
    [
        *EVENT,
        "subtype",
        "thread_ts",
        "message",
        "previous_message",
        "deleted_ts",
        "bot_id",
        "user_team",
        "hidden",
        "files",
        "file_id",
        "event_ts",
        "tab",
        "title",
    ]
)


@given(st.dictionaries(names, json_values | kinds, max_size=8), st.booleans(), json_values)
def test_nothing_that_arrives_raises(changes: Json, complete: bool, shared: object) -> None:
    event = {**EVENT, **changes} if complete else changes
    assert read_event({"event": event, "is_ext_shared_channel": shared}, BOT) is not None
