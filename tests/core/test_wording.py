"""One catalogue of strings: every language has all of them, the code uses all of them, and none lacks."""

import ast
import re
from collections.abc import Iterator, Mapping
from string import Formatter

import pytest

from base_client import FileTrouble
from budgets import Span
from message_processor.ingestion.desk import LARGE_LINK
from message_processor.ingestion.reading.unreadable import Unreadable
from message_processor.settings import BY_NAME, LANGUAGE, MODEL, SETTINGS, Choice, Problem, Scope, Surroundings
from message_processor.shelf import PARTLY
from message_processor.wording import ENGLISH, WORDINGS, Wording, wording_of
from openai_client.errors import Failure
from slack_client.openings import PROMPTS
from tests.repository.sources import modules, tree

LANGUAGES = ("de", "en", "es", "fr", "ja")
BUILT = {
    "budget.near.", "budget.so_far.", "budget.spent.",
    "cut.", "failures.", "files.", "home.state.", "pictures.", "places.", "prompts.", "settings.from_",
    "settings.problems.", "settings.scopes.",
}  # fmt: skip
"""Beginnings of keys whose ends are the values of something; those of the settings are looked at one by one."""
NO_KEYS = {"files.info", "settings.md", "settings.from_"}
"""Words of the source that only look like keys."""
SOURCE = ("main", "base_client", "message_processor", "slack_client")
TABLES = {key.partition(".")[0] for key in ENGLISH.strings}

LIMITS: Mapping[str, int] = {
    # Titles of windows, and the buttons at their foot.
    r"settings\.(title|save|close|cancel)|memory\.title|summary\.title|agent\.feedback_(title|send)": 24,
    # What is agreed to in a question of ours.
    r"memory\.forget": 30,
    # Other buttons, and options.
    r"settings\.scopes\..*|settings\.\w+\.options\..*|memory\.show|welcome\.settings|home\.edit": 75,
    r"agent\.(answer_aside|again|feedback_good|feedback_bad)": 75,
    r"settings\.inherited": 40,  # and the value in it
    r"home\.(settings|usage|turns|help)|memory\.(summary|files)": 150,
    r"memory\.forget_sure": 300,
}

each_language = pytest.mark.parametrize("say", list(WORDINGS.values()), ids=list(WORDINGS))
SETTING_KEYS = re.compile(rf"settings\.({'|'.join(BY_NAME)})\.(label|help|options\..+)")


