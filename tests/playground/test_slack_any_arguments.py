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
    "blocks bot channel channel_id chunks cursor include_all_metadata latest limit loading_messages markdown_text "
    "message_ts metadata name oldest prompts recipient_team_id recipient_user_id session_status status text thread_ts "
    "timestamp title ts types user users"
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
