"""What holds for every test."""

import pytest


@pytest.fixture(autouse=True)
def patience_with_a_busy_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is closed here waits for its last work: a thread that comes too late fails another test."""
    monkeypatch.setattr("store.sqlite.CLOSE_PATIENCE", 40.0)
