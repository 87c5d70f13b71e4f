"""The settings' window: what is drawn can be filled, read, checked, kept and drawn again, for every setting."""

from pathlib import Path

import pytest

from message_processor.preferences import Field, Place, Sheet
from message_processor.settings import (
    BY_NAME,
    EFFORT,
    INSTRUCTIONS,
    MODEL,
    SETTINGS,
    TEMPERATURE,
    Choice,
    Number,
    Scope,
    Setting,
    Surroundings,
)
from message_processor.wording import ENGLISH, WORDINGS
from slack_client.event_handlers.interaction import View
from slack_client.form_state import FormState, Outdated, Trace, decode
from slack_client.settings_modal import INHERITED, Frame, draw, read
from tests.slack_client.block_kit import Json, part, parts, refusals, text_of
from tests.slack_client.settings_rig import (
    ADA,
    PLACE,
    TALKER,
    THINKER,
    Rig,
    fields,
    filled,
    open_rig,
    said,
    shown_value,
)

FRAME = Frame(tuple(Scope))


def sample(setting: Setting[object], around: Surroundings) -> str:
    """A value that is not the default."""
    match setting.form:
        case Choice(options):
            return options(around)[-1]
        case Number(lowest, highest):
            return f"{(lowest + highest) / 4:g}"
        case _:
            return "Be brief.\nAnd <kind> & *clear*."


def model_for(setting: Setting[object]) -> str:
    """A model that the setting applies to."""
    around = [Surroundings((THINKER, TALKER), model, frozenset({"generate_image"})) for model in (THINKER, TALKER)]
    return next(each.model for each in around if setting.applies(each))


async def drawn(rig: Rig, scope: Scope, place: Place = PLACE) -> Json:
    return draw(await rig.preferences.sheet(scope, place), ENGLISH, FRAME)


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("name", BY_NAME)
async def test_every_setting_goes_round_and_back_to_what_is_inherited(tmp_path: Path, name: str, scope: Scope) -> None:
    setting = BY_NAME[name]
    async with open_rig(tmp_path) as rig:
        model = model_for(setting)
        rig.models.names = (model, *({THINKER, TALKER} - {model}))
        value = sample(setting, Surroundings(rig.models.names, model, rig.tools))
        form = read(filled(await drawn(rig, scope), **{name: value}))
        assert form.changes() == {name: value}
        assert rig.preferences.problems(form.state.model, form.typed) == {}
        await rig.preferences.save(scope, PLACE, form.changes())
        again = await drawn(rig, scope)
        assert shown_value(again, name) == value
        assert read(filled(again)).changes() == {}, "what is drawn and not touched is not changed"
        back = read(filled(again, **{name: INHERITED if isinstance(setting.form, Choice) else ""}))
        assert back.changes() == {name: ""}
        await rig.preferences.save(scope, PLACE, back.changes())
        assert shown_value(await drawn(rig, scope), name) in {INHERITED, ""}


