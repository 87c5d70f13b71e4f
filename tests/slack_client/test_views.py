"""Windows: opened and replaced, and none of what goes wrong with them is an error for whoever asked."""

import logging

import pytest

from message_processor.wording import ENGLISH, WORDINGS
from slack_client.errors import Ambiguous, RateLimited, Refused, SlackFailure
from slack_client.views import Views, loading, modal, note
from tests.slack_client.block_kit import refusals
from tests.slack_client.scripted import ScriptedApi

VIEW = note(ENGLISH, "Hello.")


async def test_a_window_is_opened_stacked_replaced_and_a_tab_published() -> None:
    api = ScriptedApi()
    views = Views(api)
    api.next["views.open"] = [{"view": {"id": "V1"}}]
    api.next["views.push"] = [{"view": {"id": "V2"}}]
    assert await views.open("t1", VIEW) == "V1"
    assert await views.push("t2", VIEW) == "V2"
    assert await views.update("V2", VIEW)
    assert await views.publish("U1", VIEW)
    assert api.calls == [
        ("views.open", {"trigger_id": "t1", "view": VIEW}),
        ("views.push", {"trigger_id": "t2", "view": VIEW}),
        ("views.update", {"view_id": "V2", "view": VIEW}),
        ("views.publish", {"user_id": "U1", "view": VIEW}),
    ]


@pytest.mark.parametrize(
    "failure",
    [Refused("views.open", "expired_trigger_id"), Ambiguous("views.open", "http_500"), RateLimited("views.open", 9)],
)
async def test_a_window_that_does_not_open_is_one_line_in_the_log_and_is_not_tried_again(
    failure: SlackFailure, caplog: pytest.LogCaptureFixture
) -> None:
    api = ScriptedApi()
    api.next["views.open"] = [failure]
    with caplog.at_level(logging.INFO, "threadwell.slack"):
        assert await Views(api).open("t1", VIEW) is None
    assert api.methods() == ["views.open"], "a trigger works once"
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.INFO] == ["view_not_shown"]


async def test_a_replacement_is_tried_until_it_is_there() -> None:
    api = ScriptedApi()
    api.next["views.update"] = [Ambiguous("views.update", "http_500")] * 2
    assert await Views(api).update("V1", VIEW)
    assert len(api.calls) == 3


async def test_a_window_that_was_closed_is_not_even_logged(caplog: pytest.LogCaptureFixture) -> None:
    api = ScriptedApi()
    api.next["views.update"] = [Refused("views.update", "not_found")]
    with caplog.at_level(logging.DEBUG):
        assert not await Views(api).update("V1", VIEW)
    assert not caplog.records


@pytest.mark.parametrize("language", WORDINGS)
def test_slack_takes_notes_and_loading_windows_in_every_language(language: str) -> None:
    say = WORDINGS[language]
    assert refusals(loading(say)) == refusals(loading(say, "summary.title")) == []
    assert refusals(note(say, "word " * 2_000)) == []


def test_metadata_that_slack_would_cut_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        modal("settings", "Settings", "Close", [], metadata="x" * 3_001)
