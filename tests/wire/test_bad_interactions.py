"""Forms and clicks that no honest client sends: a line or a note, nothing kept by half, one warning at most."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from playground.slack.interactive_records import View
from playground.slack.records import Message
from playground.slack.wire import JsonObject
from tests.wire.database_side import rows, settings_of
from tests.wire.desk import Desk, somebody, thumb, words
from tests.wire.harness import GENERAL, House
from tests.wire.model_side import Calls, everything_taken_in, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

OUTDATED = "This button is no longer valid."
OLDER = "This window is from an older version of me."


def complaints(house: House) -> list[str]:
    """What the log has of warnings and errors."""
    lines = [json.loads(line) for line in house.bot.text.splitlines() if line.startswith("{")]
    return [line["event"] for line in lines if str(line["level"]).lower() not in {"info", "debug"}]


@dataclass
class Quiet:
    """Counts what is logged beside the plain course of things."""

    house: House
    before: int

    @property
    def complaints(self) -> list[str]:
        return complaints(self.house)[self.before :]

    async def has(self, event: str) -> None:
        """Wait for the one line that is allowed: the log is written a moment later."""
        await until(lambda: self.complaints == [event])


@pytest.fixture
def log(house: House) -> Iterator[Quiet]:
    """Fails the test that leaves more than one warning behind."""
    quiet = Quiet(house, len(complaints(house)))
    yield quiet
    assert len(quiet.complaints) <= 1, quiet.complaints


@pytest.fixture
def desk(house: House, log: Quiet) -> Desk:
    """Somebody who has never set anything; whatever they do may leave one warning."""
    return Desk(house, somebody(house.playground))


async def refused(desk: Desk, view: View) -> dict[str, str]:
    """The lines at the fields of a form that is sent as it is."""
    desk.playground.workspace.interactivity.submit(desk.user, view.id, check=False)
    await desk.playground.workspace.wait_for(lambda: bool(view.errors))
    return dict(view.errors)


async def sampling(desk: Desk) -> View:
    """The form with number fields."""
    desk.click(await desk.open(), "settings_model", "gpt-4.1")
    return await desk.until_drawn("temperature:1")


async def test_instructions_over_the_limit_stand_at_their_field_and_nothing_else_is_kept(
    desk: Desk, log: Quiet
) -> None:
    view = await desk.open()
    desk.fill(view, {"instructions": "x" * 3_001, "verbosity": "low"}, check=False)
    assert await refused(desk, view) == {"instructions:0": "At most 3000 characters fit here; these are 3001."}
    assert settings_of(desk.house, "user", desk.user) == {}
    assert not log.complaints
    await desk.save(view, instructions="x" * 3_000)
    assert len(settings_of(desk.house, "user", desk.user)["instructions"]) == 3_000


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("hot", "Please write a number."),
        ("nan", "Please write a number."),
        ("1e400", "Please write a number."),
        ("2.1", "Please write a number from 0 to 2."),
        ("-1", "Please write a number from 0 to 2."),
    ],
)
async def test_what_is_no_number_stands_at_its_field(desk: Desk, typed: str, line: str) -> None:
    view = await sampling(desk)
    desk.fill(view, {"temperature": typed, "instructions": "kept by half"}, check=False)
    assert await refused(desk, view) == {"temperature:1": line}
    assert settings_of(desk.house, "user", desk.user) == {}


async def test_a_model_and_an_effort_that_are_not_on_offer_stand_at_their_fields(desk: Desk) -> None:
    view = await desk.open()
    desk.fill(view, {"model": "gpt-withdrawn", "language": "Klingon"}, check=False)
    errors = await refused(desk, view)
    assert set(errors) == {"model:0", "language:0"}
    assert set(errors.values()) == {"This can't be chosen. Please choose one of the list."}
    assert settings_of(desk.house, "user", desk.user) == {}


OLD = '{"v":0,"scope":"user","channel":"","thread":"","lang":"en","rev":0,"model":"m","fields":{},"aside":{}}'


@pytest.mark.parametrize(
    "metadata", ["", "rubbish", "[]", OLD, "{" * 3_000], ids=["none", "words", "list", "old", "deep"]
)
async def test_a_window_of_another_version_says_so_when_it_is_sent(desk: Desk, log: Quiet, metadata: str) -> None:
    view = await desk.open()
    desk.fill(view, {"instructions": "never kept"})
    view.private_metadata = metadata
    desk.playground.workspace.interactivity.submit(desk.user, view.id)
    assert OLDER in words(await desk.until("note"))
    await log.has("settings_outdated")
    assert settings_of(desk.house, "user", desk.user) == {}


async def test_a_choice_in_a_window_of_another_version_says_so(desk: Desk, log: Quiet) -> None:
    view = await desk.open()
    view.private_metadata = OLD
    desk.click(view, "settings_model", "gpt-4.1")
    assert OLDER in words(await desk.until("note"))
    await log.has("settings_outdated")


async def test_a_scope_that_is_not_offered_is_not_shown(desk: Desk, log: Quiet) -> None:
    view = await desk.open()
    desk.click(view, "settings_scope", "everything")
    await log.has("click_not_valid")
    assert view.callback_id == "settings"


async def failed_answer(house: House, log: Quiet) -> Message:
    """An answer with a button under it; what its failure left in the log does not count."""
    ended = len(house.bot.events("turn_done"))
    house.playground.model.knobs.next(status=400, code="invalid_request_error", message="no")
    [answer] = await house.settled(house.mention("echo: second try"))
    await until(lambda: len(house.bot.events("turn_done")) > ended)
    log.before += len(log.complaints)
    return answer


TAMPERED = ["", "rubbish", "x" * 2_000, "0" * 32, "../../etc", "é\u202e"]


@pytest.mark.parametrize("value", TAMPERED, ids=["empty", "rubbish", "long", "unknown", "path", "odd"])
async def test_a_button_with_another_value_is_told_and_asks_no_model(desk: Desk, log: Quiet, value: str) -> None:
    failed = await failed_answer(desk.house, log)
    calls = Calls(desk.house)
    desk.playground.workspace.interactivity.click(desk.user, GENERAL, failed.ts, "answer_again", value)
    await desk.until_told(OUTDATED)
    assert not calls()
    await log.has("click_not_valid")


@pytest.mark.parametrize("value", [*TAMPERED, "up:", "sideways:x", "up:" + "x" * 2_000])
async def test_a_thumb_with_another_value_is_told_and_not_kept(desk: Desk, log: Quiet, value: str) -> None:
    [answer] = await desk.house.settled(desk.house.mention("echo: judge me"))
    desk.playground.workspace.interactivity.click(desk.user, GENERAL, answer.ts, "feedback", value)
    await desk.until_told(OUTDATED)
    await log.has("click_not_valid")
    assert not rows(desk.house, "SELECT * FROM feedback WHERE person = ?", desk.user)


async def test_a_turn_of_another_channel_is_neither_repeated_nor_judged(desk: Desk, log: Quiet) -> None:
    house, workspace = desk.house, desk.playground.workspace
    secret = workspace.add_channel("secret", ["ada"], private=True).id
    ts = house.mention("echo: for few", channel=secret)
    await house.settled(ts, secret)
    [(turn,)] = rows(house, "SELECT id FROM turns WHERE channel = ?", secret)
    here = await failed_answer(house, log)
    calls = Calls(house)
    workspace.interactivity.click(desk.user, GENERAL, here.ts, "answer_again", str(turn))
    await desk.until_told(OUTDATED)
    await log.has("click_not_valid")
    assert not calls()
    log.before += 1
    [answer] = await house.settled(house.mention("echo: judge me"))
    workspace.interactivity.click(desk.user, GENERAL, answer.ts, "feedback", f"down:{turn}")
    await workspace.wait_for(lambda: len([note for note in desk.notes if note.text == OUTDATED]) == 2)
    assert OUTDATED in words(await desk.until("note")), "the window for the reason says it too"
    assert not rows(house, "SELECT * FROM feedback WHERE turn_id = ?", str(turn))


async def test_a_reason_with_tampered_metadata_stands_at_its_field(desk: Desk) -> None:
    [answer] = await desk.house.settled(desk.house.mention("echo: judge me"))
    desk.playground.workspace.interactivity.click(desk.user, GENERAL, answer.ts, "feedback", thumb(answer, "down"))
    view = await desk.until("feedback_reason")
    view.private_metadata = '{"v":"1","turn":["x"]}'
    desk.playground.workspace.interactivity.fill(desk.user, view.id, {"reason": "It was wrong."})
    assert await refused(desk, view) == {"reason": OUTDATED}
    query = "SELECT verdict, reason FROM feedback WHERE person = ?"
    await until(lambda: rows(desk.house, query, desk.user) == [("down", "")])


async def test_a_click_on_a_deleted_answer_is_answered_in_its_thread(desk: Desk, log: Quiet) -> None:
    house, workspace = desk.house, desk.playground.workspace
    failed = await failed_answer(house, log)
    ts = failed.root_ts
    workspace.delete(GENERAL, failed.ts)
    await everything_taken_in(house)
    workspace.interactivity.click(desk.user, GENERAL, failed.ts, "answer_again")
    await workspace.wait_for(lambda: [message.text for message in house.answers(ts)] == ["second try"])
    await house.settled(ts)


@pytest.mark.parametrize("where", ["interactive", "slash_commands"])
async def test_what_nobody_knows_is_acknowledged_and_passed_over(desk: Desk, log: Quiet, where: str) -> None:
    bodies: list[JsonObject] = [
        {"type": "block_actions", "actions": [{"action_id": "from_elsewhere"}]},
        {"type": "block_actions", "actions": "none"},
        {"type": "message_action", "callback_id": "from_elsewhere"},
        {"type": "view_submission", "view": {"id": "V1", "callback_id": "from_elsewhere"}},
        {"type": "view_submission", "view": 7},
        {"type": "what_is_this"},
        {},
    ]
    if where == "slash_commands":
        bodies = [{"command": "/of-another-app"}, {"command": 7}]
    heard: list[bool] = []
    for body in bodies:
        person: JsonObject = {"team": {"id": "T0PLAYGRND"}, "user": {"id": desk.user}}
        desk.playground.sockets.deliver({**body, **person}, where, heard=lambda ok, _: heard.append(ok))
    await until(lambda: len(heard) == len(bodies))
    assert all(heard)
    assert not log.complaints
    assert await desk.house.ask("echo: still here") == "still here"
