"""Modals and home tabs through the Web API: trigger ids, the stack, updates, what is refused."""

import pytest

from playground.server import Options, Playground
from playground.slack.clock import Clock
from tests.playground.app_side import ADA, AppSide, field, modal, option, plain, select, text_field
from tests.playground.raw_socket import RawSocket
from tests.playground.slack_calls import SlackCalls


async def test_a_view_comes_back_as_slack_keeps_it(app: AppSide) -> None:
    view = modal(private_metadata="kept", notify_on_close=True, external_id="mine")
    answer = await app.slack.ok("views.open", trigger_id=await app.trigger(), view=view)
    shown = answer["view"]
    assert shown.pop("id") == shown.pop("root_view_id")
    assert shown.pop("hash")
    assert shown == {
        "type": "modal",
        "team_id": "T0PLAYGRND",
        "app_id": "A0THREADWL",
        "bot_id": "B0THREADWL",
        "app_installed_team_id": "T0PLAYGRND",
        "blocks": view["blocks"],
        "title": plain("Settings") | {"emoji": True},
        "submit": plain("Save") | {"emoji": True},
        "close": None,
        "callback_id": "settings",
        "external_id": "mine",
        "private_metadata": "kept",
        "clear_on_close": False,
        "notify_on_close": True,
        "previous_view_id": None,
        "state": {"values": {"words": {"typed": {"type": "plain_text_input", "value": None}}}},
    }


async def test_a_trigger_id_opens_one_window(app: AppSide) -> None:
    trigger = await app.trigger()
    await app.slack.ok("views.open", trigger_id=trigger, view=modal())
    assert await app.slack.refused("views.open", trigger_id=trigger, view=modal()) == "exchanged_trigger_id"
    assert await app.slack.refused("views.open", trigger_id="1.2.x", view=modal()) == "invalid_trigger_id"
    assert len(app.playground.workspace.views_of("ada")) == 1


async def test_a_trigger_id_is_too_old_after_three_seconds() -> None:
    passed = 0.0
    async with (
        Playground(Options(clock=Clock(monotonic=lambda: passed))) as playground,
        SlackCalls(playground) as slack,
    ):
        async with RawSocket(playground) as socket:
            app = AppSide(playground, socket, slack)
            early, late = await app.trigger(), await app.trigger()
            passed = 2.9
            await slack.ok("views.open", trigger_id=early, view=modal())
            passed = 3.1
            assert await slack.refused("views.open", trigger_id=late, view=modal()) == "expired_trigger_id"


async def test_a_refused_view_leaves_the_trigger_id_good(app: AppSide) -> None:
    trigger = await app.trigger()
    assert await app.slack.refused("views.open", trigger_id=trigger, view={"type": "modal"}) == "invalid_arguments"
    await app.slack.ok("views.open", trigger_id=trigger, view=modal())


async def test_at_most_three_modals_one_above_the_other(app: AppSide) -> None:
    slack, workspace = app.slack, app.playground.workspace
    assert await slack.refused("views.push", trigger_id=await app.trigger(), view=modal()) == "not_found"
    root = await app.open()
    for _ in range(2):
        pushed = (await slack.ok("views.push", trigger_id=await app.trigger(), view=modal()))["view"]
    assert await slack.refused("views.push", trigger_id=await app.trigger(), view=modal()) == "push_limit_reached"
    stack = workspace.views_of("ada")
    assert [view.id for view in stack][::2] == [root.id, pushed["id"]]
    assert (pushed["root_view_id"], pushed["previous_view_id"]) == (root.id, stack[1].id)
    assert workspace.views_of("grace") == []


async def test_an_update_keeps_what_was_typed_where_block_and_action_stay(app: AppSide) -> None:
    view = await app.open(
        blocks=[text_field("kept"), text_field("other_block"), text_field("other_action"), text_field("new", "new")]
    )
    fill = app.playground.workspace.interactivity.fill
    fill("ada", view.id, {"kept": "one", "other_block": "two", "other_action": "three"})
    blocks = [
        text_field("kept", initial_value="not this"),
        text_field("other_block_2", initial_value="begins"),
        text_field("other_action", "typed_2"),
    ]
    answer = await app.slack.ok("views.update", view_id=view.id, view=modal(blocks=blocks))
    values = answer["view"]["state"]["values"]
    assert values["kept"]["typed"]["value"] == "one"
    assert values["other_block_2"]["typed"]["value"] == "begins"
    assert values["other_action"] == {"typed_2": {"type": "plain_text_input", "value": None}}


async def test_a_choice_that_is_no_longer_on_offer_is_lost(app: AppSide) -> None:
    view = await app.open(blocks=[field("model", select("model", "a", "b", initial_option=option("a")))])
    app.playground.workspace.interactivity.fill("ada", view.id, {"model": "b"})
    again = modal(blocks=[field("model", select("model", "b", "c", initial_option=option("c")))])
    await app.slack.ok("views.update", view_id=view.id, view=again)
    assert view.state["model"]["model"] == {"type": "static_select", "selected_option": option("b")}
    gone = modal(blocks=[field("model", select("model", "c", initial_option=option("c")))])
    await app.slack.ok("views.update", view_id=view.id, view=gone)
    assert view.state["model"]["model"] == {"type": "static_select", "selected_option": option("c")}


