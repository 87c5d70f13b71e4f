"""Blocks and windows as HTML, without a browser."""

from collections.abc import Mapping
from html.parser import HTMLParser

import pytest

from playground.page.blocks import blocks, own_blocks
from playground.page.surface import Surface
from playground.page.view import home, modal
from playground.slack.interactive_records import View
from playground.slack.wire import Json, JsonObject

from .windows import FEEDBACK, INSTRUCTIONS, MODEL, TOOLS, button, field, option, plain

PROBE = "<img src=x onerror=alert(1)>\"'"


class Markup(HTMLParser):
    """What a browser would make of it: `tags`, and names of attributes that run something."""

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.running: list[str] = []
        self.feed(shown)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.running += [name for name, _ in attrs if name.startswith("on") or name == "style"]


def drawn(*given: JsonObject, values: JsonObject | None = None, errors: Mapping[str, str] | None = None) -> str:
    return blocks(list(given), Surface("s", lambda user: f"{user} {PROBE}", values or {}, errors or {}))


HOSTILE: list[JsonObject] = [
    {"type": "markdown", "text": PROBE},
    {"type": "header", "text": plain(PROBE)},
    {"type": "section", "block_id": PROBE, "text": {"type": "mrkdwn", "text": f"{PROBE} <@U1>"},
     "fields": [plain(PROBE)]},
    {"type": "context", "elements": [plain(PROBE), {"type": "image", "image_url": "https://x", "alt_text": PROBE}]},
    {"type": "image", "image_url": "https://x", "alt_text": PROBE, "title": plain(PROBE)},
    {"type": PROBE},
    {
        "type": "actions",
        "block_id": PROBE,
        "elements": [
            button(PROBE, PROBE, PROBE, style=PROBE, confirm={"title": plain(PROBE), "text": plain(PROBE)}),
            button(PROBE, "link", url=f"https://x/{PROBE}"),
            {"type": PROBE},
            {"type": "static_select", "action_id": PROBE, "options": [option(PROBE, PROBE)], "placeholder": plain("x")},
            {"type": "icon_button", "action_id": PROBE, "icon": PROBE, "text": plain(PROBE)},
        ],
    },
    field(PROBE, PROBE, {"type": "plain_text_input", "initial_value": PROBE, "placeholder": plain(PROBE)}, hint=PROBE),
    field("many", PROBE, {"type": "plain_text_input", "multiline": True, "initial_value": f"</textarea>{PROBE}"}),
    field("boxes", PROBE, {"type": "checkboxes", "options": [option(PROBE, PROBE, PROBE)]}),
    field("groups", PROBE, {"type": "static_select", "option_groups": [{"label": plain(PROBE), "options": []}]}),
]  # fmt: skip


@pytest.mark.parametrize("block", HOSTILE, ids=lambda block: str(block["type"])[:12])
def test_no_word_of_an_app_becomes_markup(block: JsonObject) -> None:
    view = View("V1", "U1", "modal", "", [block], PROBE, PROBE, PROBE, error=PROBE)
    shown = drawn(block, errors={PROBE: PROBE}) + modal(view, str) + home(view, str)
    found = Markup(shown)
    assert "&lt;img" in shown
    assert ("img" in found.tags, found.running) == (False, [])


def test_only_addresses_of_the_web_become_links() -> None:
    shown = drawn({"type": "actions", "elements": [button("Go", "go", url="javascript:alert(1)")]})
    assert "<a " not in shown
    assert "javascript" not in shown
    assert 'href="https://example.com/"' in drawn(
        {"type": "actions", "elements": [button("Go", "go", url="https://example.com/")]}
    )


def test_a_field_begins_with_what_the_app_gave_and_shows_what_it_holds() -> None:
    assert '<option value="small" selected>' in drawn(field("model", "Model", MODEL))
    held: Json = {"model": {"type": "static_select", "selected_option": option("Large", "large")}}
    shown = drawn(field("model", "Model", MODEL), values={"model": held})
    assert ('<option value="large" selected>' in shown, '<option value="small" selected>' in shown) == (True, False)
    emptied: Json = {"text": {"type": "plain_text_input", "value": None}}
    text: JsonObject = {"type": "plain_text_input", "initial_value": "first"}
    assert 'value=""' in drawn(field("text", "Text", text), values={"text": emptied})
    chosen: Json = {"tools": {"type": "checkboxes", "selected_options": [option("Pictures", "pictures")]}}
    assert drawn(field("tools", "Tools", TOOLS), values={"tools": chosen}).count(" checked") == 1


def test_a_line_about_a_field_belongs_to_it() -> None:
    shown = drawn(
        field("instructions", "Instructions", INSTRUCTIONS, hint="Be brief"), errors={"instructions": "Too long"}
    )
    name = "s-instructions-instructions"
    assert f'aria-describedby="{name}-error {name}-hint" aria-invalid="true"' in shown
    assert f'<p class="field-error" id="{name}-error" role="alert">Too long</p>' in shown


def test_the_vote_that_was_given_is_marked() -> None:
    shown = blocks([FEEDBACK], Surface("s", str, chosen={"feedback": "down:1"}))
    good, bad = shown.split("<button")[1:]
    assert 'aria-pressed="false"' in good
    assert 'aria-pressed="true"' in bad


def test_slacks_own_block_of_a_text_is_not_one_of_the_apps() -> None:
    divider: JsonObject = {"type": "divider"}
    assert own_blocks([{"type": "rich_text", "elements": []}, divider]) == [divider]
    assert blocks([], Surface("s", str)) == ""
