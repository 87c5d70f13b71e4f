"""Buttons that are pressed twice act once, and a form that two people send keeps what both of them changed."""

import pytest

from tests.wire.database_side import settings_of
from tests.wire.desk import Desk, buttons, somebody
from tests.wire.harness import GENERAL, House
from tests.wire.model_side import Calls, everything_taken_in, model_works, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def desk(house: House) -> Desk:
    """Somebody who has never done anything."""
    return Desk(house, somebody(house.playground))


async def test_answer_again_pressed_twice_by_others_and_later_asks_the_model_once(desk: Desk) -> None:
    house, other = desk.house, Desk(desk.house, somebody(desk.playground))
    house.playground.model.knobs.next(status=400, code="invalid_request_error", message="no")
    ts = house.mention("echo: once", desk.user)
    [failed] = await house.settled(ts)
    calls = Calls(house)
    for each in (desk, desk, other):
        each.playground.workspace.interactivity.click(each.user, GENERAL, failed.ts, "answer_again")
    await house.settled(ts, answers=2)
    desk.playground.workspace.interactivity.click(desk.user, GENERAL, failed.ts, "answer_again")
    await everything_taken_in(house)
    await house.ask("echo: a write goes through")
    await house.settled(ts, answers=2)
    assert [message.text for message in house.answers(ts)][1:] == ["once"]
    assert calls.texts() == ["echo: once", "echo: a write goes through"]


async def test_what_was_set_aside_is_answered_once_and_the_button_goes(desk: Desk) -> None:
    house, workspace = desk.house, desk.playground.workspace
    ts = house.mention("please hang", desk.user)
    await model_works(house)
    house.say("echo: later", desk.user, thread_ts=ts)
    await everything_taken_in(house)
    workspace.press_stop(desk.user, GENERAL, ts)
    line = await workspace.wait_for(
        lambda: next((each for each in house.answers(ts) if "set aside" in each.text), None)
    )
    calls = Calls(house)
    for _ in range(3):
        workspace.interactivity.click(desk.user, GENERAL, line.ts, "answer_aside")
    await workspace.wait_for(lambda: house.answers(ts)[-1].text == "later")
    await workspace.wait_for(lambda: not buttons(line))
    await everything_taken_in(house)
    await house.ask("echo: a write goes through")
    assert [message.text for message in house.answers(ts)].count("later") == 1
    assert len(calls()) == 2, "one for it, and one for the last question"


async def test_the_channels_settings_sent_by_two_people_keep_what_each_of_them_changed(desk: Desk) -> None:
    house, workspace = desk.house, desk.playground.workspace
    channel = workspace.add_channel("shared").id
    people = [desk, Desk(house, somebody(desk.playground))]
    workspace.channel(channel).members.update(each.user for each in people)
    for each in people:
        workspace.interactivity.command(each.user, channel, "/ai-settings", "channel")
    views = [await each.until("settings") for each in people]
    for each, view, typed in zip(people, views, ({"verbosity": "low"}, {"effort": "high"}), strict=True):
        each.fill(view, typed)
    for each, view in zip(people, views, strict=True):
        assert workspace.interactivity.submit(each.user, view.id)
    for each in people:
        await each.until("saved")
    assert settings_of(house, "channel", channel) == {"verbosity": "low", "effort": "high"}
    answer = await house.ask("settings?", channel, people[1].user)
    assert "effort: high\nverbosity: low" in answer


async def test_a_form_that_is_sent_twice_is_kept_once(desk: Desk) -> None:
    view = await desk.open()
    desk.fill(view, {"instructions": "Once."})
    for _ in range(2):
        assert desk.playground.workspace.interactivity.submit(desk.user, view.id)
    await desk.until("saved")
    await everything_taken_in(desk.house)
    await until(lambda: settings_of(desk.house, "user", desk.user) == {"instructions": "Once."})
    assert len(desk.playground.workspace.views_of(desk.user)) == 1
