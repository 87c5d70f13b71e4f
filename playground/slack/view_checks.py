"""What Slack demands of a view."""

import json

from playground.slack.block_checks import check_blocks
from playground.slack.interactive_records import ViewKind
from playground.slack.json_parts import parts
from playground.slack.strict_parts import StrictPart
from playground.slack.wire import JsonObject, SlackError

MAX_BLOCKS = 100
TITLE_CHARACTERS = 24
METADATA_CHARACTERS = 3_000
ID_CHARACTERS = 255
VIEW_BYTES = 250 * 1024
_ALWAYS = ("blocks", "callback_id", "private_metadata", "external_id")
_MODAL = ("title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled")


def check_view(given: JsonObject, kind: ViewKind) -> None:
    """Refuse a view that Slack refuses, with everything that is wrong with it."""
    if len(json.dumps(given)) > VIEW_BYTES:
        raise SlackError("view_too_large")
    wrong: list[str] = []
    view = StrictPart(given, "/view", wrong)
    if view.required("type"):
        view.one_of("type", (kind,))
    view.only(*_ALWAYS, *(_MODAL if kind == "modal" else ()))
    view.word("callback_id", ID_CHARACTERS, shortest=0)
    view.word("private_metadata", METADATA_CHARACTERS, shortest=0)
    view.word("external_id", ID_CHARACTERS, shortest=0)
    check_blocks(view.parts("blocks", MAX_BLOCKS, least=0), kind)
    if kind == "modal":
        _check_modal(view)
    if wrong:
        raise SlackError("invalid_arguments", *wrong)


def _check_modal(view: StrictPart) -> None:
    view.text("title", TITLE_CHARACTERS, required=True)
    view.text("submit", TITLE_CHARACTERS)
    view.text("close", TITLE_CHARACTERS)
    for name in ("clear_on_close", "notify_on_close", "submit_disabled"):
        view.flag(name)
    has_inputs = any(block.get("type") == "input" for block in parts(view.given, "blocks"))
    if has_inputs and view.given.get("submit") is None:
        view.required("submit")
