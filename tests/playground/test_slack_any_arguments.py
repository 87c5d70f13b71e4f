"""Whatever the arguments, a method answers or refuses with a code, and both are JSON."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from playground.server import Playground
from playground.slack.arguments import Arguments
from playground.slack.web_api import METHODS
from playground.slack.web_api.context import Context
from playground.slack.wire import Json, SlackError

NAMES = (
    "alt_txt blocks bot channel channel_id channels chunks cursor external_id file filename files hash "
    "include_all_metadata include_locale initial_comment latest length limit loading_messages markdown_text "
    "message_ts metadata name oldest prompts recipient_team_id recipient_user_id session_status status text thread_ts "
    "timestamp title trigger_id ts types user user_id users view view_id"
).split()
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["C0GENERAL1", "D0ADA00001", "U0ADA00001", "T0PLAYGRND", "1.000001", "[]", "{}", "[[", "active"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "title", "message", "elements", "blocks", "id"]), inner)
    ),
    max_leaves=6,
)

KINDS = (
    "actions button checkboxes context divider header image input mrkdwn number_input plain_text plain_text_input "
    "radio_buttons section static_select"
).split()
PARTS = (
    "accessory action_id block_id confirm element elements fields initial_option initial_options initial_value "
    "is_decimal_allowed label max_length max_value min_value option_groups options placeholder text value"
).split()
TYPED = st.fixed_dictionaries({"type": st.sampled_from(KINDS)})
SIMPLE = st.booleans() | st.integers(-5, 5) | st.text(max_size=4) | st.sampled_from(["1", "0.5", "a"])
PIECES = st.recursive(
    SIMPLE | TYPED,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.builds(lambda first, more: first | more, TYPED, st.dictionaries(st.sampled_from(PARTS), inner, max_size=5))
    ),
    max_leaves=20,
)


@settings(deadline=None)  # a busy machine is no failure
@given(blocks=st.lists(PIECES, max_size=3))
async def test_any_blocks_are_shown_or_refused_with_their_places(blocks: list[Json]) -> None:
    workspace = Playground().workspace
    publish = METHODS["views.publish"]
    context = Context(workspace, Playground().sockets)
    args: dict[str, Json] = {"user_id": "U0ADA00001", "view": {"type": "home", "blocks": blocks}}
    try:
        answer = publish(context, Arguments(args))
    except SlackError as error:
        assert (error.code, bool(error.messages)) == ("invalid_arguments", True)  # noqa: PT017  either end is fine
    else:
        assert json.loads(json.dumps(answer)) is not None
        assert workspace.home_of("ada") is not None


@settings(deadline=None)  # a busy machine is no failure
@given(
    method=st.sampled_from(sorted(METHODS)),
    args=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6),
    names_thread=st.booleans(),
)
async def test_any_arguments_are_answered_or_refused(method: str, args: dict[str, Json], names_thread: bool) -> None:
    playground = Playground()
    workspace = playground.workspace
    if names_thread:
        ts = workspace.post("ada", "general", "question")
        args |= {"channel": "C0GENERAL1", "channel_id": "C0GENERAL1", "thread_ts": ts, "ts": ts, "timestamp": ts}
    try:
        answer = METHODS[method](Context(workspace, playground.sockets), Arguments(args))
    except SlackError as error:
        assert error.code  # noqa: PT017  either end is fine, but it has to be one of the two
    else:
        assert json.loads(json.dumps(answer)) is not None
    finally:
        workspace.streams.close()