def places(text: str) -> set[str]:
    """What stands in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def plain_of_count(key: str) -> str:
    """The key as code names it: without what is added for a number of things."""
    return re.sub(r"\.(one|many)$", "", key)


def expressions() -> Iterator[ast.AST]:
    for path in modules(*SOURCE):
        yield from ast.walk(tree(path))


def written() -> set[str]:
    """Whatever in the source has the form of a key."""
    texts = {node.value for node in expressions() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    keys = {text for text in texts if re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)*", text)}
    return {key for key in keys if key.partition(".")[0] in TABLES} - NO_KEYS


def beginnings() -> set[str]:
    """How keys begin that the source puts together."""
    texts = [node.values[0] for node in expressions() if isinstance(node, ast.JoinedStr) and node.values]
    found = {str(text.value) for text in texts if isinstance(text, ast.Constant)}
    return {text for text in found if re.fullmatch(r"[a-z_.]+", text) and text.partition(".")[0] in TABLES}


def test_all_languages_are_there() -> None:
    assert tuple(WORDINGS) == LANGUAGES


@each_language
def test_no_language_lacks_a_string_or_has_one_of_its_own(say: Wording) -> None:
    assert set(say.strings) ^ set(ENGLISH.strings) == set()


@each_language
def test_the_places_for_values_are_those_of_english(say: Wording) -> None:
    differing = {key for key, text in ENGLISH.strings.items() if places(text) != places(say.strings[key])}
    assert differing == set()


@each_language
def test_no_string_is_empty_or_several_lines(say: Wording) -> None:
    assert [key for key, text in say.strings.items() if not text.strip() or "\n" in text] == []


@each_language
def test_signs_and_emphasis_are_those_of_english(say: Wording) -> None:
    """What begins with a sign or stands in underscores does so in every language."""
    for key, text in ENGLISH.strings.items():
        other = say.strings[key]
        assert (text[0] + text[-1] == "__") == (other[0] + other[-1] == "__"), key
        if text[0] in "⚠⏳⏸▶":
            assert other[0] == text[0], key


@each_language
@pytest.mark.parametrize(("keys", "longest"), LIMITS.items())
def test_short_strings_fit_where_they_stand(say: Wording, keys: str, longest: int) -> None:
    held = {key: text for key, text in say.strings.items() if re.fullmatch(keys, key)}
    assert held
    assert {key: text for key, text in held.items() if len(text) > longest} == {}


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_a_language_is_not_english_copied(language: str) -> None:
    alike = [key for key, text in WORDINGS[language].strings.items() if text == ENGLISH.strings[key]]
    sentences = [key for key in alike if len(re.findall(r"[a-z]{2,}", re.sub(r"{\w+}", "", ENGLISH.strings[key]))) > 2]
    assert sentences == []


def test_every_key_that_is_used_exists() -> None:
    known = set(ENGLISH.strings) | {plain_of_count(key) for key in ENGLISH.strings}
    dotted = {key for key in written() if "." in key}
    assert len(dotted) > 50, "the source was read"
    assert dotted - known == set()


def test_every_string_is_used() -> None:
    used = written()
    idle = {
        key
        for key in ENGLISH.strings
        if plain_of_count(key) not in used and not key.startswith(tuple(BUILT)) and not SETTING_KEYS.fullmatch(key)
    }
    assert idle - used == set()


def test_keys_are_put_together_only_where_that_is_known() -> None:
    assert beginnings() == BUILT | {"settings."}


def test_all_values_that_keys_are_put_together_from_have_strings() -> None:
    troubles = {each.value for each in FileTrouble} | {each.value for each in Unreadable} | {LARGE_LINK, PARTLY, "disk"}
    ends = {
        "budget.near.": {each.value.lower() for each in Span},
        "budget.so_far.": {each.value.lower() for each in Span},
        "budget.spent.": {each.value.lower() for each in Span},
        "failures.": {each.value for each in Failure},
        "files.": troubles,
        "prompts.": {f"{name}.{part}" for name in PROMPTS for part in ("title", "message")},
        "settings.from_": {"environment", "channel", "user"},
        "settings.scopes.": {each.value for each in Scope},
        "settings.problems.": {"option", "number", "range", "long"},
        "home.state.": {"done", "failed", "stopped", "working"},
    }
    for begin, values in ends.items():
        assert {key.removeprefix(begin) for key in ENGLISH.strings if key.startswith(begin)} == values, begin


def test_every_setting_has_a_label_help_and_words_for_its_options() -> None:
    models = ("gpt-5", "gpt-5.6", "gpt-6-astra", "gpt-4.1", "o3")
    for setting in SETTINGS:
        base = f"settings.{setting.name}"
        assert {f"{base}.label", f"{base}.help"} <= set(ENGLISH.strings)
        if isinstance(setting.form, Choice) and setting not in (MODEL, LANGUAGE):
            around = [Surroundings(models, model, frozenset()) for model in models]
            offered = {option for each in around for option in setting.form.options(each)}
            worded = {key for key in ENGLISH.strings if key.startswith(f"{base}.options.")}
            assert worded == {f"{base}.options.{each}" for each in offered}


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de-DE", "de"), ("de", "de"), ("FR_ca", "fr"), ("es-419", "es"), ("ja-JP", "ja"), ("en-GB", "en")],
)
def test_a_locale_has_its_language(locale: str, language: str) -> None:
    assert wording_of(locale).language == language


@pytest.mark.parametrize("locale", ["", "sv-SE", "den-CA", "-", "../de"])
def test_an_unknown_locale_has_english(locale: str) -> None:
    assert wording_of(locale) is ENGLISH


def test_numbers_of_things_have_their_own_strings() -> None:
    assert ENGLISH.counted("tools.draw", 1) == "drawing a picture"
    assert ENGLISH.counted("tools.draw", 2) == "drawing 2 pictures"
    assert wording_of("de-DE").counted("tools.draw", 2) == "zeichnet 2 Bilder"


def test_values_are_not_read_as_places() -> None:
    assert ENGLISH("tools.search", query="{name} {0} {") == "searching for “{name} {0} {”"


def test_a_value_without_words_is_shown_as_it_is() -> None:
    assert ENGLISH.option("language", "Deutsch") == "Deutsch"
    assert wording_of("fr").option("language", "auto") == "Automatique"


def test_a_problem_is_told_in_the_language() -> None:
    problem = Problem("range", {"lowest": "0", "highest": "2"})
    assert problem.line(wording_of("de")) == "Bitte gib eine Zahl von 0 bis 2 ein."
