"""The list of what people can set, and which scope wins."""

import pytest

from message_processor.settings import (
    EFFORT,
    INSTRUCTIONS,
    LONGEST_INSTRUCTIONS,
    MODEL,
    SETTINGS,
    STREAMING,
    TEMPERATURE,
    TOP_P,
    Scope,
    Surroundings,
    problem_of,
    resolve,
)

MODELS = ("gpt-6.2-sol", "gpt-5.6-luna", "gpt-4.1")
NONE: frozenset[str] = frozenset()
REASONS = Surroundings(MODELS, "gpt-6.2-sol", NONE)
SAMPLES = Surroundings(MODELS, "gpt-4.1", NONE)


def test_names_are_unique() -> None:
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)


def test_without_any_setting_the_defaults_hold() -> None:
    chosen = resolve({}, MODELS, NONE)
    assert chosen[MODEL] == "gpt-6.2-sol"
    assert chosen[EFFORT] is None
    assert chosen[STREAMING]
    assert not chosen.origins


@pytest.mark.parametrize("scopes", [(Scope.CHANNEL,), (Scope.CHANNEL, Scope.USER), tuple(Scope)], ids=len)
def test_the_narrowest_scope_wins(scopes: tuple[Scope, ...]) -> None:
    stored = {scope: {"instructions": scope.value} for scope in scopes}
    chosen = resolve(stored, MODELS, NONE)
    assert chosen[INSTRUCTIONS] == scopes[-1].value
    assert chosen.origins["instructions"] is scopes[-1]


def test_each_setting_is_inherited_by_itself() -> None:
    stored = {Scope.CHANNEL: {"model": "gpt-4.1"}, Scope.USER: {"temperature": "0.5"}, Scope.THREAD: {"top_p": "0.1"}}
    chosen = resolve(stored, MODELS, NONE)
    assert (chosen[MODEL], chosen[TEMPERATURE], chosen[TOP_P]) == ("gpt-4.1", 0.5, 0.1)


def test_what_the_chosen_model_does_not_take_does_not_hold() -> None:
    stored = {Scope.USER: {"temperature": "0.5", "effort": "high"}}
    assert resolve(stored, MODELS, NONE)[TEMPERATURE] is None
    assert resolve({**stored, Scope.THREAD: {"model": "gpt-4.1"}}, MODELS, NONE)[EFFORT] is None


def test_a_withdrawn_model_gives_way_to_the_next_scope_and_is_named() -> None:
    stored = {Scope.CHANNEL: {"model": "gpt-4.1"}, Scope.USER: {"model": "gone-1"}}
    chosen = resolve(stored, MODELS, NONE)
    assert chosen[MODEL] == "gpt-4.1"
    assert [(stale.setting, stale.scope, stale.value) for stale in chosen.stale] == [("model", Scope.USER, "gone-1")]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("warm", "number"),
        ("nan", "number"),
        ("inf", "number"),
        ("3", "range"),
        ("-1", "range"),
        ("0.5", None),
        ("", None),
    ],
)
def test_numbers_are_checked(text: str, key: str | None) -> None:
    problem = problem_of(TEMPERATURE, text, SAMPLES)
    assert (problem.key if problem else None) == key


def test_texts_have_a_longest_length() -> None:
    assert problem_of(INSTRUCTIONS, "x" * LONGEST_INSTRUCTIONS, REASONS) is None
    problem = problem_of(INSTRUCTIONS, "x" * (LONGEST_INSTRUCTIONS + 1), REASONS)
    assert problem is not None
    assert problem.values == {"longest": 3000, "length": 3001}


def test_choices_are_those_of_the_model() -> None:
    assert problem_of(EFFORT, "high", REASONS) is None
    assert problem_of(EFFORT, "none", REASONS) is not None, "this family takes no such effort"


def test_settings_of_a_tool_apply_only_where_the_tool_is() -> None:
    without = {setting.name for setting in SETTINGS if setting.applies(REASONS)}
    drawing = Surroundings(MODELS, "gpt-6.2-sol", frozenset({"generate_image"}))
    assert {setting.name for setting in SETTINGS if setting.applies(drawing)} - without == {
        "image_size", "image_quality", "image_background", "image_fidelity",
    }  # fmt: skip