async def test_a_field_says_what_is_inherited_and_from_where(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.preferences.save(Scope.CHANNEL, PLACE, {"effort": "high", "instructions": "Be brief."})
        block = fields(await drawn(rig, Scope.USER))
        assert "set for this channel" in text_of(block["effort"]["hint"])
        options = parts(part(block["effort"], "element"), "options")
        assert (options[0]["value"], text_of(options[0]["text"])) == (INHERITED, "As inherited: High")
        assert "Inherited (set for this channel): Be brief." in text_of(block["instructions"]["hint"])
        assert "the bot's own setting" in text_of(block["streaming"]["hint"])


async def test_a_setting_is_not_inherited_from_a_narrower_scope(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.preferences.save(Scope.THREAD, PLACE, {"effort": "high"})
        hint = text_of(fields(await drawn(rig, Scope.USER))["effort"]["hint"])
        assert "the bot's own setting" in hint


async def test_a_value_that_does_not_do_any_more_is_said_and_goes_with_the_next_save(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.preferences.save(Scope.USER, PLACE, {"effort": "heroic"})
        view = await drawn(rig, Scope.USER)
        assert '"heroic" can\'t be chosen any more' in said(view)
        assert shown_value(view, "effort") == INHERITED
        assert read(filled(view)).changes() == {"effort": ""}


@pytest.mark.parametrize("typed", ["hot", "7", "nan"])
async def test_a_number_that_does_not_do_is_never_drawn(tmp_path: Path, typed: str) -> None:
    async with open_rig(tmp_path) as rig:
        rig.models.names = (TALKER,)
        view = draw(await rig.preferences.sheet(Scope.USER, PLACE, {"temperature": typed}), ENGLISH, FRAME)
        assert refusals(view) == []
        assert shown_value(view, "temperature") == ""
        assert f'"{typed}" can\'t be chosen any more' in said(view)


async def test_only_threads_can_be_forgotten_and_only_ones_own_data_deleted(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        for scope in Scope:
            rows = [block for block in parts(await drawn(rig, scope), "blocks") if block["type"] == "actions"]
            found = {element["action_id"] for row in rows for element in parts(row, "elements")}
            assert ("forget_thread" in found) is (scope is Scope.THREAD)
            assert ("delete_own_data" in found) is (scope is Scope.USER)


async def test_two_people_who_change_different_fields_keep_both(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        window = await drawn(rig, Scope.CHANNEL)
        ada, ben = read(filled(window, effort="high")), read(filled(window, streaming="off"))
        for form in (ada, ben):
            await rig.preferences.save(Scope.CHANNEL, PLACE, form.changes())
        assert await rig.stored("channel", "C1") == {"effort": "high", "streaming": "off"}


def a_sheet(*, stale: bool, models: int, longest: str) -> Sheet:
    """A sheet with all that can be long."""
    around = Surroundings((THINKER, *(f"{longest}-{number}" for number in range(models))), THINKER, frozenset())
    made = []
    for setting in SETTINGS:
        options = setting.form.options(around) if isinstance(setting.form, Choice) else ()
        own = longest if setting is INSTRUCTIONS else ""
        inherited = longest[:300] if setting is MODEL else longest
        made.append(Field(setting, own, inherited, Scope.USER, options, longest if stale else ""))
    return Sheet(Scope.THREAD, PLACE, tuple(made))


@pytest.mark.parametrize("language", WORDINGS)
@pytest.mark.parametrize("stale", [False, True])
def test_slack_takes_the_largest_form_in_every_language(language: str, stale: bool) -> None:
    say = WORDINGS[language]
    for longest in ("x", "long " * 20, "word " * 1_000):
        sheet = a_sheet(stale=stale, models=150, longest=longest.strip())
        before = read(filled(draw(sheet, say, FRAME)))
        for view in (draw(sheet, say, FRAME), draw(sheet, say, FRAME, 12, before)):
            assert refusals(view) == []


def test_a_form_has_room_for_many_more_settings() -> None:
    text = str(draw(a_sheet(stale=False, models=3, longest="short"), ENGLISH, FRAME)["private_metadata"])
    assert len(text) < 1_000


def test_a_field_that_offers_something_else_gets_other_ids_and_the_rest_keep_theirs() -> None:
    def sheet(efforts: tuple[str, ...], effort: str) -> Sheet:
        model = Field(MODEL, THINKER, TALKER, None, (THINKER, TALKER))
        words = Field(INSTRUCTIONS, "typed", "", None, ())
        return Sheet(Scope.USER, PLACE, (model, Field(EFFORT, effort, "", None, efforts), words))

    first = draw(sheet(("low", "high"), "high"), ENGLISH, FRAME)
    before = read(filled(first))
    same = draw(sheet(("low", "high"), "high"), ENGLISH, FRAME, 1, before)
    other = draw(sheet(("high", "max"), "high"), ENGLISH, FRAME, 1, before)
    ids = {name: block["block_id"] for name, block in fields(first).items()}
    assert {name: block["block_id"] for name, block in fields(same).items()} == ids
    assert {name: block["block_id"] for name, block in fields(other).items()} == ids | {"effort": "effort:1"}
    assert part(fields(other)["effort"], "element")["action_id"] == "effort:1"
    assert shown_value(other, "effort") == "high"


def test_a_field_that_comes_with_a_model_is_not_changed_by_being_drawn() -> None:
    model = Field(MODEL, THINKER, THINKER, None, (THINKER, TALKER))
    before = read(filled(draw(Sheet(Scope.USER, PLACE, (model,)), ENGLISH, FRAME), model=TALKER))
    heat = Field(TEMPERATURE, "0.5", "", None, ())
    chosen = Field(MODEL, TALKER, THINKER, None, (THINKER, TALKER))
    view = draw(Sheet(Scope.USER, PLACE, (chosen, heat)), ENGLISH, FRAME, 1, before)
    assert shown_value(view, "temperature") == "0.5"
    assert read(filled(view)).changes() == {"model": TALKER}


def test_what_was_typed_into_a_field_that_is_gone_is_there_when_it_comes_back() -> None:
    model = Field(MODEL, THINKER, THINKER, None, (THINKER, TALKER))
    effort = Field(EFFORT, "", "", None, ("low", "high"))
    first = read(filled(draw(Sheet(Scope.USER, PLACE, (model, effort)), ENGLISH, FRAME), effort="high"))
    gone = read(filled(draw(Sheet(Scope.USER, PLACE, (model,)), ENGLISH, FRAME, 1, first)))
    assert gone.with_aside()["effort"] == "high"
    assert gone.changes() == {}


STATE = FormState(Scope.THREAD, "C1", "1.2", "de", 3, "gpt", {"model": Trace(0, "aa", "bb")}, {"effort": "low"})


def test_the_state_of_a_form_is_read_as_it_was_written() -> None:
    assert decode(STATE.encode()) == STATE


@pytest.mark.parametrize(
    "metadata",
    [
        "",
        "rubbish",
        "null",
        "[]",
        "{}",
        STATE.encode().replace('"v":1', '"v":0'),
        STATE.encode().replace('"v":1', '"v":2'),
        STATE.encode().replace('"thread"', '"thr"', 1),
        STATE.encode().replace('"thread":"1.2"', '"thread":""'),
        STATE.encode().replace('"scope":"thread"', '"scope":"planet"'),
        STATE.encode().replace('"rev":3', '"rev":"3"'),
        STATE.encode()[:-1],
    ],
)
def test_metadata_of_another_version_or_none_of_ours_is_outdated(metadata: str) -> None:
    with pytest.raises(Outdated):
        read(View("V1", "h", "settings", metadata, {}))


def test_fields_that_are_no_settings_are_left_out() -> None:
    view = View("V1", "h", "settings", STATE.encode(), {"scope": "user", "planet:0": "Mars", "effort": "low"})
    assert read(view).typed == {}
    assert read(view).state.place("T1", ADA) == Place("T1", ADA, "C1", "1.2")
