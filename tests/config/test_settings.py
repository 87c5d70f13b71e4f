"""Settings from the environment and `.env`: what is taken, and one clear line for each thing that is wrong."""

import json
import os
from pathlib import Path

import pytest

from config import ConfigurationError, Settings, Timings, hide_from_sdks, is_loopback, load_settings

VALID = {"SLACK_BOT_TOKEN": "xoxb-1-two", "SLACK_APP_TOKEN": "xapp-1-two", "OPENAI_API_KEY": "sk-two"}
HERE = {"SLACK_API_URL": "http://127.0.0.1:9/api"}


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the shell's environment."""
    for name in list(os.environ):
        if name in Settings.model_fields:
            monkeypatch.delenv(name)


def load(**given: str) -> Settings:
    return load_settings(None, **{**VALID, **given})


def problems(**given: str) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        load(**given)
    text = "\n".join(raised.value.problems)
    for value in given.values():
        assert len(value) <= 5 or value not in text, "the value may be a secret"
    return raised.value.problems


def test_defaults() -> None:
    settings = load()
    assert settings.SLACK_API_URL == "https://slack.com/api/"
    assert settings.USE_ASYNC_MODE is True
    assert settings.ASYNC_TEST_CHANNELS == ()
    assert settings.timings == Timings()
    assert settings.house_rules == ""


def test_everything_that_is_missing_is_named() -> None:
    with pytest.raises(ConfigurationError) as raised:
        load_settings(None)
    assert raised.value.problems == [f"{name} is missing" for name in VALID]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-person", "is not a bot token: it starts with xoxb-"),
        ("SLACK_BOT_TOKEN", "xapp-1-A", "the two tokens look swapped"),
        ("SLACK_BOT_TOKEN", "xoxb-", "is not a bot token"),
        ("SLACK_BOT_TOKEN", "xoxb-1 2", "is not a bot token"),
        ("SLACK_BOT_TOKEN", "xoxb-ä-12345", "is not a bot token"),
        ("SLACK_APP_TOKEN", "xoxb-1-A", "the two tokens look swapped"),
        ("SLACK_APP_TOKEN", "'xapp-1-A'", "is not an app-level token: it starts with xapp-"),
        ("OPENAI_API_KEY", "   ", "any word will do"),
        ("OPENAI_API_KEY", "sk-1\nsk-2-and-more", "any word will do"),
        ("OPENAI_API", "telepathy", "'responses' or 'chat_completions'"),
        ("OPENAI_BASE_URL", "api.openai.com", "http or https address"),
        ("OPENAI_BASE_URL", "http://[", "URL"),
        ("OPENAI_BASE_URL", f"http://{'long' * 20}.example/v1", "host name"),
        ("SLACK_API_URL", "ftp://slack.com/", "http or https address"),
        ("OPENAI_MODEL", "   ", "is empty"),
        ("DATABASE_URL", "postgresql+asyncpg://u:hunter2@db/x", "must start with sqlite+aiosqlite:///"),
        ("CONTEXT_TOKENS", "ninety", "integer"),
        ("SYNC_WORKERS", "0-0-0", "integer"),
        ("THREAD_QUEUE_LIMIT", "-1000", "greater than or equal to 0"),
        ("HEALTH_PORT", "70000", "less than or equal to 65535"),
        ("ASYNC_TIMEOUT_SECONDS", "0.000", "greater than 0"),
        ("STREAM_STALL_SECONDS", "infinity", "finite"),
        ("SHUTDOWN_GRACE_SECONDS", "nan", "finite"),
        ("USE_ASYNC_MODE", "perhaps", "boolean"),
        ("LOG_LEVEL", "chatty", "'DEBUG'"),
    ],
)
def test_one_line_names_what_is_wrong_and_not_its_value(name: str, value: str, said: str) -> None:
    (problem,) = problems(**{name: value})
    assert problem.startswith(f"{name}: ")
    assert said in problem


def test_all_problems_are_named_at_once() -> None:
    named = problems(SLACK_BOT_TOKEN="xapp-1-A", SLACK_APP_TOKEN="xoxb-1-A", HEALTH_PORT="70000")
    assert [problem.split(":")[0] for problem in named] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "HEALTH_PORT"]


