"""A draft of the settings: what is right of them, and what is put in the place of what is wrong."""

import os
from pathlib import Path

import pytest

from config import Settings, load_settings
from ops.draft import load_draft

VALID = {"SLACK_BOT_TOKEN": "xoxb-1-two", "SLACK_APP_TOKEN": "xapp-1-two", "OPENAI_API_KEY": "sk-two"}


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the shell's environment."""
    for name in list(os.environ):
        if name in Settings.model_fields:
            monkeypatch.delenv(name)


def test_a_draft_of_right_settings_has_no_problems() -> None:
    draft = load_draft(None, **VALID)
    assert (draft.wrong, draft.problems) == (frozenset(), ())
    assert draft.settings == load_settings(None, **VALID)
    assert set(draft.settings.secrets) == set(VALID.values())


def test_a_draft_keeps_what_is_right() -> None:
    given = {"HEALTH_PORT": "many", "OPENAI_MODEL": "llama", "SLACK_BOT_TOKEN": "xapp-1-swapped"}
    draft = load_draft(None, **VALID | given)
    assert draft.wrong == {"HEALTH_PORT", "SLACK_BOT_TOKEN"}
    assert (draft.settings.OPENAI_MODEL, draft.settings.HEALTH_PORT) == ("llama", 8080)
    assert len(draft.problems) == 2
    assert "xapp-1-swapped" not in "".join(draft.problems)


def test_a_draft_of_settings_that_do_not_go_together_sends_no_token_to_another_address() -> None:
    """The address is right: what is honoured only with another one is what is left out."""
    draft = load_draft(None, **VALID, SLACK_API_URL="http://slack.example/api/", TEST_LINK_ADDRESS="127.0.0.1:9")
    assert draft.wrong == {"TEST_LINK_ADDRESS"}
    assert draft.settings.SLACK_API_URL == "http://slack.example/api/"
    both = load_draft(None, **VALID, CONTEXT_TOKENS="2000", MAX_OUTPUT_TOKENS="2000")
    assert both.wrong == {"CONTEXT_TOKENS", "MAX_OUTPUT_TOKENS"}


def test_a_draft_where_there_are_no_settings(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"OPENAI_MODEL=\xff\xfe")
    draft = load_draft(str(file))
    assert draft.wrong == set(VALID)
    assert draft.problems[0] == f"{file} is not UTF-8 text"