async def test_blocks_without_ids_get_other_ones_each_time(app: AppSide) -> None:
    nameless = {"type": "input", "label": plain("x"), "element": {"type": "plain_text_input"}}
    view = await app.open(blocks=[nameless])
    ((block_id, fields),) = view.state.items()
    app.playground.workspace.interactivity.fill("ada", view.id, {block_id: "typed"})
    await app.slack.ok("views.update", view_id=view.id, view=modal(blocks=[nameless]))
    ((other_id, fields),) = view.state.items()
    assert other_id != block_id
    assert [held["value"] for held in fields.values() if isinstance(held, dict)] == [None]


async def test_an_old_hash_conflicts(app: AppSide) -> None:
    view = await app.open(external_id="mine")
    old = view.hash
    await app.slack.ok("views.update", external_id="mine", hash=old, view=modal(external_id="mine"))
    code = await app.slack.refused("views.update", view_id=view.id, hash=old, view=modal(title=plain("Lost")))
    assert (code, view.title) == ("hash_conflict", "Settings")
    await app.slack.ok("views.update", view_id=view.id, hash=view.hash, view=modal())


async def test_a_view_that_is_not_there_cannot_be_updated(app: AppSide) -> None:
    view = await app.open()
    app.playground.workspace.interactivity.close("ada", view.id)
    assert await app.slack.refused("views.update", view_id=view.id, view=modal()) == "not_found"
    assert await app.slack.refused("views.update", view=modal()) == "invalid_arguments"


async def test_an_external_id_is_used_once(app: AppSide) -> None:
    await app.open(external_id="mine")
    trigger = await app.trigger()
    assert await app.slack.refused("views.push", trigger_id=trigger, view=modal(external_id="mine")) == (
        "duplicate_external_id"
    )


async def test_a_home_tab_is_published_and_published_again(playground: Playground, slack: SlackCalls) -> None:
    workspace = playground.workspace
    header = {"type": "header", "text": plain("Hello")}
    assert workspace.home_of("ada") is None
    first = (await slack.ok("views.publish", user_id=ADA, view={"type": "home", "blocks": []}))["view"]
    second = (await slack.ok("views.publish", user_id=ADA, view={"type": "home", "blocks": [header]}))["view"]
    assert first["id"] == second["id"]
    home = workspace.home_of("ada")
    assert home is not None
    assert (home.blocks, workspace.home_of("grace")) == ([header], None)
    args = {"user_id": ADA, "hash": first["hash"], "view": {"type": "home", "blocks": []}}
    assert await slack.refused("views.publish", **args) == "hash_conflict"
    assert await slack.refused("views.publish", user_id="U0NOBODY00", view=args["view"]) == "user_not_found"
    assert await slack.refused("views.publish", user_id=ADA, view=modal()) == "invalid_arguments"


async def test_changes_of_windows_are_told_to_those_who_wait(app: AppSide) -> None:
    with app.playground.workspace.subscribe() as changes:
        await app.open()
        await app.slack.ok("views.publish", user_id=ADA, view={"type": "home", "blocks": []})
        seen = [await changes.get() for _ in range(2)]
    assert [(change.kind, change.channel) for change in seen] == [("view", ADA), ("home", ADA)]


MRKDWN = {"type": "mrkdwn", "text": "x"}
NO_SUBMIT = {name: value for name, value in modal().items() if name != "submit"}


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("[]", "must provide an object [json-pointer:/view]"),
        (modal(type="home"), "must be a valid enum value: modal [json-pointer:/view/type]"),
        (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (
            modal(title={"type": "mrkdwn", "text": "x"}),
            "must be a valid enum value: plain_text [json-pointer:/view/title/type]",
        ),
        (modal(title=None), "missing required field: title [json-pointer:/view]"),
        (modal(submit=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
        (modal(close=plain("")), "must be more than 0 characters [json-pointer:/view/close/text]"),
        (NO_SUBMIT, "missing required field: submit [json-pointer:/view]"),
        (
            modal(private_metadata="x" * 3_001),
            "less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (modal(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
        (modal(blocks=[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal(surprise=1), "invalid additional property: surprise [json-pointer:/view]"),
        (modal(blocks=[text_field(), text_field()]), "block_id already exists [json-pointer:/view/blocks/1/block_id]"),
    ],
)
async def test_views_that_slack_refuses(app: AppSide, view: object, said: str) -> None:
    body = await app.slack.call("views.open", trigger_id=await app.trigger(), view=view)
    assert body["error"] == "invalid_arguments", body
    assert any(said in message for message in body["response_metadata"]["messages"]), body
    assert app.playground.workspace.views_of("ada") == []


async def test_a_view_of_more_than_250_kilobytes_is_too_large(app: AppSide) -> None:
    section = {"type": "section", "text": plain("x" * 3_000)}
    args = {"trigger_id": await app.trigger(), "view": modal(blocks=[section] * 90)}
    assert await app.slack.refused("views.open", **args) == "view_too_large"