def test_an_answer_must_fit_into_the_window() -> None:
    assert problems(MAX_OUTPUT_TOKENS="200000") == ["MAX_OUTPUT_TOKENS must be smaller than CONTEXT_TOKENS"]


def test_lists_are_separated_by_commas_or_spaces() -> None:
    assert load(ASYNC_TEST_CHANNELS="C01, C02 C03,").ASYNC_TEST_CHANNELS == ("C01", "C02", "C03")


def test_addresses_end_with_a_slash() -> None:
    assert load(OPENAI_BASE_URL=" http://127.0.0.1:1/v1 ").OPENAI_BASE_URL == "http://127.0.0.1:1/v1/"


# The file with the house's rules


def test_house_rules(tmp_path: Path) -> None:
    file = tmp_path / "rules.txt"
    file.write_text("Be brief. Grüße!", encoding="utf-8")
    assert load(INSTRUCTIONS_FILE=str(file)).house_rules == "Be brief. Grüße!"


@pytest.mark.parametrize(("content", "said"), [(None, "No such file or directory"), (b"\xff\xfe", "is not UTF-8 text")])
def test_house_rules_that_cannot_be_read(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "rules.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError) as raised:
        load(INSTRUCTIONS_FILE=str(file))
    (problem,) = raised.value.problems
    assert problem.startswith(f"INSTRUCTIONS_FILE: {file}")
    assert said in problem


# Where settings come from


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("OPENAI_MODEL=from-the-file\nADMIN_CONTACT=Zoë\nUNKNOWN=1\nLOG_LEVEL=\n", encoding="utf-8")
    monkeypatch.setenv("OPENAI_MODEL", "from-the-environment")
    settings = load_settings(str(file), **VALID)
    assert settings.OPENAI_MODEL == "from-the-environment"
    assert settings.ADMIN_CONTACT == "Zoë"
    assert settings.LOG_LEVEL == "INFO", "an empty value is none"


def test_names_are_read_exactly_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("log_level", "DEBUG")
    monkeypatch.setenv("health_port", "nonsense")
    assert load().LOG_LEVEL == "INFO"


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"ADMIN_CONTACT=Zo\xeb\n")
    with pytest.raises(ConfigurationError) as raised:
        load_settings(str(file), **VALID)
    assert raised.value.problems == [f"{file} is not UTF-8 text"]


def test_secrets_are_not_shown() -> None:
    settings = load()
    shown = f"{settings!r} {settings}"
    assert not any(secret in shown for secret in VALID.values())


# Durations for tests


def test_timings_are_shortened_on_this_machine_only() -> None:
    short = json.dumps({"intake": 0.5})
    assert load(TEST_TIMINGS=short, **HERE).timings.intake == 0.5
    assert problems(TEST_TIMINGS=short) == ["TEST_TIMINGS: is honoured only with a loopback SLACK_API_URL"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1, 2]", "not a JSON object of numbers"),
        ('{"intake": "soon"}', "not a JSON object of numbers"),
        ("{", "not a JSON object of numbers"),
        ('{"lunch": 1, "intake": 2}', "unknown names lunch"),
    ],
)
def test_timings_that_are_wrong(text: str, said: str) -> None:
    assert problems(TEST_TIMINGS=text, **HERE) == [f"TEST_TIMINGS: {said}"]


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:1/", True),
        ("http://127.8.8.8/", True),
        ("http://localhost/api/", True),
        ("http://[::1]:5/", True),
        ("https://slack.com/", False),
        ("https://localhost.example.com/", False),
        ("https://127.0.0.1.example.com/", False),
        ("https://127.0.0.1@example.com/", False),
        ("nothing", False),
    ],
)
def test_loopback(url: str, here: bool) -> None:
    assert is_loopback(url) is here


def test_the_sdks_find_none_of_our_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_CLIENT_ID", "SLACK_BOT_TOKEN", "OPENAI_API_KEY", "OPENAI_ORG_ID"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("HEALTH_PORT", "0")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", "intranet")
    hide_from_sdks()
    assert not [name for name in os.environ if name.startswith(("SLACK_", "OPENAI_"))]
    assert os.environ["HEALTH_PORT"] == "0"
    assert os.environ["no_proxy"].split(",") == ["intranet", "localhost", "127.0.0.1", "::1"]
